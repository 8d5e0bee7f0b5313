import { expect, test } from 'vitest';
import { BREAKDOWN_COLUMNS, breakdownCsv, PLAN_COLUMNS, planCsv } from '../../../src/cli/text/breakdown-csv.ts';
import { breakdownOf } from '../../../src/core/report/breakdown.ts';
import { reportFeature } from '../../../src/core/report/feature-report.ts';
import { cellsOf, FAILURE, many, SUCCESS } from '../../core/support/cells.ts';
import { AT_MS } from '../../core/support/intents.ts';

const cells = cellsOf(many(3, { evidence: [SUCCESS] }), many(1, { evidence: [FAILURE] }));

test('every group is a row with a value in every column that it has', () => {
  const own = cells.filter(({ key }) => key.scope === 'plan');
  const [row = {}] = breakdownCsv(breakdownOf('tenant', [{ group: 'acme', cells: own }]));
  expect(row).toMatchObject({
    by: 'tenant',
    group: 'acme',
    removed: 'false',
    intents: 4,
    success: 0.75,
    totalUsd: '15.04',
  });
  expect(BREAKDOWN_COLUMNS.filter(column => row[column] === undefined)).toEqual(['feature']);
});

test('every plan of every feature is a row with a value in every column', () => {
  const rows = planCsv([reportFeature('f', cells, { nowMs: AT_MS, facts: {} })]);
  expect(rows).toMatchObject([
    { feature: 'f', plan: 'mini', intents: 4, traffic: 1, spendUsd: '0.04', failureUsd: '15' },
  ]);
  expect(PLAN_COLUMNS.filter(column => rows[0]?.[column] === undefined)).toEqual([]);
});
