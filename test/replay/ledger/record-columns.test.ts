import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contribution } from '../../../src/core/cells/contribution.ts';
import type { Intent, LedgerRecord } from '../../../src/core/ledger/records.ts';
import { foldIntent } from '../../../src/core/ledger/records.ts';
import { recordColumns } from '../../../src/replay/ledger/record-columns.ts';
import { replayOutcomeOf } from '../../../src/replay/ledger/replay-outcome.ts';
import { anyRecords, attempt } from '../../core/support/intents.ts';
import { trials } from '../../support/trials.ts';
import { decided } from './decided.ts';

/** The parts of an intent that statistics and estimates read. */
function readOf(intent: Intent | undefined) {
  if (intent === undefined) return undefined;
  const { id, decided, outcomeAtMs, outcome } = intent;
  const { feature, segment, atMs, failureCostNanoUsd, decision } = decided;
  return {
    id,
    feature,
    segment,
    atMs,
    failureCostNanoUsd,
    outcomeAtMs,
    outcome,
    decision: { ...decision, reason: '' },
    cells: contribution(intent),
    result: replayOutcomeOf(intent, undefined),
  };
}

/** The records of several intents, each in its order, in an order that the numbers choose. */
function interleaved(intents: readonly (readonly LedgerRecord[])[], order: readonly number[]): readonly LedgerRecord[] {
  const rest = intents.map((records, i) => records.map(record => ({ ...record, intentId: `intent ${i}` })));
  const found: LedgerRecord[] = [];
  for (let step = 0; rest.some(records => records.length > 0); step++) {
    const open = rest.filter(records => records.length > 0);
    const next = open[(order[step % order.length] ?? 0) % open.length]?.shift();
    if (next !== undefined) found.push(next);
  }
  return found;
}

test('every intent that is read from the columns equals the one from its records, after each added record', () => {
  fc.assert(
    fc.property(
      fc.array(anyRecords, { minLength: 1, maxLength: 6 }),
      fc.array(fc.nat(), { minLength: 1, maxLength: 20 }),
      (intents, order) => {
        const records = interleaved(intents, order);
        const columns = recordColumns();
        const soFar = new Map<string, LedgerRecord[]>();
        records.forEach((record, index) => {
          const earlier = soFar.get(record.intentId) ?? [];
          columns.add(record);
          expect(readOf(columns.intentBefore(index))).toEqual(readOf(foldIntent(earlier)));
          soFar.set(record.intentId, [...earlier, record]);
          expect(readOf(columns.intentAt(index))).toEqual(readOf(foldIntent([...earlier, record])));
        });
        expect(columns.length).toBe(records.length);
        for (let intent = 0; intent < columns.intents; intent++) {
          const own = soFar.get(columns.idOf(intent)) ?? [];
          const [first] = own;
          expect(columns.firstOf(intent)).toBe(records.indexOf(first as LedgerRecord));
          expect(columns.lastOf(intent)).toBe(records.indexOf(own.at(-1) as LedgerRecord));
          expect(columns.decidedAtMs(intent)).toBe(first?.atMs);
        }
      },
    ),
    { numRuns: trials(100) },
  );
});

test('an intent of thousands of requests is reassembled correctly', () => {
  const columns = recordColumns();
  columns.add(decided('1', 'mini', ['mini']));
  for (let revision = 1; revision <= 3_000; revision++) {
    const sent = attempt('mini', 5, { requestId: `request ${revision}` });
    columns.add({ kind: 'attempted', intentId: '1', feature: 'f', atMs: revision, revision, attempt: sent });
  }
  const whole = columns.intentAt(columns.lastOf(0));
  expect(contribution(whole)[0]?.sums).toMatchObject({ attempts: 3_000n, requests: 3_000n, cost: 15_000n });
});

test('a propensity that is not a number is kept unchanged', () => {
  const columns = recordColumns();
  columns.add(decided('1', 'mini', ['mini'], Number.NaN));
  columns.add(decided('2', 'mini', ['mini'], null as unknown as number));
  expect([0, 1].map(index => columns.intentAt(index).decided.decision.propensity)).toEqual([Number.NaN, null]);
});

test('a record of an intent without a decision is left out', () => {
  const columns = recordColumns();
  const attempted = { kind: 'attempted', revision: 1, feature: 'f', atMs: 0, attempt: attempt('mini', 5) } as const;
  columns.add({ ...attempted, intentId: 'unknown' });
  columns.add(decided('1', 'mini', ['mini']));
  columns.add({ ...attempted, intentId: '1' });
  expect([columns.length, columns.intents]).toEqual([2, 1]);
  expect(columns.plans.get('f')?.plans.get('mini')).toMatchObject({ n: 1, costNanoUsd: 5 });
});
