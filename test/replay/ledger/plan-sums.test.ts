import { expect, test } from 'vitest';
import { decisionLog } from '../../../src/replay/ledger/decision-log.ts';
import { strataOf } from '../../../src/replay/ledger/strata.ts';
import type { LoggedDecision } from '../../../src/replay/ledger/logged-decision.ts';
import { planSumsOf } from '../../../src/replay/ledger/plan-sums.ts';
import { logged } from './logged.ts';

function sumsOf(decisions: readonly LoggedDecision[]) {
  const log = decisionLog(decisions);
  const [stratum] = strataOf(log);
  if (stratum === undefined) throw new TypeError('no stratum');
  return planSumsOf(log, stratum);
}

test('a decision adds its outcome to the plan that was chosen, and the target’s probabilities to every plan', () => {
  const plans = sumsOf([
    logged({ plan: 'mini', propensity: 0.25, target: { mini: 0.1, premium: 0.9 }, failed: true, failureCostUsd: 3 }),
    logged({ plan: 'mini', propensity: 1, target: { premium: 1 }, failureCostUsd: 2.9, spendUsd: 0.02 }),
  ]);
  const mini = plans.get('mini');
  // Weights 1/√propensity: 2 and 1.
  expect(mini).toMatchObject({ n: 2, failures: 1, spendUsd: 0.03 });
  expect(mini?.spendUsd2).toBeCloseTo(0.0005, 15);
  const [period] = mini?.periods ?? [];
  expect(period?.loss).toEqual({
    target: 0.1 * 3,
    unit: 3 + 2.9,
    weight: 2 * 3 + 2.9,
    weight2: (2 * 3) ** 2 + 2.9 ** 2,
    weightUnit: 2 * 3 ** 2 + 2.9 ** 2,
    unit2: 3 ** 2 + 2.9 ** 2,
    observed: 2 * 3,
  });
  expect(period?.failed).toEqual({ target: 0.1, unit: 2, weight: 3, weight2: 5, weightUnit: 3, unit2: 2, observed: 2 });
  expect(period?.spend.observed).toBeCloseTo(2 * 0.01 + 0.02, 15);
  const [wanted] = plans.get('premium')?.periods ?? [];
  expect(wanted?.loss).toMatchObject({ weight: 0, observed: 0 });
  expect(wanted?.loss.target).toBeCloseTo(0.9 * 3 + 2.9, 12);
});

test('periods have equally many decisions: at least 25, and there are at most twelve', () => {
  const periodsOf = (n: number): readonly number[] =>
    sumsOf(Array.from({ length: n }, () => logged()))
      .get('premium')
      ?.periods.map(({ failed }) => failed.unit2) ?? [];
  expect(periodsOf(49)).toEqual([49]);
  expect(periodsOf(50)).toEqual([25, 25]);
  expect(periodsOf(1200)).toEqual(Array.from({ length: 12 }, () => 100));
});
