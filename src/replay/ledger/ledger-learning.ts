/** Learns from the records of a ledger in their order, as the router did that wrote them. */
import type { Cell } from '../../core/cells/cell.ts';
import { deltaOf, nodeContribution } from '../../core/cells/contribution.ts';
import type { DecidedRecord, Intent, LedgerRecord } from '../../core/ledger/records.ts';
import { appendRecord } from '../../core/ledger/records.ts';
import type { PriorPooling } from '../common/prior-pooling.ts';
import type { LedgerRun } from './ledger-run.ts';
import type { RecordColumns } from './record-columns.ts';
import type { UsualIntents } from './usual-intents.ts';

/** Intents that are kept complete while the replay learns from their records; others are rebuilt from their records. */
const MAX_LATEST = 10_000;

/** An intent as of its last record that was learned from, and its contribution. */
interface LatestIntent {
  intent: Intent;
  cells: readonly Cell[];
}

export interface LedgerLearningOptions {
  readonly features: ReadonlyMap<string, Pick<LedgerRun, 'learned'>>;
  readonly usual: UsualIntents;
  readonly pooling: PriorPooling | undefined;
  /** Whether the replay asks about a decision of this time. */
  readonly isWanted: (atMs: number) => boolean;
  /** Called for each record. */
  readonly count: () => void;
}

/** @returns a function that learns from all records before an index that it has not learned from */
export function ledgerLearning(
  columns: RecordColumns,
  { features, usual, pooling, isWanted, count }: LedgerLearningOptions,
): (end: number) => void {
  let learnt = 0;
  /** The intents whose records came last: most intents get all their records within a short time. */
  const latest = new Map<number, LatestIntent>();
  /** The intents of `latest`, oldest first, as a ring buffer: a map would iterate over all its deleted entries to find its first key. */
  const kept = new Uint32Array(MAX_LATEST);
  let keptSoFar = 0;

  const learnedOf = ({ feature }: LedgerRecord): LedgerRun['learned'] => (features.get(feature) as LedgerRun).learned;

  /** Every decision makes its segment known. */
  function begin(record: DecidedRecord, atMs: number): void {
    if (isWanted(atMs)) learnedOf(record).segment(record.segment);
  }

  /** Builds the intent before and after the record. */
  function learnWhole(index: number): void {
    const record = columns.record(index, false);
    const number = columns.intentOf(index);
    let known = latest.get(number);
    const before = known === undefined ? (columns.intentBefore(index) as Intent) : known.intent;
    const intent = appendRecord(before, record);
    const cellsBefore = known?.cells ?? nodeContribution(before);
    const cells = nodeContribution(intent);
    if (known === undefined) {
      const place = keptSoFar++ % MAX_LATEST;
      if (keptSoFar > MAX_LATEST) latest.delete(kept[place] as number);
      kept[place] = number;
      latest.set(number, (known = { intent, cells }));
    } else {
      known.intent = intent;
      known.cells = cells;
    }
    // Few intents get a record after their outcome, and objects that are kept for long cost the garbage collector most.
    if (record.kind === 'labelled') latest.delete(number);
    const delta = deltaOf(cellsBefore, cells);
    learnedOf(record).apply(delta, intent.decided.atMs);
    pooling?.add(delta);
  }

  return end => {
    for (; learnt < end; learnt++) {
      count();
      const shape = columns.shapes[columns.shapeOf(learnt)] as LedgerRecord;
      const intent = columns.intentOf(learnt);
      if (columns.firstOf(intent) === learnt) {
        begin(shape as DecidedRecord, columns.atMsOf(learnt));
        continue;
      }
      const delta = usual.delta(learnt);
      if (delta === undefined) {
        learnWhole(learnt);
        continue;
      }
      learnedOf(shape).apply(delta, columns.decidedAtMs(intent));
      pooling?.add(delta);
    }
  };
}
