import { expect, test } from 'vitest';
import { recentIntents, recentPlanCells } from '../../src/analysis/recent-cells.ts';
import { cellsOf, many, SUCCESS } from '../core/support/cells.ts';

test('the last week with intents stands for the present, whatever the time is now', () => {
  const at = (hour: number) => many(1, { hour, evidence: [SUCCESS] });
  const cells = cellsOf(at(0), at(24), at(7 * 24), at(8 * 24));
  const hours = recentPlanCells(cells).map(({ key }) => key.bucket);
  const first = Math.min(...cells.map(({ key }) => key.bucket));
  expect(hours.map(bucket => bucket - first)).toEqual([7 * 24, 8 * 24]);
  expect(recentPlanCells(cells).every(({ key }) => key.scope === 'plan')).toBe(true);
  expect(recentPlanCells([])).toEqual([]);
  expect(recentIntents(cells)).toEqual(new Map([['mini', 2]]));
  expect(recentIntents([])).toBeUndefined();
});
