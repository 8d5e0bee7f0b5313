import { describe, expect, test } from 'vitest';
import type { MissingBounds } from '../../../src/replay/ledger/missing-bounds.ts';
import { missingBounds as boundsOf } from '../../../src/replay/ledger/missing-bounds.ts';
import type { Kind } from './seen-outcomes.ts';
import { decisions, outcomesSeen } from './seen-outcomes.ts';

function missingBounds(seed: number, kind: Kind): MissingBounds {
  return boundsOf(outcomesSeen(decisions(seed, kind))) as MissingBounds;
}

const ratios = (runs: number, kind: Kind) =>
  Array.from(
    { length: runs },
    (_, seed) => missingBounds(seed, kind).ratio ?? { low: 0, high: Number.POSITIVE_INFINITY },
  );

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Failures have an outcome twice as often as successes. */
const byKind = ({ failed }: { readonly failed: boolean }): number => (failed ? 0.6 : 0.3);

describe('missingBounds', () => {
  test('a log with all its outcomes has no bounds', () => {
    expect(boundsOf(outcomesSeen(decisions(1, { labels: () => 1 })))).toBeUndefined();
  });

  test('if outcomes depend on success, the ratio lies in the range in at least 97 of 100 logs', () => {
    for (const premium of [0.5, 0.1]) {
      const found = ratios(100, { premium, labels: byKind });
      expect(found.filter(({ low, high }) => low <= 0.5 && 0.5 <= high).length).toBeGreaterThanOrEqual(97);
    }
  });

  test('outcomes that are missing at random leave a range around 1, narrower the more plans and segments differ', () => {
    const atRandom = { labels: () => 0.5 };
    const [wide, plans] = [
      ratios(20, { ...atRandom, success: { mini: 0.9, premium: 0.9 } }),
      ratios(20, { ...atRandom, success: { mini: 0.5, premium: 0.98 } }),
    ];
    expect(plans.filter(({ low, high }) => low <= 1 && high >= 1)).toHaveLength(20);
    expect(mean(plans.map(({ high }) => high))).toBeLessThan(1.4);
    expect(mean(plans.map(({ low }) => low))).toBeGreaterThan(0.7);
    // Nothing distinguishes equally good plans: from no failure to nothing but failures among the half that is missing.
    expect(mean(wide.map(({ low }) => low))).toBeLessThan(0.6);
    expect(mean(wide.map(({ high }) => high))).toBeGreaterThan(5);
  });

  test('segments that fail unequally often narrow the range if they have equal shares of outcomes', () => {
    const seen = decisions(2, { labels: () => 0.5, success: { mini: 0.5, premium: 0.98 } });
    const renamed = seen.map(one => ({ ...one, stratum: one.plan === 'mini' ? 'hard' : 'easy', plan: 'mini' }));
    const { ratio } = boundsOf(outcomesSeen(renamed)) as MissingBounds;
    expect(ratio?.high).toBeLessThan(1.5);
  });

  test('where segments differ in their shares of outcomes, each plan may lack any of the missing outcomes', () => {
    const found = missingBounds(1, {
      intents: 8000,
      strata: 4,
      premium: 0.95,
      labels: ({ failed, stratum, plan }) => (failed && stratum === 'c' && plan === 'premium' ? 0.5 : 1),
      success: { mini: 0.4, premium: 0.85 },
    });
    const seen = outcomesSeen(
      decisions(1, {
        intents: 8000,
        strata: 4,
        premium: 0.95,
        labels: ({ failed, stratum, plan }) => (failed && stratum === 'c' && plan === 'premium' ? 0.5 : 1),
        success: { mini: 0.4, premium: 0.85 },
      }),
    );
    const at = { segment: seen.segments.indexOf('c'), plan: seen.plans.indexOf('premium') };
    expect(found.ratio).toBeUndefined();
    expect(found.shared).toBeUndefined();
    // 8 % of these intents failed without an outcome.
    expect(found.least(at, 0.08)).toBeCloseTo(0.074, 2);
    expect(found.most(at, 0.08)).toBeCloseTo(0.15, 1);
    const complete = { segment: seen.segments.indexOf('a'), plan: at.plan };
    expect(found.least(complete, 0.08)).toBeCloseTo(0.08, 12);
    expect(found.most(complete, 0.08)).toBeCloseTo(0.08, 12);
  });

  test('a rate stays between none and all of the missing intents having failed', () => {
    const found = missingBounds(3, { labels: () => 0.98, success: { mini: 0.9, premium: 0.9 } });
    const at = { segment: 0, plan: 0 };
    expect(found.least(at, 0.1)).toBeGreaterThan(0.095);
    expect(found.most(at, 0.1)).toBeLessThan(0.13);
    expect(found.shared?.map(bound => bound(at, 0.1))).toEqual(
      found.shared?.map(bound => bound(at, 0.1)).toSorted((x, y) => x - y),
    );
    expect(found.withoutOutcome / found.intents).toBeCloseTo(0.02, 2);
  });
});
