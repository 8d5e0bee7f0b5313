import { describe, expect, test } from 'vitest';
import { numberCoder } from '../../../src/core/beliefs/number-coder.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import { normal } from '../../../src/core/math/samplers.ts';

const level = (code: string | undefined): number => Number.parseInt(code?.split(':')[1] ?? '', 16);

describe('the code of one number', () => {
  test('the first numbers have no code, because nothing is known of their scale', () => {
    const coder = numberCoder(1, 2);
    for (let i = 0; i < 15; i++) expect(coder.code([i], `${i}`)).toBeUndefined();
    expect(coder.code([15], '15')).toBe('16:f');
  });

  test.each([
    ['around 0', (z: number) => z],
    ['on a scale of millions', (z: number) => 1e6 * Math.exp(z)],
  ])('numbers %s are on each level equally often, and larger numbers on higher levels', (_, scale) => {
    const random = seededRandom('levels');
    const coder = numberCoder(1, 2);
    const counts = new Float64Array(16);
    for (let i = 0; i < 8000; i++) {
      const at = level(coder.code([scale(normal(random))], `${i}`));
      if (i >= 1000) counts[at] = (counts[at] as number) + 1;
    }
    expect(Math.min(...counts) / 7000).toBeGreaterThan(0.04);
    expect(Math.max(...counts) / 7000).toBeLessThan(0.09);
    expect(level(coder.code([scale(-9)], 'low'))).toBe(0);
    expect(level(coder.code([scale(9)], 'high'))).toBe(15);
  });

  test('the levels follow a scale that drifts', () => {
    const random = seededRandom('drift');
    const coder = numberCoder(1, 2);
    let sum = 0;
    for (let i = 0; i < 4000; i++) {
      const at = level(coder.code([normal(random) + i / 500], `${i}`));
      if (i >= 3000) sum += at / 1000;
    }
    expect(sum).toBeGreaterThan(6);
    expect(sum).toBeLessThan(11);
  });

  test('equal numbers all have the same level', () => {
    const coder = numberCoder(1, 2);
    const codes = new Set(Array.from({ length: 200 }, (_, i) => coder.code([7], `${i}`)));
    expect(codes.size).toBe(2);
  });
});

describe('the code of several numbers', () => {
  const draw = (random: ReturnType<typeof seededRandom>): number[] => Array.from({ length: 12 }, () => normal(random));

  test('without outcomes every request has the middle levels', () => {
    const random = seededRandom('middle');
    const coder = numberCoder(12, 2);
    const codes = Array.from({ length: 40 }, (_, i) => coder.code(draw(random), `${i}`));
    expect(new Set(codes.slice(16))).toEqual(new Set(['11:55']));
  });

  test('once outcomes are learned, numbers of requests that succeed more often have higher levels', () => {
    const random = seededRandom('easy');
    const coder = numberCoder(12, 2);
    for (let i = 0; i < 1500; i++) {
      const numbers = draw(random);
      coder.code(numbers, `${i}`);
      coder.learn(`${i}`, i % 2, random.next() < 1 / (1 + Math.exp(2 * (numbers[3] as number))));
    }
    const at = (value: number): number => {
      const numbers = new Float32Array(12);
      numbers[3] = value;
      return level(coder.code(numbers, 'x')?.slice(0, 4));
    };
    expect(at(-1.5)).toBeGreaterThan(6);
    expect(at(1.5)).toBeLessThan(4);
  });

  test('an outcome counts once, and an outcome of an unknown intent does not count', () => {
    const [once, twice] = [numberCoder(12, 2), numberCoder(12, 2)];
    for (const coder of [once, twice]) {
      const random = seededRandom('once');
      for (let i = 0; i < 200; i++) {
        const numbers = draw(random);
        coder.code(numbers, `${i}`);
        const success = (numbers[0] as number) > 0;
        coder.learn(`${i}`, 0, success);
        if (coder === twice) coder.learn(`${i}`, 0, !success);
        if (coder === twice) coder.learn('another', 0, !success);
      }
    }
    const random = seededRandom('later');
    for (let i = 0; i < 50; i++) {
      const numbers = draw(random);
      expect(twice.code(numbers, 'later')).toBe(once.code(numbers, 'later'));
    }
  });

  test.each([5, 300])(
    'one absurd request (intent %i) does not change what the coder learns from the others, whether or not it gets a code',
    at => {
      for (const absurd of [30, 1e4, 1e30, 1e200, -1e308]) {
        const random = seededRandom('absurd');
        const coder = numberCoder(8, 2);
        const isRight: boolean[] = [];
        for (let i = 0; i < 1000; i++) {
          const numbers = i === at ? Array.from({ length: 8 }, () => absurd) : draw(random).slice(0, 8);
          const code = coder.code(numbers, `${i}`);
          if (code !== undefined) expect(code).toMatch(/^11:[0-9a]{2}$/);
          const difficulty = numbers[3] as number;
          coder.learn(`${i}`, i % 2, random.next() < 1 / (1 + Math.exp(2 * difficulty)));
          if (i >= 750 && Math.abs(difficulty) > 1) isRight.push(level(code?.slice(0, 4)) > 5 === difficulty < 0);
        }
        expect(isRight.filter(Boolean).length / isRight.length).toBeGreaterThan(0.9);
      }
    },
  );
});
