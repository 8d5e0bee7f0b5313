import { describe, expect, test } from 'vitest';
import { createLearnedFeature } from '../../../src/core/beliefs/learned-feature.ts';
import type { LearnedFeature } from '../../../src/core/beliefs/learned-feature.ts';
import { NUMBER_MODEL } from '../../../src/core/beliefs/number-model.ts';
import { betaMean } from '../../../src/core/beliefs/posterior.ts';
import { BUCKET_MS } from '../../../src/core/cells/cell.ts';
import type { Cell } from '../../../src/core/cells/cell.ts';
import { seededRandom } from '../../../src/core/math/random.ts';

const NOW_MS = 3000 * BUCKET_MS;

function cellsOf(rateOf: (level: number, model: string) => number, outcomes: number): readonly Cell[] {
  const random = seededRandom('coded');
  return Array.from({ length: outcomes }, (_, i): Cell => {
    const level = Math.floor(16 * random.next());
    const subject = i % 2 === 0 ? 'mini' : 'premium';
    const key = { scope: 'node', feature: 'f', segment: `plan=free,score=16:${level.toString(16)}`, subject } as const;
    const success = random.next() < rateOf(level, subject);
    return {
      key: { ...key, version: 'v', bucket: 2000 + Math.floor(i / 2) },
      sums: {
        n: 1n,
        ended: 1n,
        cost: 10n ** 6n,
        cost2: 10n ** 12n,
        labelled: 1n,
        ...(success ? { successes: 1n } : {}),
      },
    };
  });
}

function learnt(cells: readonly Cell[]): LearnedFeature {
  const learned = createLearnedFeature({
    feature: 'f',
    plans: [['mini'], ['premium']],
    priorCostUsd: { mini: 0.001, premium: 0.01 },
    numbers: NUMBER_MODEL,
  });
  learned.replace(cells);
  return learned;
}

/** As routing leaves them: each model got nearly all requests of its half of the levels. */
function selected(cells: readonly Cell[]): readonly Cell[] {
  return cells.filter(({ key: { segment, subject } }, i) => {
    const isHard = Number.parseInt(segment.at(-1) ?? '', 16) >= 8;
    return isHard === (subject === 'premium') || i % 8 === 0 || i % 8 === 1;
  });
}

const successAt = (learned: LearnedFeature, segment: string): readonly number[] =>
  learned
    .segment(segment)
    .posterior(NOW_MS)
    .nodes.map(({ ended }) => betaMean(ended));

describe('a segment with coded numbers', () => {
  test('before any outcome, the belief is the same as without numbers', () => {
    expect(learnt([]).segment('score=16:b').posterior(NOW_MS)).toEqual(learnt([]).segment('').posterior(NOW_MS));
  });

  test('where numbers predict success, each model is expected to succeed at its rate for the request’s numbers', () => {
    const rate = (level: number, model: string): number => (model === 'mini' ? 0.95 - 0.05 * level : 0.9);
    const learned = learnt(cellsOf(rate, 1600));
    const [miniEasy, premiumEasy] = successAt(learned, 'plan=free,score=16:1');
    const [miniHard, premiumHard] = successAt(learned, 'plan=free,score=16:e');
    expect(miniEasy).toBeGreaterThan(0.83);
    expect(miniHard).toBeLessThan(0.35);
    expect(premiumEasy).toBeGreaterThan(0.83);
    expect(premiumHard).toBeGreaterThan(0.8);
  });

  test('where numbers predict nothing, the belief is the same as without numbers', () => {
    const learned = learnt(cellsOf((_, model) => (model === 'mini' ? 0.6 : 0.9), 1600));
    const [mini, premium] = successAt(learned, 'plan=free');
    for (const level of ['0', 'f']) {
      const [miniAt, premiumAt] = successAt(learned, `plan=free,score=16:${level}`);
      expect(miniAt).toBeCloseTo(mini ?? Number.NaN, 1);
      expect(premiumAt).toBeCloseTo(premium ?? Number.NaN, 1);
    }
  });

  test('a request without a code is treated as average, even if the models served requests of different difficulty', () => {
    // Both models are equally good at every level, 0.575 on average; but premium gets the difficult requests.
    const learned = learnt(selected(cellsOf(level => 0.95 - 0.05 * level, 3200)));
    for (const rate of successAt(learned, 'plan=free')) expect(Math.abs(rate - 0.575)).toBeLessThan(0.06);
  });

  test('without any code, the belief about a request is the same as where no numbers are given', () => {
    const cells = cellsOf(() => 0.7, 40).map(({ key, ...cell }) => ({
      ...cell,
      key: { ...key, segment: 'plan=free' },
    }));
    const { numbers: _, ...plain } = { numbers: NUMBER_MODEL, feature: 'f', plans: [['mini'], ['premium']] };
    const without = createLearnedFeature({ ...plain, priorCostUsd: { mini: 0.001, premium: 0.01 } });
    without.replace(cells);
    expect(learnt(cells).segment('plan=free').posterior(NOW_MS)).toEqual(
      without.segment('plan=free').posterior(NOW_MS),
    );
  });

  test('the mixture has a component with the numbers and, last, one without them, and their weights sum to 1', () => {
    const learned = learnt(cellsOf(level => 0.95 - 0.05 * level, 300));
    const { nodes } = learned.segment('plan=free,score=16:e').mixture(NOW_MS);
    for (const components of nodes) {
      expect(components).toHaveLength(2);
      expect(components.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
    }
  });

  test('two processes that read the same cells believe the same, in whatever order the cells were written', () => {
    const cells = cellsOf(level => 0.95 - 0.05 * level, 400);
    const [one, other] = [learnt(cells), learnt(cells.toReversed())];
    const [of, ofOther] = [one, other].map(learned => successAt(learned, 'plan=free,score=16:c'));
    ofOther?.forEach((rate, k) => expect(rate).toBeCloseTo(of?.[k] ?? Number.NaN, 9));
  });

  test('an outcome at any numbers makes policies decide again for all numbers', () => {
    const learned = learnt([]);
    const segment = learned.segment('plan=free,score=16:0');
    const before = segment.revision;
    learned.apply(cellsOf(() => 1, 1));
    expect(learned.segment('plan=free,score=16:0')).toBe(segment);
    expect(segment.revision).toBeGreaterThan(before);
    expect(segment.outcomes).toBe(learned.segment('plan=free').outcomes);
  });

  test.each(['score=16', 'risk=16'])('numbers that replace %s are learned from their own outcomes alone', kind => {
    const others = cellsOf((level, model) => (model === 'mini' ? 0.95 - 0.05 * level : 0.9), 800);
    const embedded = ({ key, ...cell }: Cell): Cell => ({
      ...cell,
      key: {
        ...key,
        segment: `plan=free,topic=11:${key.segment.endsWith('0') ? 'a' : '2'}5`,
        bucket: key.bucket + 500,
      },
    });
    const now = cellsOf(level => (level === 0 ? 0.9 : 0.3), 400).map(embedded);
    const before = others.map(({ key, ...cell }) => ({
      ...cell,
      key: { ...key, segment: key.segment.replace('score=16', kind) },
    }));
    const [alone, after] = [learnt(now), learnt([...before, ...now])];
    expect(after.numbers?.weight()).toBe(alone.numbers?.weight());
    expect(after.numbers?.explained()).toBe(alone.numbers?.explained());
    const [frequent, rare] = ['25', 'a5'].map(code => successAt(after, `plan=free,topic=11:${code}`));
    frequent?.forEach((rate, k) => expect(rare?.[k]).toBeGreaterThan(0.2 + rate));
    const [easy, hard] = ['0', 'f'].map(level => successAt(after, `plan=free,${kind}:${level}`));
    expect(easy?.[0]).toBeGreaterThan(0.4 + (hard?.[0] ?? Number.NaN));
  });

  test('late outcomes for numbers that are no longer used do not change what the current numbers predict', () => {
    const present = cellsOf(level => 0.95 - 0.05 * level, 400);
    const [, late] = cellsOf(() => 1, 2).map(({ key, ...cell }) => ({
      ...cell,
      key: { ...key, segment: 'plan=free,risk=16:f', bucket: 1900 },
    }));
    const learned = learnt(present);
    const before = [learned.numbers?.weight(), learned.numbers?.explained()];
    learned.apply(late === undefined ? [] : [late], NOW_MS);
    expect([learned.numbers?.weight(), learned.numbers?.explained()]).toEqual(before);
  });
});
