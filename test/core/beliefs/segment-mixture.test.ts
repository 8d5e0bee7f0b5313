import { describe, expect, test } from 'vitest';
import { enumeratePlans } from '../../../src/core/beliefs/plan-graph.ts';
import type { LearnedFeature } from '../../../src/core/beliefs/learned-feature.ts';
import { createLearnedFeature } from '../../../src/core/beliefs/learned-feature.ts';
import { ONE_RATE, strengthWeights } from '../../../src/core/beliefs/segment-likeness.ts';
import type { NodeComponent } from '../../../src/core/beliefs/posterior.ts';
import { betaMean, expectedMixtureRates } from '../../../src/core/beliefs/posterior.ts';
import type { Cell, Sums } from '../../../src/core/cells/cell.ts';
import { BUCKET_MS } from '../../../src/core/cells/cell.ts';

const VARIATION = 3;

/** The middle of the bucket with all evidence: nothing has decayed. */
const NOW_MS = BUCKET_MS / 2;

/** Outcomes of one node in one segment, at this average cost per visit; the costs vary. */
function seen(segment: string, counts: readonly [number, number], more: Partial<Sums> = {}, usd = 0.01): Cell {
  const n = BigInt(counts[0]);
  const nano = BigInt(Math.round(usd * 1e9));
  return {
    key: { scope: 'node', feature: 'f', segment, subject: 'a', version: 'v1', bucket: 0 },
    sums: {
      n,
      cost: n * nano,
      cost2: BigInt(VARIATION) * n * nano * nano,
      ended: n,
      labelled: n,
      successes: BigInt(counts[1]),
      ...more,
    },
  };
}

function learnedFrom(...cells: readonly Cell[]): LearnedFeature {
  const learned = createLearnedFeature({
    feature: 'f',
    plans: enumeratePlans(['a', 'b'], true),
    priorCostUsd: { a: 0.01, b: 0.02 },
  });
  learned.apply(cells);
  return learned;
}

const likelyOf = (learned: LearnedFeature, segment: string): readonly NodeComponent[] =>
  learned.segment(segment).mixture(NOW_MS).nodes[0] ?? [];
const failOf = (learned: LearnedFeature, segment: string): number =>
  expectedMixtureRates(likelyOf(learned, segment)).failAccepted;

describe('a mixture over segments', () => {
  test('the other segments’ rejected replies count where no plan climbs on from the node, and not where one does', () => {
    const returned = { labelledRejected: 20n };
    const failOf = (plans: readonly (readonly string[])[]): number => {
      const learned = createLearnedFeature({ feature: 'f', plans, priorCostUsd: {} });
      learned.apply([seen('x', [100, 80], returned)]);
      const [a = []] = learned.segment('y').mixture(NOW_MS).nodes;
      const { failAccepted, failEnded } = expectedMixtureRates(a);
      return plans.length > 1 ? failAccepted : failEnded;
    };
    expect(failOf([['a']])).toBeGreaterThan(0.15);
    expect(failOf([['a'], ['a', 'b']])).toBeLessThan(0.05);
  });

  test('a segment in which a node became worse may return to its earlier state, as a component before the others', () => {
    const learned = learnedFrom(seen('y', [50, 45]));
    for (let i = 0; i < 600; i++)
      learned.apply([seen('x', [1, i < 580 && i % 20 !== 0 ? 1 : 0])], (i / 3600) * BUCKET_MS);
    const [former, ...others] = learned.segment('x').mixture(BUCKET_MS / 2).nodes[0] as readonly NodeComponent[];
    expect(betaMean((former as NodeComponent).node.accepted)).toBeGreaterThan(0.9);
    expect(former?.weight).toBeGreaterThan(0.1);
    expect(others.reduce((sum, { weight }) => sum + weight, former?.weight ?? 0)).toBeCloseTo(1, 12);
    expect(betaMean((others.at(-1) as NodeComponent).node.accepted)).toBeLessThan(0.8);
  });

  test('without segments every node has one component, which is its posterior', () => {
    const segment = learnedFrom(seen('', [100, 80])).segment('');
    expect(segment.mixture(NOW_MS).nodes).toEqual(segment.posterior(NOW_MS).nodes.map(node => [{ node, weight: 1 }]));
  });

  test('the last component equals the posterior that the same outcomes give without segments', () => {
    const parts = likelyOf(learnedFrom(seen('x', [100, 95]), seen('y', [100, 60])), 'x').at(-1)?.node;
    const [whole] = learnedFrom(seen('', [200, 155]))
      .segment('')
      .posterior(NOW_MS).nodes;
    expect(parts?.accepted.a).toBeCloseTo(whole?.accepted.a ?? 0, 9);
    expect(parts?.accepted.b).toBeCloseTo(whole?.accepted.b ?? 0, 9);
    expect(parts?.n).toBeCloseTo(whole?.n ?? 0, 9);
  });

  test('components with a weight below 0.002 are left out, except the common rate, and the weights still sum to 1', () => {
    const base = { a: 1, b: 1 };
    let [kept, dropped] = [0, 0];
    for (let s = 0; s <= 200; s += 4) {
      const counts = [
        { n: 200, s: 150 },
        { n: 200, s },
      ];
      const climbs = [
        { n: 200, s: 0 },
        { n: 200, s: 0 },
      ];
      const [all = []] = strengthWeights([
        [
          { base, counts },
          { base, counts: climbs },
        ],
        [],
        [],
      ]);
      const expected = all.filter(({ strength, weight }) => weight >= 0.002 || strength === ONE_RATE);
      const total = expected.reduce((sum, { weight }) => sum + weight, 0);
      const likely = likelyOf(learnedFrom(seen('x', [200, 150]), seen('y', [200, s])), 'x');
      expect(likely.map(({ weight }) => weight)).toEqual(
        expected.map(({ weight }) => expect.closeTo(weight / total, 9)),
      );
      for (const { weight } of all) {
        if (weight > 0.001 && weight < 0.002) dropped++;
        if (weight > 0.002 && weight < 0.003) kept++;
      }
    }
    // Enough of them near the bound for another one to be noticed.
    expect(Math.min(kept, dropped)).toBeGreaterThan(1);
  });

  test('where no plan climbs, only success rates determine how similar segments are', () => {
    const learned = createLearnedFeature({ feature: 'f', plans: [['a']], priorCostUsd: { a: 0.01 } });
    learned.apply([seen('x', [100, 95]), seen('y', [100, 80])]);
    const counts = [
      { n: 100, s: 95 },
      { n: 100, s: 80 },
    ];
    const [expected = []] = strengthWeights([[{ base: { a: 1, b: 1 }, counts }]]);
    expect(likelyOf(learned, 'x').at(-1)?.weight).toBeCloseTo(expected.at(-1)?.weight ?? 0, 2);
    expect(expected.at(-1)?.weight).toBeLessThan(0.8);
  });

  test('a new segment takes the common rate when the other segments agree, and keeps its own when they differ', () => {
    const agreeing = learnedFrom(
      seen('x', [400, 320]),
      seen('y', [400, 320]),
      seen('z', [400, 320]),
      seen('new', [4, 2]),
    );
    expect(failOf(agreeing, 'new')).toBeCloseTo(0.2, 1);
    const differing = learnedFrom(
      seen('x', [400, 380]),
      seen('y', [400, 40]),
      seen('z', [400, 200]),
      seen('new', [20, 2]),
    );
    expect(failOf(differing, 'new')).toBeGreaterThan(0.8);
  });

  test('segments count as different when only their rejection rates differ', () => {
    const learned = learnedFrom(
      seen('x', [200, 200], { rejected: 20n }),
      seen('y', [200, 200], { rejected: 180n }),
      seen('z', [10, 10], { rejected: 9n }),
    );
    expect(expectedMixtureRates(likelyOf(learned, 'z')).climb).toBeGreaterThan(0.75);
    expect(likelyOf(learned, 'z').at(-1)?.weight).toBeLessThan(0.01);
  });

  test('the outcomes of an older version in any segment become a prior that weighs six outcomes', () => {
    const old: Cell = { ...seen('x', [1000, 900]), key: { ...seen('x', [0, 0]).key, version: 'v0' } };
    const learned = learnedFrom(old, seen('x', [2, 1]), seen('y', [2, 1]));
    const { accepted } = likelyOf(learned, 'y').at(-1)?.node ?? { accepted: { a: 0, b: 0 } };
    // Six outcomes at 901 of 1002, and the four of the current version.
    expect(accepted.a).toBeCloseTo(6 * (901 / 1002) + 2, 2);
    expect(betaMean(accepted)).toBeLessThan(0.9);
  });

  describe('costs', () => {
    const costOf = (learned: LearnedFeature, segment: string): number =>
      expectedMixtureRates(likelyOf(learned, segment)).costUsd;

    test('a segment keeps its own cost once it has enough visits, even if success rates are the same', () => {
      const learned = learnedFrom(seen('short', [200, 160], {}, 0.002), seen('long', [200, 160], {}, 0.02));
      expect(costOf(learned, 'short')).toBeLessThan(0.0025);
      expect(costOf(learned, 'long')).toBeGreaterThan(0.019);
    });

    test('the other segments’ cost weighs (variation within segments ÷ variation between segments) visits', () => {
      const learned = learnedFrom(seen('x', [100, 80]), seen('y', [50, 40], {}, 0.02), seen('new', [3, 2], {}, 0.03));
      // Each segment's squared coefficient of variation is 2 (VARIATION − 1); two visits with 1 are known beforehand.
      const within = (2 * 1 + 2 * 153) / (2 + 153);
      const mean = (100 * 0.01 + 50 * 0.02 + 3 * 0.03) / 153;
      const spread = [
        [100, 0.01],
        [50, 0.02],
        [3, 0.03],
      ].reduce((sum, [n = 0, usd = 0]) => sum + (usd / mean - 1) ** 2 - within / n, 0);
      const between = (2 * 0.2 + spread) / (2 + 2);
      const others = (1 * 0.01 + 100 * 0.01 + 50 * 0.02) / 151;
      const visits = within / between;
      const [{ node } = { node: undefined }] = likelyOf(learned, 'new');
      const expected = (visits * others + 3 * 0.03) / (visits + 3);
      expect(node?.costUsd).toBeCloseTo(expected, 6);
      // All of that uncertainty differs by model: none of it is common to the segments of one feature.
      const squares = VARIATION * 3 * 0.03 ** 2 - 3 * 0.03 ** 2;
      const variance = (2 * within * expected ** 2 + squares) / (2 + 3) / ((3 + visits) * expected ** 2);
      expect(node?.costLogSd).toBeCloseTo(Math.sqrt(Math.log1p(variance)), 6);
    });

    test('the variation between segments is at least 0.01, and the other segments’ cost weighs no more than their visits and the prior', () => {
      const many = Array.from({ length: 40 }, (_, i) => seen(`s${i}`, [100, 80]));
      const within = (2 * 1 + 2 * 4003) / (2 + 4003);
      const moved = costOf(learnedFrom(...many, seen('new', [3, 2], {}, 0.01)), 'new');
      expect(moved).toBeCloseTo(0.01, 9);
      const [{ node } = { node: undefined }] = likelyOf(learnedFrom(...many, seen('new', [3, 2])), 'new');
      const visits = within / 0.01;
      const variance = (2 * within + 6) / 5 / (3 + visits);
      expect(node?.costLogSd).toBeCloseTo(Math.sqrt(Math.log1p(variance)), 6);
      const [{ node: few } = { node: undefined }] = likelyOf(
        learnedFrom(seen('x', [4, 3]), seen('new', [0, 0])),
        'new',
      );
      // One visit of the prior and four of the other segment.
      expect(few?.costUsd).toBeCloseTo(0.01, 6);
      expect(few?.costLogSd).toBeLessThan(1);
    });

    test('a segment with one visit, or without costs, is left out of the cost variation', () => {
      const others = [seen('x', [100, 80]), seen('y', [100, 80])];
      const logSdOf = (...cells: readonly Cell[]): number => {
        const learned = learnedFrom(...others, ...cells);
        return likelyOf(learned, 'new')[0]?.node.costLogSd ?? Number.NaN;
      };
      const expected = logSdOf();
      expect(logSdOf(seen('once', [1, 1], {}, 0.01))).toBeCloseTo(expected, 2);
      expect(Math.abs(logSdOf(seen('once', [1, 1], {}, 5)) - expected)).toBeLessThan(0.1);
      expect(Math.abs(logSdOf(seen('more', [3, 2], {}, 5)) - expected)).toBeGreaterThan(0.1);
      expect(Math.abs(logSdOf(seen('free', [50, 40], {}, 0)) - expected)).toBeLessThan(0.1);
    });

    test('the variation that a pooled prior expects weighs as much as two visits', () => {
      const learned = learnedFrom(seen('x', [4, 3]), seen('y', [4, 3]));
      learned.setPriors({ a: { a: 1, b: 1, likeness: 0.5, cost: { usd: 0.01, visits: 3, variation: 7 } } });
      const within = (2 * 7 + 2 * 8) / (2 + 8);
      const between = (2 * 0.2 - (2 * within) / 4) / 3;
      const visits = Math.min(3 + 4, within / Math.max(0.01, between));
      const [{ node } = { node: undefined }] = likelyOf(learned, 'x');
      const variance = (2 * within + 8) / (2 + 4) / (4 + visits);
      expect(node?.costLogSd).toBeCloseTo(Math.sqrt(Math.log1p(variance)), 6);
    });

    test('a new segment starts at the other segments’ cost, and moves away slowly where their costs agree', () => {
      const others = ['u', 'v', 'w', 'x', 'y'].map(name => seen(name, [100, 80]));
      expect(costOf(learnedFrom(...others), 'new')).toBeCloseTo(0.01, 4);
      expect(costOf(learnedFrom(...others, seen('new', [3, 2], {}, 0.02)), 'new')).toBeLessThan(0.0115);
    });
  });
});
