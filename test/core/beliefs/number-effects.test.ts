import { describe, expect, test } from 'vitest';
import { numberEffects } from '../../../src/core/beliefs/number-effects.ts';
import type { NumberEffects } from '../../../src/core/beliefs/number-effects.ts';
import type { Cell } from '../../../src/core/cells/cell.ts';
import { codedSegment } from '../../../src/core/ledger/number-code.ts';
import type { CodedSegment } from '../../../src/core/ledger/number-code.ts';
import { seededRandom, type Random } from '../../../src/core/math/random.ts';

const codeOf = (level: number): CodedSegment => codedSegment(`score=16:${level.toString(16)}`);

function outcome(
  node: string,
  level: number,
  { success, bucket = 1000, sign = 1n }: { success: boolean; bucket?: number; sign?: bigint },
): [CodedSegment, Cell] {
  const segment = `score=16:${level.toString(16)}`;
  const key = { scope: 'node', feature: 'f', segment, subject: node, version: 'v', bucket } as const;
  return [codeOf(level), { key, sums: { n: sign, labelled: sign, ...(success ? { successes: sign } : {}) } }];
}

function played(
  rateOf: (level: number) => number,
  outcomes: number,
  random: Random = seededRandom('played'),
): NumberEffects {
  const effects = numberEffects(new Set());
  for (let i = 0; i < outcomes; i++) {
    const level = Math.floor(16 * random.next());
    effects.add(...outcome('mini', level, { success: random.next() < rateOf(level), bucket: 1000 + i }));
  }
  return effects;
}

const falling = (level: number): number => 0.95 - 0.05 * level;
const at = (since = Number.NEGATIVE_INFINITY) => ({ node: 'mini', since, success: 0.58, climb: 0.5 });

describe('what numbers predict', () => {
  test('numbers that predict outcomes count fully, and explain a part of the log-loss', () => {
    const effects = played(falling, 600);
    expect(effects.weight()).toBeGreaterThan(0.99);
    expect(effects.explained()).toBeGreaterThan(0.05);
    expect(effects.shiftsOf(at(), codeOf(0))?.success.mean).toBeGreaterThan(0.7);
    expect(effects.shiftsOf(at(), codeOf(15))?.success.mean).toBeLessThan(-0.7);
  });

  test('numbers that predict nothing do not count after some hundred outcomes', () => {
    const effects = played(() => 0.6, 600);
    expect(effects.weight()).toBeLessThan(0.05);
    expect(effects.explained()).toBeLessThan(0.001);
  });

  test('a node without outcomes has no shifts', () => {
    expect(played(falling, 300).shiftsOf({ ...at(), node: 'premium' }, codeOf(3))).toBeUndefined();
    expect(numberEffects(new Set()).shiftsOf(at(), codeOf(3))).toBeUndefined();
  });

  test('a retracted outcome leaves no trace', () => {
    const [plain, corrected] = [played(falling, 200), played(falling, 200)];
    for (let i = 0; i < 20; i++) corrected.add(...outcome('mini', 15, { success: true }));
    for (let i = 0; i < 20; i++) corrected.add(...outcome('mini', 15, { success: true, sign: -1n }));
    expect(corrected.shiftsOf(at(), codeOf(15))?.success.mean).toBeCloseTo(
      plain.shiftsOf(at(), codeOf(15))?.success.mean ?? Number.NaN,
      6,
    );
  });

  test('a rate that was observed only on difficult requests is used as the rate of difficult requests', () => {
    const effects = played(falling, 800);
    for (let i = 0; i < 100; i++) effects.add(...outcome('mini', 14, { success: i % 4 === 0, bucket: 5000 + i }));
    const ofDifficult = effects.shiftsOf({ ...at(5000), success: 0.25 }, codeOf(14))?.success.mean;
    expect(Math.abs(ofDifficult ?? Number.NaN)).toBeLessThan(0.2);
    expect(effects.shiftsOf({ ...at(5000), success: 0.25 }, codeOf(1))?.success.mean).toBeGreaterThan(1.5);
  });

  test('a fall of the success rate that the requests’ difficulty explains is not a change point, and any other fall is one', () => {
    const change = { node: 'mini', rate: 'success', since: 5000, base: '' } as const;
    const difficult = played(falling, 800);
    for (let i = 0; i < 40; i++) difficult.add(...outcome('mini', 14, { success: i % 4 === 0, bucket: 5000 + i }));
    expect(difficult.explains(change)).toBe(true);
    const worse = played(falling, 800);
    for (let i = 0; i < 40; i++) worse.add(...outcome('mini', 2, { success: i % 4 === 0, bucket: 5000 + i }));
    expect(worse.explains(change)).toBe(false);
  });

  test('where a plan climbs on, the rejections depend on the numbers too', () => {
    const effects = numberEffects(new Set(['mini']));
    const random = seededRandom('climbs');
    for (let i = 0; i < 600; i++) {
      const level = Math.floor(16 * random.next());
      const [code, { key }] = outcome('mini', level, { success: true });
      const rejected = random.next() > falling(level);
      effects.add(code, { key, sums: rejected ? { n: 1n, rejected: 1n } : { n: 1n, labelled: 1n, successes: 1n } });
    }
    expect(effects.shiftsOf(at(), codeOf(15))?.climb?.mean).toBeGreaterThan(0.5);
    expect(effects.shiftsOf(at(), codeOf(0))?.climb?.mean).toBeLessThan(-0.5);
  });
});
