import { expect, test } from 'vitest';
import { sumsBy } from '../../../src/core/cells/sums.ts';
import { turnsOf } from '../../../src/core/report/turns.ts';
import { cellsOf, FAILURE, many, SUCCESS } from '../support/cells.ts';
import { attempt } from '../support/intents.ts';

const twoTurns = (second: number) => [
  attempt('mini', 10_000_000),
  attempt('mini', second, { turn: 2, requestId: 'r2' }),
];

test('intents of one turn and intents of several turns have separate exact means and intervals', () => {
  const cells = cellsOf(
    many(19, { evidence: [SUCCESS] }),
    many(1, { evidence: [FAILURE] }),
    many(6, { attempts: twoTurns(20_000_000), evidence: [SUCCESS] }),
    many(4, { attempts: twoTurns(40_000_000), evidence: [FAILURE], failureCostNanoUsd: 20_000_000_000 }),
  );
  const { one, several } = turnsOf(sumsBy(cells, { scope: 'plan', by: () => '' }).get('') ?? {}, 15);
  expect(one).toMatchObject({ intents: 20, labelled: 20 });
  expect(several).toMatchObject({ intents: 10, labelled: 10 });
  expect(one.success.value).toBe(0.95);
  expect(several.success.value).toBe(0.6);
  // Twenty equal costs may hide a burst.
  expect(one.spendPerIntentUsd).toMatchObject({ value: 0.01, low: 0.01, high: 0.03 });
  expect(several.spendPerIntentUsd.value).toBeCloseTo(0.038, 12);
  expect(several.spendPerIntentUsd.high).toBeGreaterThan(several.spendPerIntentUsd.value);
  expect(one.costPerIntentUsd.value).toBeCloseTo(0.01 + 15 * 0.05, 12);
  expect(several.costPerIntentUsd.value).toBeCloseTo(0.038 + 20 * 0.4, 12);
});

test('the group of several turns is empty for a feature of single requests', () => {
  const { several } = turnsOf(sumsBy(cellsOf(many(3, {})), { scope: 'plan', by: () => '' }).get('') ?? {}, 15);
  expect(several.intents).toBe(0);
  expect(several.success.value).toBeNaN();
});
