/** Records the rows of one request, each separately: a refused row does not prevent another one from being recorded. */
import { toUsd } from '../core/ledger/money.ts';
import type { Outcome } from '../core/ledger/vocabulary.ts';
import type { MayRecord } from './access.ts';
import type { OutcomeRefusal } from './refusal.ts';
import { refusal, refusalOf } from './refusal.ts';
import type { ReadRow } from './row.ts';
import { readRow } from './row.ts';

/** The part of an intent's handle that records outcomes. */
interface RecordedIntent {
  outcome(outcome: { readonly success: boolean }): Promise<Outcome>;
  signal(name: never, value: never): Promise<Outcome>;
  revoke(): Promise<Outcome>;
}

/** The part of a router that records outcomes. */
export interface OutcomeRouter {
  feature(name: never): { resume(intentId: string): RecordedIntent };
}

/** The result of an intent's evidence once the row is recorded. */
export interface OutcomeAnswer {
  readonly state: Outcome['state'];
  /** The kind of evidence that counts. */
  readonly source?: Outcome['source'];
  readonly escalated: boolean;
  /** Actual cost of the failure, USD, where it was recorded. */
  readonly costUsd?: number;
}

/** The answer to one row. */
export type RowResult = { readonly status: 200; readonly outcome: OutcomeAnswer } | OutcomeRefusal;

export interface RecordOptions {
  readonly router: OutcomeRouter;
  readonly mayRecord: MayRecord;
  readonly onError: (error: unknown) => void;
}

/** Intents whose outcomes are recorded at a time: each may need one read of a shared store. */
const MAX_AT_ONCE = 16;

/** The results are in the order of the rows. Rows of one intent are recorded in their order: what comes last counts. */
export async function recordRows(rows: readonly unknown[], options: RecordOptions): Promise<readonly RowResult[]> {
  const results: RowResult[] = [];
  const byIntent = new Map<string, [index: number, row: ReadRow][]>();
  for (const [index, given] of rows.entries()) {
    const row = readRow(given);
    if ('error' in row) results[index] = row;
    else if (!options.mayRecord(row.feature))
      results[index] = refusal(403, 'forbidden', 'feature: you may not record outcomes of it', { field: 'feature' });
    else {
      const own = byIntent.get(row.intentId) ?? [];
      byIntent.set(row.intentId, own);
      own.push([index, row]);
    }
  }
  const waiting = byIntent.values();
  async function recordOneAfterTheOther(): Promise<void> {
    for (const intent of waiting) for (const [index, row] of intent) results[index] = await recordRow(row, options);
  }
  await Promise.all(Array.from({ length: MAX_AT_ONCE }, recordOneAfterTheOther));
  return results;
}

async function recordRow(row: ReadRow, { router, onError }: RecordOptions): Promise<RowResult> {
  try {
    const { costNanoUsd, state, source, escalated } = await recorded(router, row);
    const cost = costNanoUsd === undefined ? {} : { costUsd: toUsd(costNanoUsd) };
    return { status: 200, outcome: { state, ...(source === undefined ? {} : { source }), escalated, ...cost } };
  } catch (error) {
    const refused = refusalOf(error);
    if (refused?.error.code === 'unknown-intent' && row.session !== undefined) return unknownSession(row);
    if (refused !== undefined) return refused;
    onError(error);
    return refusal(500, 'internal', 'the outcome could not be recorded; the log of this server says why');
  }
}

async function recorded(router: OutcomeRouter, { feature, intentId, evidence }: ReadRow): Promise<Outcome> {
  const intent = router.feature(feature as never).resume(intentId);
  switch (evidence.kind) {
    case 'outcome':
      return intent.outcome(evidence.outcome as { readonly success: boolean });
    case 'signal':
      return intent.signal(evidence.signal as never, evidence.value as never);
    case 'revoke':
      return intent.revoke();
  }
}

function unknownSession({ feature, session }: ReadRow): OutcomeRefusal {
  const message = `session: no request in "${feature}" counts for the session ${JSON.stringify(session)}`;
  const accepted = "a session that had a request, in a feature with `outcomeOf: 'session'`; elsewhere `intentId`";
  return refusal(404, 'unknown-intent', message, { field: 'session', accepted });
}
