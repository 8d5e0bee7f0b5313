import { expect, test } from 'vitest';
import { decisionLog } from '../../../src/replay/ledger/decision-log.ts';
import { lossUnitUsd, strataOf } from '../../../src/replay/ledger/strata.ts';
import { logged } from './logged.ts';

const many = (n: number, parts: Parameters<typeof logged>[0]) => Array.from({ length: n }, () => logged(parts));

test('decisions are in one stratum when their segment and their class of failure cost are the same', () => {
  const log = [
    ...many(60, { failureCostUsd: 1 }),
    ...many(60, { failureCostUsd: 200 }),
    ...many(60, { failureCostUsd: 1, segment: 'paid' }),
  ];
  expect(
    strataOf(decisionLog(log)).map(({ segment, rows }) => [segment, log[rows[0] ?? 0]?.failureCostUsd, rows.length]),
  ).toEqual([
    ['', 1, 60],
    ['', 200, 60],
    ['paid', 1, 60],
  ]);
});

test('a loss is measured in units of the failure cost that was known at the decision', () => {
  const log = [logged({ failureCostUsd: 3, failed: true }), logged({ failureCostUsd: 3 })];
  expect(strataOf(decisionLog(log)).map(stratum => [stratum.costRatio, lossUnitUsd(stratum, 3)])).toEqual([[1, 3]]);
});

test('if failures cost other amounts than expected, the unit is the expected cost times E[m²]/E[m] of their ratio', () => {
  const log = [1, 4].map(failureUsd => logged({ failureCostUsd: 2, failed: true, failureUsd }));
  // m is 0.5 and 2: (0.25 + 4)/(0.5 + 2) = 1.7.
  const [stratum] = strataOf(decisionLog([...log, logged({ failureCostUsd: 2 })]));
  expect(stratum?.costRatio).toBeCloseTo(1.7, 12);
});

test('a failure with an expected cost of 0 is measured in dollars if it did cost something, and otherwise adds nothing', () => {
  const [cost] = strataOf(decisionLog([logged({ failureCostUsd: 0, failed: true, failureUsd: 5 })]));
  expect(cost && lossUnitUsd(cost, 0)).toBe(5);
  const [free] = strataOf(decisionLog([logged({ failureCostUsd: 0, failed: true, failureUsd: 0 })]));
  expect(free && lossUnitUsd(free, 0)).toBe(0);
});
