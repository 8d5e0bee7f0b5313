import { expect, test } from 'vitest';
import { addToTally, emptyTally, sumTallies } from '../../../src/replay/table/plan-tally.ts';

test('a tally sums the spend, its square and its cube', () => {
  const sums = emptyTally();
  addToTally(sums, 2, 1);
  addToTally(sums, 3, 0);
  expect(sums).toEqual({ intents: 2, spendUsd: 5, successes: 1, spend2: 13, spend3: 35, spendOfFailures: 3 });
});

test('the sum of tallies adds every count', () => {
  const one = { intents: 1, spendUsd: 2, successes: 0.5, spend2: 4, spend3: 8, spendOfFailures: 1 };
  expect(sumTallies([one, one, emptyTally()])).toEqual({
    intents: 2,
    spendUsd: 4,
    successes: 1,
    spend2: 8,
    spend3: 16,
    spendOfFailures: 2,
  });
});
