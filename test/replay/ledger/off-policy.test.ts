import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/core/math/random.ts';
import type { LoggedDecision } from '../../../src/replay/ledger/logged-decision.ts';
import { evaluateOffPolicy } from '../../../src/replay/ledger/off-policy.ts';
import { logged } from './logged.ts';

/** A log of two plans; the target policy always takes the second, which was chosen with probability `floor`. */
function log(n: number, floor: number, { seed = 1, fail = 0.2 } = {}): LoggedDecision[] {
  const random = seededRandom(seed);
  return Array.from({ length: n }, () => {
    const isTarget = random.next() < floor;
    const failed = random.next() < (isTarget ? fail : 0.5);
    return logged({
      plan: isTarget ? 'premium' : 'mini',
      propensity: isTarget ? floor : 1 - floor,
      spendUsd: isTarget ? 0.01 : 0.001,
      failed,
    });
  });
}

function answered(entries: readonly LoggedDecision[]) {
  const found = evaluateOffPolicy(entries);
  if (found.kind === 'refused') throw new Error(found.reason);
  return found;
}

describe('evaluateOffPolicy', () => {
  test('a log of the target policy itself gives the plain means', () => {
    const own = log(500, 0.999999).map(entry => ({ ...entry, plan: 'premium', propensity: 1 }));
    const found = answered(own);
    const mean = own.reduce((sum, { spendUsd, failureUsd }) => sum + spendUsd + failureUsd, 0) / 500;
    expect(found.loggedCostPerIntentUsd).toBeCloseTo(mean, 12);
    expect(found.loggedSpendPerIntentUsd).toBeCloseTo(own.reduce((sum, { spendUsd }) => sum + spendUsd, 0) / 500, 12);
    expect(found.loggedSuccessRate).toBeCloseTo(own.filter(({ failed }) => !failed).length / 500, 12);
    expect(found.snips.costPerIntentUsd).toBeCloseTo(mean, 12);
    expect(found.effectiveIntents).toBeCloseTo(500, 9);
    // Periods may count a little more or less where the rate changed by chance.
    expect(found.costPerIntentUsd.value).toBeCloseTo(mean, 2);
    expect(found.savedPerIntentUsd.value).toBeCloseTo(0, 2);
  });

  test('the 95 % intervals of cost and success rate contain the truth in at least 46 of 50 logs', () => {
    let [cost, success, snips] = [0, 0, 0];
    for (let seed = 0; seed < 50; seed++) {
      const found = answered(log(3000, 0.1, { seed }));
      if (found.costPerIntentUsd.low <= 0.21 && 0.21 <= found.costPerIntentUsd.high) cost++;
      if (found.successRate.low <= 0.8 && 0.8 <= found.successRate.high) success++;
      if (found.snips.successRate.low <= 0.8 && 0.8 <= found.snips.successRate.high) snips++;
    }
    expect(Math.min(cost, success, snips)).toBeGreaterThanOrEqual(46);
  });

  test('the saving is the log’s cost less the target’s, to the last digit', () => {
    const { savedPerIntentUsd, loggedCostPerIntentUsd, costPerIntentUsd } = answered(log(6000, 0.1));
    expect(savedPerIntentUsd.value).toBe(loggedCostPerIntentUsd - costPerIntentUsd.value);
  });

  test('a plan to which the target policy gives no probability, or 0, is not a choice of the target', () => {
    const entries = log(2000, 0.3);
    const named = entries.map(entry => ({ ...entry, target: { premium: 1, mini: 0 } }));
    expect(evaluateOffPolicy(named)).toEqual(evaluateOffPolicy(entries));
  });

  test('cost per success is cost ÷ success, with an interval that is never negative', () => {
    const { costPerSuccessUsd, costPerIntentUsd, successRate } = answered(log(6000, 0.1));
    expect(costPerSuccessUsd.value).toBeCloseTo(costPerIntentUsd.value / successRate.value, 12);
    expect(costPerSuccessUsd.low).toBeGreaterThan(0);
    expect(costPerSuccessUsd.high).toBeGreaterThan(costPerSuccessUsd.value);
  });

  test.each([
    ['the log is empty', [], 'no intent has an outcome'],
    [
      'the log never chose the plan',
      log(500, 0.1).map(entry => ({ ...entry, target: { opus: 1 } })),
      'no intent used a plan',
    ],
    ['the log is too small', log(500, 0.05), 'own choices (100 are needed)'],
    [
      'one intent would dominate the estimate',
      [...log(30_000, 0.05), { ...(log(1, 0.999)[0] as LoggedDecision), propensity: 5e-4 }],
      '% of the answer',
    ],
  ])('an estimate is refused with the reason when %s', (_, entries, reason) => {
    const found = evaluateOffPolicy(entries);
    expect(found).toMatchObject({ kind: 'refused', reason: expect.stringContaining(reason) });
  });
});
