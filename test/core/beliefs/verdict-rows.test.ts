import { describe, expect, test } from 'vitest';
import { createLearnedFeature } from '../../../src/core/beliefs/learned-feature.ts';
import { enumeratePlans } from '../../../src/core/beliefs/plan-graph.ts';
import { betaMean, UNIFORM } from '../../../src/core/beliefs/posterior.ts';
import type { NodePosterior } from '../../../src/core/beliefs/posterior.ts';
import type { PooledPrior } from '../../../src/core/beliefs/priors.ts';
import { poolPriors } from '../../../src/core/beliefs/priors.ts';
import { isVerdictRow, withVerdictRows } from '../../../src/core/beliefs/verdict-rows.ts';
import type { RateCell, VerdictCounts } from '../../../src/core/cells/rate-cells.ts';

/** Ten features in which a verdict of mini rejected 40 of 100 replies, and 20 of those were returned. */
function features(verdict: Partial<VerdictCounts>): readonly RateCell[] {
  return Array.from({ length: 10 }, (_, f) => ({
    feature: `f${f}`,
    node: 'mini',
    n: 60,
    s: 55,
    visits: 100,
    verdict: { rejected: 40, returned: 20, returnedSuccesses: 1, ...verdict },
  }));
}

/** What a new feature believes of mini before its first intent. */
function believed(verdict: Partial<VerdictCounts>): NodePosterior {
  const learned = createLearnedFeature({
    feature: 'new',
    plans: enumeratePlans(['mini', 'premium'], true),
    priorCostUsd: {},
  });
  learned.setPriors(poolPriors(features(verdict))('new', []));
  return learned.segment('').posterior(0).nodes[0] as NodePosterior;
}

describe('verdict rows', () => {
  test('a new feature expects replies to be rejected as often as in the other features', () => {
    expect(betaMean(believed({}).climb)).toBeGreaterThan(0.34);
    expect(betaMean(believed({}).climb)).toBeLessThan(0.45);
    expect(betaMean(believed({ rejected: 5 }).climb)).toBeLessThan(0.12);
  });

  test('a new feature expects a rejected reply to be good as often as in the other features', () => {
    expect(betaMean(believed({}).rejected)).toBeLessThan(0.12);
    expect(betaMean(believed({ returnedSuccesses: 18 }).rejected)).toBeGreaterThan(0.75);
  });

  test('public evidence on a node also counts for its accepted replies, because a verdict accepts good replies', () => {
    const expected = { success: 0.9, outcomes: 4 };
    const [mini] = features({}) as [RateCell];
    const rows = withVerdictRows([{ ...mini, expected }]);
    expect(rows.map(row => row.expected)).toEqual([expected, expected, undefined]);
  });

  test('before any outcome, one rejected reply in five is expected to be good', () => {
    const guessed = believed({ returned: 0, returnedSuccesses: 0 }).rejected;
    expect(betaMean(guessed)).toBeCloseTo(0.2, 6);
    expect(guessed.a + guessed.b).toBeLessThan(5);
  });

  test('verdicts on a model that was never called are expected to be as good as those on another model', () => {
    const unseen: RateCell = {
      feature: 'f0',
      node: 'small',
      n: 0,
      s: 0,
      verdict: { rejected: 0, returned: 0, returnedSuccesses: 0 },
    };
    const priorOf = (verdict: Partial<VerdictCounts>, s: number) =>
      poolPriors([...features(verdict).map(row => ({ ...row, s })), unseen])('new', []).small as PooledPrior;
    const right = priorOf({ returnedSuccesses: 0 }, 60);
    expect(betaMean(right)).toBeGreaterThan(0.98);
    expect(betaMean(right.rejected ?? UNIFORM)).toBeLessThan(0.05);
    const useless = priorOf({ returnedSuccesses: 14 }, 42);
    expect(betaMean(useless)).toBeLessThan(0.75);
    expect(betaMean(useless.rejected ?? UNIFORM)).toBeGreaterThan(0.6);
  });

  test('a node from which no plan climbs has no verdict rows, and priors contain no verdict row as a node', () => {
    const premium: RateCell = { feature: 'f0', node: 'premium', n: 10, s: 9 };
    expect(withVerdictRows([premium])).toEqual([premium]);
    const cells = [...features({}), premium];
    expect(withVerdictRows(cells).filter(({ node }) => isVerdictRow(node))).toHaveLength(20);
    expect(Object.keys(poolPriors(cells)('new', []))).toEqual(['mini', 'premium']);
  });
});
