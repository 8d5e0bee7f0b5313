/** Ledgers in which many intents are decided, answered and labelled once, and others are nearly so. */
import fc from 'fast-check';
import type { LedgerRecord } from '../../../src/core/ledger/records.ts';
import { anyRecords, attempt } from '../../core/support/intents.ts';
import { decided } from './decided.ts';

/** The most usual records, with the parts that may make them unusual. */
const nearlyUsual = fc
  .record({
    atMs: fc.constantFrom(0, 3_599_999, 3_600_000, 1e12),
    laterMs: fc.constantFrom(-5, 0, 0.5, 1.5, 90_000),
    cost: fc.constantFrom(0, 1, 608_250, 94_906_267, 2 ** 53 - 1),
    other: fc.constantFrom({}, { feature: 'g' }),
    odd: fc.constantFrom<object>(
      {},
      {},
      { verdict: { accepted: false, by: 'schema' } },
      { verdict: { accepted: true, by: 'schema' } },
      { servedBy: 'other' },
      { status: 'error' },
      { kind: 'judge' },
      { unpriced: ['not retrieved'] },
      { node: 'mini>premium' },
      { model: 'unknown', node: 'unknown' },
    ),
    evidence: fc.constantFrom<object | undefined>(
      undefined,
      { source: 'explicit', success: true },
      { source: 'explicit', success: false },
      { source: 'explicit', success: false, costNanoUsd: 7 },
      { source: 'explicit', success: null },
      { source: 'silence', success: null },
      { source: 'audit', success: true },
    ),
    kind: fc.constantFrom('labelled', 'corrected'),
    more: fc.boolean(),
  })
  .map(({ atMs, laterMs, cost, other, odd, evidence, kind, more }, i = 0) => {
    const fact = { intentId: `i${i}`, feature: 'f', atMs };
    const attempted = {
      ...fact,
      kind: 'attempted',
      revision: 1,
      attempt: { ...attempt('mini', cost), ...odd },
      ...other,
    };
    const labelled = { ...fact, kind, atMs: atMs + laterMs, revision: 2, evidence };
    return [
      { ...decided('i0', 'mini', ['mini']), ...fact, versions: { mini: 'm@1' } },
      attempted,
      ...(evidence === undefined ? [] : [labelled]),
      ...(more
        ? [
            { ...attempted, revision: 3 },
            { ...labelled, evidence: { source: 'explicit', success: true }, revision: 4 },
          ]
        : []),
    ] as readonly LedgerRecord[];
  });

export const anyLedger: fc.Arbitrary<readonly LedgerRecord[]> = fc
  .array(fc.oneof(nearlyUsual, anyRecords), { minLength: 1, maxLength: 6 })
  .map(intents => intents.flatMap((records, i) => records.map(record => ({ ...record, intentId: `intent-${i}` }))));
