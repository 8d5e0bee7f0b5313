import { describe, expect, test } from 'vitest';
import type { Cell } from '../../../src/core/cells/cell.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import { reportFeature } from '../../../src/core/report/feature-report.ts';
import { featureNotes } from '../../../src/core/report/notes.ts';
import type { Selection } from '../../../src/core/report/selection.ts';
import { selectionOf } from '../../../src/core/report/selection.ts';
import { sumsOf } from './intent-sums.ts';

const COST_NANO = { mini: 5_000_000n, premium: 150_000_000n };
const COMPARISON = { plans: ['mini', 'premium'], failureCostUsd: 2 };

interface Row {
  readonly segment: string;
  readonly plan: 'mini' | 'premium';
  readonly n: number;
  readonly successes: number;
  readonly bucket?: number;
  /** Cost of each intent in turn, instead of the plan's. */
  readonly costsNano?: readonly bigint[];
  readonly failureUsd?: bigint;
}

const cells = (rows: readonly Row[]): readonly Cell[] =>
  rows.map(({ segment, plan, n, successes, bucket = 0, costsNano = [COST_NANO[plan]], failureUsd = 2n }) => ({
    key: { scope: 'plan', feature: 'f', segment, subject: plan, version: '', bucket },
    sums: sumsOf(
      Array.from({ length: n }, (_, i) => [costsNano[i % costsNano.length] ?? 0n, i < successes] as const),
      failureUsd * 10n ** 9n,
    ),
  }));

/** Mini gets nearly all easy requests and premium nearly all hard ones; premium alone would cost $0.29, mini alone $0.66. */
const contextual = (hardMini: number): readonly Cell[] =>
  cells([
    { segment: 'e=easy', plan: 'mini', n: 1600, successes: 1520 },
    { segment: 'e=easy', plan: 'premium', n: 400, successes: 372 },
    { segment: 'e=hard', plan: 'mini', n: hardMini, successes: 0.4 * hardMini },
    { segment: 'e=hard', plan: 'premium', n: 2000 - hardMini, successes: 0.93 * (2000 - hardMini) },
  ]);

const samplesOf = (selection: Selection | undefined) =>
  selection !== undefined && 'samples' in selection ? selection.samples : [];

describe('where plans are chosen by the request', () => {
  test('plans that are chosen by the request are compared as if each had got the same requests', () => {
    const [mini, premium] = samplesOf(selectionOf(contextual(200), COMPARISON));
    expect((mini?.successes ?? 0) / (mini?.labelled ?? 1)).toBeCloseTo((0.95 + 0.4) / 2, 9);
    expect((premium?.successes ?? 0) / (premium?.labelled ?? 1)).toBeCloseTo(0.93, 9);
    expect([mini?.meanUsd, premium?.meanUsd]).toEqual([0.005, 0.15]);
  });

  test('a plan that got the easy requests is not settled on, but one that is cheaper for all requests is, whatever is believed', () => {
    const about = { facts: COMPARISON, believed: 'mini' };
    const report = reportFeature('f', contextual(200), about);
    const [mini, premium] = report.plans.map(plan => plan.costPerIntentUsd.value);
    expect(mini).toBeLessThan(premium ?? 0);
    expect(report).toMatchObject({ state: 'settled', settledOn: 'premium', routingDependsOnRequest: {} });
    expect(featureNotes(report).join(' ')).toContain('compares the plans on the same mix of segments');
  });

  test('nothing is settled while a plan has too few outcomes in segments of more than a twentieth of the traffic', () => {
    const report = reportFeature('f', contextual(10), { facts: COMPARISON });
    expect(report.settledOn).toBeUndefined();
    expect(report.routingDependsOnRequest?.reason).toBe(
      'routing depends on the request and mini has only 10 outcomes where e=hard',
    );
    expect(featureNotes(report).join(' ')).toContain('mini has only 10 outcomes where e=hard');
  });

  test('plans that got different requests before a change are not compared as if they had got the same ones since, however few came', () => {
    const few = contextual(200).map(({ key, sums }) => ({
      key: { ...key, bucket: 1 },
      sums: { ...sums, n: 1n, labelled: 1n },
    }));
    expect(selectionOf(few, COMPARISON, contextual(200))).toHaveProperty('reason');
    expect(selectionOf([], COMPARISON, contextual(200))).toHaveProperty('reason');
  });

  test('the segment that is named is the one with most traffic of those where a plan has too few outcomes', () => {
    const rare: Row = { segment: 'e=rare', plan: 'premium', n: 300, successes: 300 };
    for (const all of [
      [...contextual(10), ...cells([rare])],
      [...cells([rare]), ...contextual(10)],
    ])
      expect(selectionOf(all, COMPARISON)).toMatchObject({ reason: expect.stringContaining('where e=hard') as string });
  });

  test('a segment in which a plan has not failed yet still has an error, which is larger with fewer outcomes', () => {
    const varianceOf = (easy: number): number => {
      const drawn = cells([
        { segment: 'e=easy', plan: 'mini', n: easy, successes: easy },
        { segment: 'e=easy', plan: 'premium', n: 2000 - easy, successes: 1900 - easy },
        { segment: 'e=hard', plan: 'mini', n: 1000, successes: 500 },
        { segment: 'e=hard', plan: 'premium', n: 1000, successes: 900 },
      ]);
      const [mini] = samplesOf(selectionOf(drawn, COMPARISON, contextual(200)));
      const { labelled = 0, successes = 0 } = mini ?? {};
      return ((successes / labelled) * (1 - successes / labelled)) / labelled;
    };
    expect(varianceOf(40)).toBeGreaterThan(2 * varianceOf(1800));
  });

  test('the cost of a segment’s failures counts by the segment’s part of the traffic, as the failures do', () => {
    const drawn = cells([
      { segment: 'e=easy', plan: 'mini', n: 1600, successes: 1520, failureUsd: 1n },
      { segment: 'e=easy', plan: 'premium', n: 400, successes: 372 },
      { segment: 'e=hard', plan: 'mini', n: 200, successes: 80, failureUsd: 10n },
      { segment: 'e=hard', plan: 'premium', n: 1800, successes: 1674 },
    ]);
    const [mini] = samplesOf(selectionOf(drawn, COMPARISON));
    const { labelled = 0, successes = 0, failureCostUsd = 0 } = mini ?? {};
    expect((1 - successes / labelled) * failureCostUsd).toBeCloseTo(0.5 * 0.05 * 1 + 0.5 * 0.6 * 10, 9);
  });

  test('the error of a mean cost is that of the mean over the segments, each by its part of the traffic', () => {
    const drawn = cells([
      { segment: 'e=easy', plan: 'mini', n: 1600, successes: 1520, costsNano: [1_000_000n, 3_000_000n] },
      { segment: 'e=easy', plan: 'premium', n: 400, successes: 372 },
      { segment: 'e=hard', plan: 'mini', n: 200, successes: 80, costsNano: [10_000_000n, 30_000_000n] },
      { segment: 'e=hard', plan: 'premium', n: 1800, successes: 1674 },
    ]);
    const [mini] = samplesOf(selectionOf(drawn, COMPARISON));
    expect(mini?.meanUsd).toBeCloseTo((0.002 + 0.02) / 2, 12);
    // Each cost is 0.001 or 0.01 away from its segment's mean.
    const squared = (0.25 * 0.001 ** 2) / 1599 + (0.25 * 0.01 ** 2) / 199;
    expect((mini?.variance ?? 0) / (mini?.n ?? 0) / squared).toBeCloseTo(1, 9);
  });

  test('one segment that differs is found among a hundred, and so are two hundred that each differ by little', () => {
    const shared = (segment: number, n: number, mini: number): Row[] => [
      { segment: `e=${segment}`, plan: 'mini', n: n * mini, successes: n * mini },
      { segment: `e=${segment}`, plan: 'premium', n: n * (1 - mini), successes: n * (1 - mini) },
    ];
    const one = Array.from({ length: 100 }, (_, i) => shared(i, 100, i === 50 ? 0.9 : 0.5));
    const many = Array.from({ length: 200 }, (_, i) => shared(i, 20, i % 2 === 0 ? 0.75 : 0.25));
    const none = Array.from({ length: 200 }, (_, i) => shared(i, 20, 0.5));
    const isFound = [one, many, none].map(rows => selectionOf(cells(rows.flat()), COMPARISON) !== undefined);
    expect(isFound).toEqual([true, true, false]);
  });

  test('the error of a rate follows from the size of its sample', () => {
    const random = seededRandom('errors');
    const strata = [
      ['e=easy', 900, 0.97],
      ['e=hard', 40, 0.5],
    ] as const;
    const found = Array.from({ length: 400 }, () => {
      const drawn = strata.flatMap(([segment, n, p]): Row[] => {
        const successes = Array.from({ length: n }, () => random.next() < p).filter(Boolean).length;
        return [
          { segment, plan: 'mini', n, successes },
          { segment, plan: 'premium', n: 1000 - n, successes: 1000 - n },
        ];
      });
      const [mini] = samplesOf(selectionOf(cells(drawn), COMPARISON));
      const { labelled = 0, successes = 0 } = mini ?? {};
      const rate = successes / labelled;
      return { rate, variance: (rate * (1 - rate)) / labelled };
    });
    const mean = (of: (one: (typeof found)[number]) => number): number =>
      found.reduce((sum, one) => sum + of(one), 0) / found.length;
    const rate = mean(one => one.rate);
    // Exactly: a quarter of the strata's p(1 − p)/n.
    const truth = ((0.97 * 0.03) / 900 + 0.25 / 40) / 4;
    expect(rate).toBeCloseTo(0.735, 1);
    expect(mean(one => one.variance) / truth).toBeGreaterThan(0.9);
    expect(mean(one => one.variance) / truth).toBeLessThan(1.2);
  });
});

describe('where plans are not chosen by the request', () => {
  test('chance is not taken for selection, in few segments or many', () => {
    for (const segments of [2, 5, 60]) {
      const random = seededRandom(`chance ${segments}`);
      const wrong = Array.from({ length: 200 }, () => {
        const drawn = Array.from({ length: segments }, (_, i): Row[] => {
          const n = Math.round(600 / segments);
          const mini = Array.from({ length: n }, () => random.next() < 0.8).filter(Boolean).length;
          return [
            { segment: `e=${i}`, plan: 'mini', n: mini, successes: mini },
            { segment: `e=${i}`, plan: 'premium', n: n - mini, successes: n - mini },
          ];
        });
        return selectionOf(cells(drawn.flat().filter(({ n }) => n > 0)), COMPARISON) !== undefined;
      }).filter(Boolean).length;
      expect(wrong).toBeLessThanOrEqual(4);
    }
  });

  test('shares and segments that change over time together are not selection', () => {
    const hour = (bucket: number, easy: number, mini: number): Row[] =>
      (['e=easy', 'e=hard'] as const).flatMap(segment => {
        const n = segment === 'e=easy' ? easy : 1000 - easy;
        return [
          { segment, plan: 'mini', n: n * mini, successes: n * mini, bucket },
          { segment, plan: 'premium', n: n * (1 - mini), successes: n * (1 - mini), bucket },
        ];
      });
    expect(selectionOf(cells([...hour(0, 800, 0.75), ...hour(1, 200, 0.25)]), COMPARISON)).toBeUndefined();
  });

  test('a feature with one segment or one plan has no selection', () => {
    expect(selectionOf(contextual(200), { ...COMPARISON, plans: ['mini'] })).toBeUndefined();
    expect(selectionOf(contextual(200).slice(0, 2), COMPARISON)).toBeUndefined();
    expect(selectionOf([], COMPARISON)).toBeUndefined();
  });
});
