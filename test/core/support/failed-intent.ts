/** One intent with an example of everything that a list or a receipt shows: a rejected reply, a fault, an outcome with a cost. */
import type { Intent } from '../../../src/core/ledger/records.ts';
import { made } from './cells.ts';
import { attempt } from './intents.ts';

export const FAILED_AFTER_ESCALATION: Intent = made({
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
