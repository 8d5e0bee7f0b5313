import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SetUp } from '../../../src/core/calculator/calculator.ts';
import { compareSetUps, costsOf } from '../../../src/core/calculator/calculator.ts';
import { RouterError } from '../../../src/errors.ts';

const mini: SetUp = { tokenCostUsd: 0.00038, turns: 5, successRate: 0.7, failureCostUsd: 15 };
const reasoning: SetUp = { tokenCostUsd: 0.014, successRate: 0.95, failureCostUsd: 15 };

describe('the published figures', () => {
  test('the mini set-up costs $4.5019 an intent and $6.4313 a success: $0.0019 of tokens and 30 % failures at $15', () => {
    const costs = costsOf(mini);
    expect(costs.tokensUsd).toBeCloseTo(0.0019, 12);
    expect(costs.costPerIntentUsd).toBeCloseTo(4.5019, 10);
    expect(costs.costPerSuccessUsd).toBeCloseTo(4.5019 / 0.7, 10);
  });

  test('the reasoning set-up costs $0.764 an intent and $0.8042 a success', () => {
    expect(costsOf(reasoning).costPerIntentUsd).toBeCloseTo(0.764, 10);
    expect(costsOf(reasoning).costPerSuccessUsd).toBeCloseTo(0.804210526, 8);
  });
});

describe('costsOf', () => {
  test('turns multiply the token cost, retries add to the cost of all turns, overhead is added once, and each escalation costs one failure', () => {
    const costs = costsOf({
      tokenCostUsd: 0.01,
      turns: 3,
      retryRate: 0.5,
      overheadUsd: 0.002,
      successRate: 0.8,
      escalationRate: 0.1,
      failureCostUsd: 2,
    });
    expect(costs.tokensUsd).toBeCloseTo(0.03, 12);
    expect(costs.retriesUsd).toBeCloseTo(0.015, 12);
    expect(costs.failureUsd).toBeCloseTo(0.2, 12);
    expect(costs.costPerIntentUsd).toBeCloseTo(0.247, 12);
    expect(costs.costPerSuccessUsd).toBeCloseTo(0.30875, 12);
  });

  test('a set-up without a sample size has no intervals', () => {
    expect(costsOf(reasoning).intervals).toBeUndefined();
  });

  test('a success never costs less than an intent', () => {
    const setUp = fc.record({
      tokenCostUsd: fc.double({ min: 0, max: 1, noNaN: true }),
      successRate: fc.double({ min: 0.01, max: 1, noNaN: true }),
      failureCostUsd: fc.double({ min: 0, max: 100, noNaN: true }),
    });
    fc.assert(
      fc.property(setUp, setUp => {
        const costs = costsOf(setUp);
        expect(costs.costPerSuccessUsd).toBeGreaterThanOrEqual(costs.costPerIntentUsd);
      }),
    );
  });
});

describe('intervals', () => {
  // Wilson limits of 5 failures in 100, calculated by hand: 0.0215437 and 0.1117505.
  const [low, high] = [0.0215437, 0.1117505];

  test('the interval of the cost per intent comes from the limits of the failure rate', () => {
    const { intervals } = costsOf({ ...reasoning, sampleSize: 100 });
    expect(intervals?.costPerIntentUsd.low).toBeCloseTo(0.014 + 15 * low, 5);
    expect(intervals?.costPerIntentUsd.high).toBeCloseTo(0.014 + 15 * high, 5);
  });

  test('the interval of the cost per success divides by the success rate at the same limit', () => {
    const { intervals } = costsOf({ ...reasoning, sampleSize: 100 });
    expect(intervals?.costPerSuccessUsd.low).toBeCloseTo((0.014 + 15 * low) / (1 - low), 5);
    expect(intervals?.costPerSuccessUsd.high).toBeCloseTo((0.014 + 15 * high) / (1 - high), 5);
  });

  test('an escalation rate equal to the failure rate gives the same interval as none', () => {
    const explicit = costsOf({ ...reasoning, escalationRate: 0.05, sampleSize: 100 }).intervals;
    const implied = costsOf({ ...reasoning, sampleSize: 100 }).intervals;
    expect(explicit?.costPerSuccessUsd.low).toBeCloseTo(implied?.costPerSuccessUsd.low ?? 0, 8);
    expect(explicit?.costPerSuccessUsd.high).toBeCloseTo(implied?.costPerSuccessUsd.high ?? 0, 8);
  });

  test('a standard deviation of the spend widens the interval', () => {
    const plain = costsOf({ ...reasoning, sampleSize: 100 }).intervals;
    const spread = costsOf({ ...reasoning, costSdUsd: 5, sampleSize: 100 }).intervals;
    expect(spread?.costPerIntentUsd.high).toBeGreaterThan((plain?.costPerIntentUsd.high ?? 0) + 0.1);
  });

  test('the upper margin combines the margins of loss and spend, and is their sum where the intents that fail cost most', () => {
    const above = (more: Partial<SetUp>): number => {
      const { value = 0, high = 0 } =
        costsOf({ ...reasoning, sampleSize: 400, ...more }).intervals?.costPerIntentUsd ?? {};
      return high - value;
    };
    const [loss, spend] = [above({}), above({ costSdUsd: 3, failureCostUsd: 0 })];
    expect(above({ costSdUsd: 3, correlation: 1 })).toBeCloseTo(loss + spend, 10);
    expect(above({ costSdUsd: 3 })).toBeCloseTo(Math.hypot(loss, spend), 10);
    expect(above({ costSdUsd: 3, correlation: -1 })).toBeCloseTo(Math.abs(loss - spend), 10);
  });

  test('a value lies between its limits, and more outcomes bring them closer', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 0.99, noNaN: true }),
        fc.double({ min: 0.01, max: 0.9, noNaN: true }),
        fc.integer({ min: 10, max: 10_000 }),
        (successRate, escalationRate, sampleSize) => {
          const setUp = { tokenCostUsd: 0.01, successRate, escalationRate, failureCostUsd: 10 };
          const few = costsOf({ ...setUp, sampleSize }).intervals?.costPerSuccessUsd;
          const many = costsOf({ ...setUp, sampleSize: sampleSize * 4 }).intervals?.costPerSuccessUsd;
          if (few === undefined || many === undefined) throw new Error('no interval');
          expect(few.low).toBeLessThanOrEqual(few.value);
          expect(few.high).toBeGreaterThanOrEqual(few.value);
          expect(many.high - many.low).toBeLessThan(few.high - few.low);
        },
      ),
    );
  });
});

describe('two set-ups', () => {
  test('the expensive set-up costs 7.4 times as many tokens and saves 83 % an intent, 87 % a success', () => {
    const compared = compareSetUps(mini, reasoning);
    expect(compared.tokenCostRatio).toBeCloseTo(7.368, 3);
    expect(compared.costPerIntentSaving).toBeCloseTo(0.8303, 4);
    expect(compared.costPerSuccessSaving).toBeCloseTo(0.875, 3);
  });

  test('both set-ups cost the same at the break-even failure cost; below it the cheaper tokens win', () => {
    const { breakEvenFailureCostUsd: equal = Number.NaN } = compareSetUps(mini, reasoning);
    const saving = (failureCostUsd: number): number =>
      compareSetUps({ ...mini, failureCostUsd }, { ...reasoning, failureCostUsd }).costPerSuccessSaving;
    expect(saving(equal)).toBeCloseTo(0, 10);
    expect(saving(equal * 0.9)).toBeLessThan(0);
    expect(saving(equal * 1.1)).toBeGreaterThan(0);
  });

  test('both set-ups cost the same at the break-even success rate', () => {
    const { breakEvenSuccessRate: successRate = Number.NaN } = compareSetUps(mini, reasoning);
    expect(compareSetUps({ ...mini, successRate }, reasoning).costPerSuccessSaving).toBeCloseTo(0, 10);
  });

  test('a set-up that is cheaper at every failure cost has no break-even point', () => {
    const better = { ...reasoning, tokenCostUsd: 0.001 };
    expect(compareSetUps(mini, better).breakEvenFailureCostUsd).toBeUndefined();
    expect(compareSetUps({ ...mini, tokenCostUsd: 1 }, better).breakEvenSuccessRate).toBeUndefined();
  });
});

describe('invalid input', () => {
  test.each<[string, Partial<SetUp>]>([
    ['tokenCostUsd', { tokenCostUsd: -1 }],
    ['tokenCostUsd', { tokenCostUsd: Number.NaN }],
    ['retryRate', { retryRate: -0.1 }],
    ['overheadUsd', { overheadUsd: Infinity }],
    ['costSdUsd', { costSdUsd: -1 }],
    ['failureCostUsd', { failureCostUsd: -15 }],
    ['turns', { turns: 0 }],
    ['successRate', { successRate: 0 }],
    ['successRate', { successRate: 70 }],
    ['escalationRate', { escalationRate: 1.1 }],
    ['escalationRate', { escalationRate: -0.1 }],
    ['correlation', { correlation: 1.1 }],
    ['sampleSize', { sampleSize: 0 }],
    ['sampleSize', { sampleSize: 10.5 }],
    ['tokenCostUsd', { tokenCostUsd: '1' as never }],
    ['successRate', { successRate: '0.5' as never }],
    ['setUp.succesRate', { succesRate: 0.5 } as never],
  ])('costsOf refuses %s out of range: %j', (path, part) => {
    expect(refused(() => costsOf({ ...reasoning, ...part }))).toEqual(['invalid-value', path]);
  });

  test.each([undefined, null, 'article'])('a set-up that is %j is refused', setUp => {
    expect(refused(() => costsOf(setUp as never))).toEqual(['invalid-value', 'setUp']);
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
