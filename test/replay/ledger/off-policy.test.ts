import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/core/math/random.ts';
import type { LoggedDecision } from '../../../src/replay/ledger/off-policy.ts';
import { evaluateOffPolicy } from '../../../src/replay/ledger/off-policy.ts';

const NOTHING = { spendUsd: 0, failureUsd: 0, fail: 0 };

/** A log of two plans; the target policy always takes the second, which was chosen with probability `floor`. */
function log(n: number, floor: number, { seed = 1, fail = 0.2 } = {}): LoggedDecision[] {
  const random = seededRandom(seed);
  return Array.from({ length: n }, () => {
    const isTarget = random.next() < floor;
    const failed = random.next() < (isTarget ? fail : 0.5);
    return {
      propensity: isTarget ? floor : 1 - floor,
      target: isTarget ? 1 : 0,
      spendUsd: isTarget ? 0.01 : 0.001,
      failureUsd: failed ? 1 : 0,
      failed,
      expectedOfChosen: isTarget
        ? { spendUsd: 0.01, failureUsd: fail, fail }
        : { spendUsd: 0.001, failureUsd: 0.5, fail: 0.5 },
      expectedOfTarget: { spendUsd: 0.01, failureUsd: fail, fail },
      weight: 1,
    };
  });
}

function answered(entries: readonly LoggedDecision[]) {
  const found = evaluateOffPolicy(entries);
  if (found.kind === 'refused') throw new Error(found.reason);
  return found;
}

describe('evaluateOffPolicy', () => {
  test('a log of the target policy itself gives the plain means', () => {
    const own = log(500, 0.999999).map(entry => ({ ...entry, propensity: 1, target: 1 }));
    const found = answered(own);
    const mean = own.reduce((sum, { spendUsd, failureUsd }) => sum + spendUsd + failureUsd, 0) / 500;
    expect(found.costPerIntentUsd.value).toBeCloseTo(mean, 12);
    expect(found.loggedCostPerIntentUsd).toBeCloseTo(mean, 12);
    expect(found.snips.costPerIntentUsd).toBeCloseTo(mean, 12);
    expect(found.savedPerIntentUsd.value).toBeCloseTo(0, 12);
    expect(found.effectiveIntents).toBeCloseTo(500, 9);
  });

  test('the 95 % intervals of cost and success rate contain the truth in 188 and 190 of 200 logs', () => {
    let cost = 0;
    let success = 0;
    for (let seed = 0; seed < 200; seed++) {
      const found = answered(log(6000, 0.05, { seed }));
      if (found.costPerIntentUsd.low <= 0.21 && 0.21 <= found.costPerIntentUsd.high) cost++;
      if (found.snips.successRate.low <= 0.8 && 0.8 <= found.snips.successRate.high) success++;
    }
    expect([cost, success]).toEqual([188, 190]);
  });

  test('for a log of the target policy itself the intervals are those of a weighted mean with Student’s t at the sample size', () => {
    // 101 intents that cost $1 when they fail; every third has three times the weight. t(100) = 1.98397.
    const own = log(101, 0.999999).map((entry, i) => ({
      ...entry,
      propensity: 1,
      target: 1,
      weight: i % 3 === 0 ? 3 : 1,
      spendUsd: 0,
      failureUsd: i % 4 === 0 ? 1 : 0,
      failed: i % 4 === 0,
      expectedOfChosen: NOTHING,
      expectedOfTarget: NOTHING,
    }));
    const total = own.reduce((sum, { weight }) => sum + weight, 0);
    const cost = own.reduce((sum, { weight, failureUsd }) => sum + weight * failureUsd, 0) / total;
    const error =
      Math.sqrt(own.reduce((sum, { weight, failureUsd }) => sum + weight ** 2 * (failureUsd - cost) ** 2, 0)) / total;
    const found = answered(own);
    expect(found.costPerIntentUsd.value).toBeCloseTo(cost, 12);
    expect(found.costPerIntentUsd.high - cost).toBeCloseTo(1.983_971_5 * error, 7);
    // Cost and success vary together here: ln(cost ÷ success) has the error e/cost + e/success.
    const logError = error / cost + error / (1 - cost);
    expect(Math.log(found.costPerSuccessUsd.high / found.costPerSuccessUsd.value)).toBeCloseTo(
      1.983_971_5 * logError,
      6,
    );
  });

  test('good cost predictions narrow the interval, and bad ones do not bias the estimate', () => {
    const entries = log(6000, 0.1);
    const blind = entries.map(entry => ({ ...entry, expectedOfChosen: NOTHING, expectedOfTarget: NOTHING }));
    const width = ({ low, high }: { low: number; high: number }): number => high - low;
    const [good, bad] = [answered(entries), answered(blind)];
    expect(width(good.costPerIntentUsd)).toBeLessThan(width(bad.costPerIntentUsd));
    expect(Math.abs(bad.costPerIntentUsd.value - 0.21)).toBeLessThan(width(bad.costPerIntentUsd));
  });

  test('cost per success is cost ÷ success, with an interval that is never negative', () => {
    const { costPerSuccessUsd, costPerIntentUsd, successRate } = answered(log(6000, 0.1));
    expect(costPerSuccessUsd.value).toBeCloseTo(costPerIntentUsd.value / successRate.value, 12);
    expect(costPerSuccessUsd.low).toBeGreaterThan(0);
    expect(costPerSuccessUsd.high).toBeGreaterThan(costPerSuccessUsd.value);
  });

  test.each([
    ['the log is empty', [], 'no intent has an outcome'],
    ['the log never chose the plan', log(500, 0.1).map(entry => ({ ...entry, target: 0 })), 'no intent used a plan'],
    ['the log is too small', log(500, 0.05), 'own choices (100 are needed)'],
    [
      'one intent would dominate the estimate',
      [...log(30_000, 0.05), { ...(log(1, 0.999)[0] as LoggedDecision), propensity: 5e-4, target: 1 }],
      '% of the answer',
    ],
  ])('an estimate is refused with the reason when %s', (_, entries, reason) => {
    const found = evaluateOffPolicy(entries);
    expect(found).toMatchObject({ kind: 'refused', reason: expect.stringContaining(reason) });
  });
});
