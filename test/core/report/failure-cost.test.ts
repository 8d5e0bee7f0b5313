import { expect, test } from 'vitest';
import { checkFailureCost } from '../../../src/core/report/failure-cost.ts';
import { sumsBy } from '../../../src/core/cells/sums.ts';
import { cellsOf, FAILURE, many } from '../support/cells.ts';

function check(count: number, recordedUsd: number) {
  const evidence = [{ ...FAILURE, costNanoUsd: recordedUsd * 1e9 }];
  const cells = cellsOf(many(count, { evidence }), many(5, { evidence: [FAILURE] }));
  return checkFailureCost(sumsBy(cells, { scope: 'plan', by: () => '' }).get('') ?? {}, 15);
}

test('recorded failure costs are compared with those configured for the same failures', () => {
  expect(check(12, 24)).toEqual({ configuredUsd: 15, recorded: 12, recordedUsd: 24, expectedUsd: 15, mismatch: true });
});

test('a difference of at most a quarter, in either direction, is not a mismatch', () => {
  expect([18, 15, 12.5].map(usd => check(12, usd).mismatch)).toEqual([false, false, false]);
  expect([19, 11].map(usd => check(12, usd).mismatch)).toEqual([true, true]);
});

test('fewer than ten recorded failures are not a mismatch', () => {
  expect([9, 10].map(count => check(count, 90).mismatch)).toEqual([false, true]);
  expect(checkFailureCost({})).toEqual({ recorded: 0, mismatch: false });
});
