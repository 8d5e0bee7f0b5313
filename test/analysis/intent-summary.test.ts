import { expect, test } from 'vitest';
import { summaryOf } from '../../src/analysis/intent-summary.ts';
import { INTENT_COLUMNS } from '../../src/cli/text/intent-text.ts';
import { FAILED_AFTER_ESCALATION } from '../core/support/failed-intent.ts';

test('a summary has a value for every column, exact amounts, and the model of the last reply', () => {
  const summary = summaryOf(FAILED_AFTER_ESCALATION);
  expect(INTENT_COLUMNS.filter(column => summary[column] === undefined)).toEqual([]);
  expect(summary).toMatchObject({
    answeredBy: 'mini',
    attempts: 2,
    spendUsd: '0.01',
    outcome: 'failure',
    failureUsd: '22.5',
  });
});
