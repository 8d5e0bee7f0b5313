import { expect, test } from 'vitest';
import { summaryOf } from '../../src/analysis/intent-summary.ts';
import { INTENT_COLUMNS } from '../../src/cli/text/intent-text.ts';
import type { Intent } from '../../src/core/ledger/records.ts';
import { attempt } from '../core/support/intents.ts';
import { made } from '../core/support/cells.ts';

const intent: Intent = made({
  plan: ['mini', 'premium'],
  attempts: [
    attempt('mini', 1_000_000, {
      usage: { input: 900, cacheRead: 100, output: 20 },
      verdict: { accepted: false, by: 'schema' },
    }),
    attempt('mini>premium', 9_000_000, {
      status: 'provider-fault',
      httpStatus: 503,
      provenance: 'estimated',
      servedBy: 'gpt-5-pro',
    }),
  ],
  evidence: [
    {
      source: 'implicit',
      success: false,
      signal: 'thumbs',
      value: 'down',
      costNanoUsd: 22_500_000_000,
      escalated: true,
    },
  ],
});

test('a summary has a value for every column, exact amounts, and the model of the last reply', () => {
  const summary = summaryOf(intent);
  expect(INTENT_COLUMNS.filter(column => summary[column] === undefined)).toEqual([]);
  expect(summary).toMatchObject({
    answeredBy: 'mini',
    attempts: 2,
    spendUsd: '0.01',
    outcome: 'failure',
    failureUsd: '22.5',
  });
});
