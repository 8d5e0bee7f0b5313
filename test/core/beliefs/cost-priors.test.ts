import { describe, expect, test } from 'vitest';
import { empiricalBayes } from '../../../src/core/beliefs/priors.ts';
import type { RateCell } from '../../../src/core/cells/rate-cells.ts';

describe('the cost of a visit', () => {
  test('the configured price weighs as ten visits, and a feature’s visits as thirty at most', () => {
    const some: RateCell = { feature: 'f', node: 'a', n: 0, s: 0, visits: 20, costUsd: 0.4, costUsd2: 0.01 };
    const { typical } = empiricalBayes([{ ...some, priorCostUsd: 0.05 }]);
    expect(typical.a?.cost?.usd).toBeCloseTo((20 * 0.02 + 10 * 0.05) / 30, 12);
    const many = { ...some, visits: 3000, costUsd: 60, costUsd2: 1.5, priorCostUsd: 0.05 };
    expect(empiricalBayes([many]).typical.a?.cost?.usd).toBeCloseTo((30 * 0.02 + 10 * 0.05) / 40, 12);
  });

  test('features that cost alike lend more visits than features that do not', () => {
    const visitsOf = (costs: readonly number[]): number =>
      empiricalBayes(
        costs.map(
          (usd, i): RateCell => ({
            feature: `f${i}`,
            node: 'a',
            n: 0,
            s: 0,
            visits: 100,
            costUsd: 100 * usd,
            costUsd2: 100 * 2 * usd ** 2,
          }),
        ),
      ).typical.a?.cost?.visits ?? Number.NaN;
    const alike = visitsOf([0.01, 0.0101, 0.0099, 0.01, 0.0102, 0.01]);
    const unlike = visitsOf([0.001, 0.05, 0.002, 0.03, 0.001, 0.02]);
    expect(alike).toBeGreaterThan(3 * unlike);
    expect(unlike).toBeGreaterThanOrEqual(1);
    expect(alike).toBeLessThanOrEqual(30);
  });

  test('where one model costs a tenth of what it costs elsewhere, so will another that was never asked', () => {
    const seenAt = (feature: string, node: string, usd: number): RateCell => ({
      feature,
      node,
      n: 0,
      s: 0,
      visits: 30,
      costUsd: 30 * usd,
      costUsd2: 30 * 2 * usd ** 2,
    });
    const long = Array.from({ length: 9 }, (_, i) => [seenAt(`f${i}`, 'a', 0.01), seenAt(`f${i}`, 'b', 0.1)]).flat();
    const { byFeature, typical } = empiricalBayes([...long, seenAt('short', 'a', 0.001)]);
    expect(typical.b?.cost?.usd).toBeCloseTo(0.1, 9);
    // Mean cost of a: 0.0091. Thirty visits say a factor of 0.11, against ten visits' worth of none: 0.11^(3/4).
    expect(byFeature.get('short')?.b?.cost?.usd).toBeCloseTo(0.1 * (0.001 / 0.0091) ** 0.75, 9);
  });

  test('no cost is made up where none is known', () => {
    const { typical, byFeature } = empiricalBayes([{ feature: 'f', node: 'a', n: 5, s: 3 }]);
    expect(typical.a).not.toHaveProperty('cost');
    const { a, b } = byFeature.get('f')?.a ?? { a: 0, b: 1 };
    expect(a / (a + b)).toBeCloseTo(0.5, 12);
  });
});
