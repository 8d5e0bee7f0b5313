import { describe, expect, test } from 'vitest';
import { enumeratePlans } from '../../../src/core/beliefs/plan-graph.ts';
import type { LearnedFeature } from '../../../src/core/beliefs/learned-feature.ts';
import { createLearnedFeature } from '../../../src/core/beliefs/learned-feature.ts';
import type { NodeComponent } from '../../../src/core/beliefs/posterior.ts';
import { betaMean, expectedMixtureRates } from '../../../src/core/beliefs/posterior.ts';
import type { Cell, Sums } from '../../../src/core/cells/cell.ts';

const VARIATION = 3;

/** Outcomes of one node in one segment, at so much a visit, with costs that vary. */
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
  learned.segment(segment).mixture(0).nodes[0] ?? [];
const failOf = (learned: LearnedFeature, segment: string): number =>
  expectedMixtureRates(likelyOf(learned, segment)).failAccepted;

describe('a mixture over segments', () => {
  test('a feature without segments has one component per node, its posterior', () => {
    const segment = learnedFrom(seen('', [100, 80])).segment('');
    expect(segment.mixture(0).nodes).toEqual(segment.posterior(0).nodes.map(node => [{ node, weight: 1 }]));
  });

  test('the last component is the belief of a feature without segments', () => {
    const parts = likelyOf(learnedFrom(seen('x', [100, 95]), seen('y', [100, 60])), 'x').at(-1)?.node;
    const [whole] = learnedFrom(seen('', [200, 155]))
      .segment('')
      .posterior(0).nodes;
    expect(parts?.accepted.a).toBeCloseTo(whole?.accepted.a ?? 0, 9);
    expect(parts?.accepted.b).toBeCloseTo(whole?.accepted.b ?? 0, 9);
    expect(parts?.n).toBeCloseTo(whole?.n ?? 0, 9);
  });

  test('components with a weight below 0.002 are left out, and the weights still sum to 1', () => {
    const likely = likelyOf(learnedFrom(seen('x', [500, 475]), seen('y', [500, 100])), 'x');
    expect(likely.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
    expect(likely.length).toBeLessThan(5);
  });

  test('a new segment takes the rate of segments that agree, and keeps its own among segments that differ', () => {
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

  test('segments differ by their rejection rates too, even if every accepted reply is good', () => {
    const learned = learnedFrom(
      seen('x', [200, 200], { rejected: 20n }),
      seen('y', [200, 200], { rejected: 180n }),
      seen('z', [10, 10], { rejected: 9n }),
    );
    expect(expectedMixtureRates(likelyOf(learned, 'z')).climb).toBeGreaterThan(0.75);
    expect(likelyOf(learned, 'z').at(-1)?.weight).toBeLessThan(0.01);
  });

  test('the outcomes of an older version in any segment are a prior of six outcomes', () => {
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

    test('a new segment starts at the others’ cost, and moves slowly where their costs agree', () => {
      const others = ['u', 'v', 'w', 'x', 'y'].map(name => seen(name, [100, 80]));
      expect(costOf(learnedFrom(...others), 'new')).toBeCloseTo(0.01, 4);
      expect(costOf(learnedFrom(...others, seen('new', [3, 2], {}, 0.02)), 'new')).toBeLessThan(0.0115);
    });
  });
});
