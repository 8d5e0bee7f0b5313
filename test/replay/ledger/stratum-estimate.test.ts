import { describe, expect, test } from 'vitest';
import { decisionLog } from '../../../src/replay/ledger/decision-log.ts';
import { stratumEstimateOf } from '../../../src/replay/ledger/stratum-estimate.ts';
import { strataOf } from '../../../src/replay/ledger/strata.ts';
import type { LoggedDecision } from '../../../src/replay/ledger/logged-decision.ts';
import { planSumsOf } from '../../../src/replay/ledger/plan-sums.ts';
import { logged } from './logged.ts';

function estimateOf(log: readonly LoggedDecision[], plan: string, intents = log.length) {
  const columns = decisionLog(log);
  const [stratum] = strataOf(columns);
  const sums = stratum && planSumsOf(columns, stratum).get(plan);
  if (sums === undefined) throw new TypeError(`nothing of ${plan}`);
  const own = log.filter(decision => decision.plan === plan);
  return stratumEstimateOf(
    sums,
    { fail: own.filter(({ failed }) => failed).length / own.length, spendUsd: 0.01 },
    intents,
  );
}

/** Twenty intents in one period: all had premium, and five failed at $2. */
const OWN = Array.from({ length: 20 }, (_, i) => logged({ failureCostUsd: 2, failed: i % 4 === 0 }));

describe('stratumEstimateOf', () => {
  test('if every intent had the plan, the estimate is the mean of their costs, and the difference is certain', () => {
    const { loss, spend, failed, excess } = estimateOf(OWN, 'premium');
    expect([loss.value, spend.value, failed.value]).toEqual([0.5, expect.closeTo(0.01, 12), 0.25]);
    expect(excess.loss.below2 + excess.loss.above2 + excess.spend.above2).toBeCloseTo(0, 9);
  });

  test('the limits of the failure rate are Wilson’s, with Student’s t for the number of intents', () => {
    // p = 1/4 of 20; the variance is that of (5 + 2/4)/22 = 1/4 too. t(19) = 2.093024.
    const [n, p, t2] = [20, 0.25, 2.093_024 ** 2];
    const centre = (p + t2 / (2 * n)) / (1 + t2 / n);
    const half = (Math.sqrt(t2) / (1 + t2 / n)) * Math.sqrt((p * (1 - p)) / n + t2 / (4 * n * n));
    const { failed, loss } = estimateOf(OWN, 'premium');
    expect(Math.sqrt(failed.below2)).toBeCloseTo(p - centre + half, 6);
    expect(Math.sqrt(failed.above2)).toBeCloseTo(centre + half - p, 6);
    expect(Math.sqrt(loss.above2)).toBeCloseTo(2 * (centre + half - p), 6);
  });

  test('a stratum counts in the whole log by its number of intents', () => {
    const { loss, spend } = estimateOf(OWN, 'premium', 200);
    expect(loss.value).toBeCloseTo(0.05, 12);
    expect(spend.value).toBeCloseTo(0.001, 12);
  });

  test('intents that the log sent elsewhere count too, at the cost of the same plan for those that had it', () => {
    const elsewhere = Array.from({ length: 4 }, () => logged({ plan: 'mini', failureCostUsd: 2 }));
    const { loss } = estimateOf([...OWN, ...elsewhere], 'premium');
    expect(loss.value).toBeCloseTo(0.25 * 2, 12);
  });

  test('failures are weighted by 1/√propensity and by their cost, and the loss is the failure rate times all failure costs at stake', () => {
    const log = [
      logged({ propensity: 0.25, failureCostUsd: 2, failed: true }),
      logged({ propensity: 1, failureCostUsd: 2.4 }),
      logged({ plan: 'mini', failureCostUsd: 2.2 }),
    ];
    const rate = (2 * 2) / (2 * 2 + 1 * 2.4);
    expect(estimateOf(log, 'premium').loss.value).toBeCloseTo((rate * (2 + 2.4 + 2.2)) / 3, 12);
  });

  test('a plan that the target would not choose adds only the randomness of the log’s own outcomes', () => {
    const log = OWN.map(decision => ({ ...decision, target: { mini: 1 } }));
    const { loss, spend, excess } = estimateOf(log, 'premium');
    expect([loss.value, loss.above2, spend.value]).toEqual([0, 0, 0]);
    const { loss: own } = estimateOf(OWN, 'premium');
    // If the true rate is higher, the log was lucky, and what the target would have cost exceeds the log's cost by less.
    expect(excess.loss.below2).toBeCloseTo(own.above2, 9);
    expect(excess.loss.above2).toBeCloseTo(own.below2, 9);
  });

  test('models that cost nothing add no spend, and no NaN', () => {
    const free = decisionLog(OWN.map(decision => ({ ...decision, spendUsd: 0 })));
    const [stratum] = strataOf(free);
    const sums = stratum && planSumsOf(free, stratum).get('premium');
    expect(sums && stratumEstimateOf(sums, { fail: 0.25, spendUsd: 0 }, 20).spend).toEqual({
      value: 0,
      below2: 0,
      above2: 0,
    });
  });
});
