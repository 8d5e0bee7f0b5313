import { expect, test } from 'vitest';
import { totalCostOf } from '../../../src/core/report/total-cost.ts';
import { PART_COLOURS, partsOfCost } from '../../../src/exports/html/cost-parts.ts';

const cost = totalCostOf({ cost: 4_000_000_000n, retryCost: 1_000_000_000n, failureCost: 12_000_000_000n });

test('the parts of a cost that are not 0 have a name, an amount with its share, and their own color', () => {
  expect(partsOfCost(cost).map(({ name, label }) => [name, label])).toEqual([
    ['First attempts', '$3.00 (18.8 %)'],
    ['Retries', '$1.00 (6.3 %)'],
    ['Failure cost', '$12.00 (75.0 %)'],
  ]);
  expect(partsOfCost(cost, true)).toHaveLength(6);
  expect(new Set(Object.values(PART_COLOURS)).size).toBe(6);
  expect(partsOfCost(undefined)).toEqual([]);
});
