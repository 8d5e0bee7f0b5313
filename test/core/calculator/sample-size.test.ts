import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SetUp } from '../../../src/core/calculator/calculator.ts';
import { halfWidthUsd, samplesNeeded } from '../../../src/core/calculator/sample-size.ts';
import { RouterError } from '../../../src/errors.ts';

const mini: SetUp = { tokenCostUsd: 0.00038, turns: 5, successRate: 0.7, failureCostUsd: 15 };
const reasoning: SetUp = { tokenCostUsd: 0.014, successRate: 0.95, failureCostUsd: 15 };

describe('planning', () => {
  test('the cost per intent of reasoning is known to ±$0.91 at 50 outcomes and ±$0.64 at 100; ±$0.20 needs 1,027 and ±$0.05 needs 16,423', () => {
    const figure = 'cost-per-intent';
    expect(halfWidthUsd(reasoning, { figure, sampleSize: 50 })).toBeCloseTo(0.91, 2);
    expect(halfWidthUsd(reasoning, { figure, sampleSize: 100 })).toBeCloseTo(0.64, 2);
    expect(samplesNeeded(reasoning, { figure, precisionUsd: 0.2 })).toBe(1_027);
    expect(samplesNeeded(reasoning, { figure, precisionUsd: 0.05 })).toBe(16_423);
  });

  test('the half-width of the cost per success is z·(c + H)/p²·√(p·q/n)', () => {
    const byHand = (1.959963985 * (15.014 / 0.95 ** 2) * Math.sqrt(0.05 * 0.95)) / 10;
    expect(halfWidthUsd(reasoning, { figure: 'cost-per-success', sampleSize: 100 })).toBeCloseTo(byHand, 8);
  });

  test('a standard deviation of the spend adds in quadrature per intent, and to both terms per success', () => {
    const spread = { ...reasoning, costSdUsd: 4 };
    const failureSd = 15 * Math.sqrt(0.05 * 0.95);
    expect(halfWidthUsd(spread, { figure: 'cost-per-intent', sampleSize: 100 })).toBeCloseTo(
      0.1959963985 * Math.sqrt(failureSd ** 2 + 4 ** 2),
      8,
    );
    const costPerSuccess = (0.014 + 15 * 0.05) / 0.95;
    expect(halfWidthUsd(spread, { figure: 'cost-per-success', sampleSize: 100 })).toBeCloseTo(
      (0.1959963985 * (failureSd + costPerSuccess * Math.sqrt(0.95 * 0.05) + 4)) / 0.95,
      8,
    );
  });

  test('where spend is higher on intents that fail, its uncertainty adds to that of the loss', () => {
    const width = (correlation: number): number =>
      halfWidthUsd({ ...reasoning, costSdUsd: 4, correlation }, { figure: 'cost-per-intent', sampleSize: 100 });
    const failureSd = 15 * Math.sqrt(0.05 * 0.95);
    expect(width(1)).toBeCloseTo(0.1959963985 * (failureSd + 4), 8);
    expect(width(-1)).toBeCloseTo(0.1959963985 * Math.abs(failureSd - 4), 8);
  });

  test('the samples needed are the smallest number that reaches the precision', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 2, noNaN: true }),
        fc.constantFrom('cost-per-intent' as const, 'cost-per-success' as const),
        (precisionUsd, figure) => {
          const n = samplesNeeded(mini, { figure, precisionUsd });
          expect(halfWidthUsd(mini, { figure, sampleSize: n })).toBeLessThanOrEqual(precisionUsd * (1 + 1e-12));
          if (n > 1) expect(halfWidthUsd(mini, { figure, sampleSize: n - 1 })).toBeGreaterThan(precisionUsd);
        },
      ),
    );
  });
});

describe('invalid input', () => {
  test('halfWidthUsd refuses a sample size of 0', () => {
    const run = () => halfWidthUsd(reasoning, { figure: 'cost-per-intent', sampleSize: 0 });
    expect(refused(run)).toEqual(['invalid-value', 'sampleSize']);
  });

  test.each([{}, { figure: 'cost-per-sucess' }, { figure: null }])('the figure of %j is refused', part => {
    const width = () => halfWidthUsd(reasoning, { sampleSize: 10, ...part } as never);
    expect(refused(width)).toEqual(['invalid-value', 'figure']);
    const samples = () => samplesNeeded(reasoning, { precisionUsd: 1, ...part } as never);
    expect(refused(samples)).toEqual(['invalid-value', 'figure']);
  });

  test('missing options are refused', () => {
    expect(refused(() => halfWidthUsd(reasoning, undefined as never))).toEqual(['invalid-value', 'halfWidthUsd']);
    expect(refused(() => samplesNeeded(reasoning, undefined as never))).toEqual(['invalid-value', 'samplesNeeded']);
  });

  test('samplesNeeded refuses a precision of 0', () => {
    const run = () => samplesNeeded(reasoning, { figure: 'cost-per-intent', precisionUsd: 0 });
    expect(refused(run)).toEqual(['invalid-value', 'precisionUsd']);
  });
});

function refused(run: () => unknown): readonly [string, string | undefined] {
  try {
    run();
  } catch (error) {
    if (RouterError.isInstance(error)) return [error.code, error.path];
  }
  throw new Error('no RouterError');
}
