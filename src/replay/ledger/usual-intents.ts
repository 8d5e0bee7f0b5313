/**
 * Most intents are decided, answered and labelled once. What a replay reads of those follows from a few columns, without building the
 * intents: the cells that each record adds, and how the intent ended. Both equal what the whole intents give.
 */
import type { CellKey, RoundedCell } from '../../core/cells/cell.ts';
import { BUCKET_MS } from '../../core/cells/cell.ts';
import { resolveOutcome } from '../../core/ledger/outcome.ts';
import type { AttemptedRecord, DecidedRecord, LedgerRecord } from '../../core/ledger/records.ts';
import type { Outcome } from '../../core/ledger/vocabulary.ts';
import { isPending, modelOfNode, PENDING } from '../../core/ledger/vocabulary.ts';
import { memoized } from '../common/memoized.ts';
import type { RecordColumns } from './record-columns.ts';
import { NONE } from './record-columns.ts';

export interface UsualIntents {
  /** The outcome of an intent that was decided once, whose attempts were not replaced, and that has one piece of evidence or none. */
  end(intent: number): UsualEnd | undefined;
  /**
   * The node cells that a record adds to its intent, with the sums that routing learns from; `undefined` if it or an earlier record of the
   * intent is not usual, or if it is a decision.
   */
  delta(index: number): readonly RoundedCell[] | undefined;
}

export interface UsualEnd {
  readonly outcome: Outcome;
  readonly outcomeAtMs: number | undefined;
  readonly costNanoUsd: number;
}

const NO_CELLS: readonly RoundedCell[] = Object.freeze([]);

export function usualIntents(columns: RecordColumns): UsualIntents {
  const { shapes } = columns;
  const outcomeOf = memoized((shape: number) => {
    const record = shapes[shape] as LedgerRecord;
    return 'evidence' in record ? resolveOutcome([record.evidence]) : PENDING;
  });
  /** By the shapes of an attempt and its decision, the key of their last cell: most intents are of the same hour as the one before. */
  const keys = memoized(() => memoized(() => ({ last: undefined as CellKey | undefined })));
  const isPlainAttempt = memoized((shape: number) => isPlain(shapes[shape] as LedgerRecord));
  const isPlainDecision = memoized((shape: number) => {
    const record = shapes[shape] as LedgerRecord;
    return record.kind === 'decided' && record.prefix === undefined;
  });

  /** The key of the cell of an intent's only attempt; `undefined` if the attempt or the decision is not usual. */
  function keyOf(attempt: number): CellKey | undefined {
    const decision = columns.beforeOf(attempt);
    if (decision === NONE || columns.beforeOf(decision) !== NONE) return undefined;
    const [of, by] = [columns.shapeOf(attempt), columns.shapeOf(decision)];
    if (!isPlainAttempt(of) || !isPlainDecision(by)) return undefined;
    const bucket = Math.floor(columns.atMsOf(decision) / BUCKET_MS);
    const known = keys(of)(by);
    if (known.last?.bucket === bucket) return known.last;
    const { feature, segment, versions } = shapes[by] as DecidedRecord;
    const { attempt: answered, feature: own } = shapes[of] as AttemptedRecord;
    if (own !== feature) return undefined;
    const { node } = answered;
    const version = versions[modelOfNode(node)] ?? '';
    return (known.last = { scope: 'node', feature, segment, subject: node, version, bucket });
  }

  function answeredDelta(index: number): readonly RoundedCell[] | undefined {
    const cost = columns.amountOf(index);
    const key = Number.isSafeInteger(cost) && cost >= 0 ? keyOf(index) : undefined;
    return key && [{ key, sums: { n: 1, cost, cost2: cost * cost, ended: 1 } }];
  }

  function labelledDelta(index: number): readonly RoundedCell[] | undefined {
    const attempt = columns.beforeOf(index);
    const key = attempt === NONE ? undefined : keyOf(attempt);
    if (key === undefined || (shapes[columns.shapeOf(index)] as LedgerRecord).feature !== key.feature) return undefined;
    const { state } = outcomeOf(columns.shapeOf(index));
    if (state === 'success') return [{ key, sums: { labelled: 1, successes: 1 } }];
    if (state !== 'failure') return NO_CELLS;
    const delayMs = Math.round(columns.atMsOf(index) - columns.atMsOf(columns.beforeOf(attempt)));
    if (!Number.isSafeInteger(delayMs)) return undefined;
    return [{ key, sums: { labelled: 1, failureDelayMs: Math.max(0, delayMs) } }];
  }

  return {
    delta(index) {
      const { kind } = shapes[columns.shapeOf(index)] as LedgerRecord;
      if (kind === 'attempted') return answeredDelta(index);
      return kind === 'labelled' ? labelledDelta(index) : undefined;
    },
    end(intent) {
      if (columns.isWhole(intent)) return undefined;
      let [costNanoUsd, outcome, outcomeAtMs]: [number, Outcome, number | undefined] = [0, PENDING, undefined];
      let hasEvidence = false;
      for (let index = columns.lastOf(intent); index !== NONE; index = columns.beforeOf(index)) {
        const shape = columns.shapeOf(index);
        const like = shapes[shape] as LedgerRecord;
        if (like.kind === 'attempted') {
          if (like.replaces !== undefined) return undefined;
          costNanoUsd += columns.amountOf(index);
        } else if (like.kind === 'decided') {
          if (columns.beforeOf(index) !== NONE) return undefined;
        } else {
          if (hasEvidence) return undefined;
          hasEvidence = true;
          outcome = outcomeOf(shape);
          if (outcome.state !== 'pending') outcomeAtMs = columns.atMsOf(index);
        }
      }
      return { outcome, outcomeAtMs, costNanoUsd };
    },
  };
}

/** Whether an intent that this attempt answers has one cell, of the model that was asked, whose reply was not rejected. */
function isPlain(record: LedgerRecord): boolean {
  if (record.kind !== 'attempted' || record.replaces !== undefined) return false;
  const { attempt } = record;
  const { kind, status, servedBy, verdict } = attempt;
  return kind !== 'judge' && status === 'ok' && servedBy === undefined && verdict === undefined && !isPending(attempt);
}
