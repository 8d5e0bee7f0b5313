/** An intent that its first attempt answered, kept as one object until its records are read. Most intents need no more than this. */
import type { DecidedRecord, Intent, LabelledRecord, LedgerRecord } from './records.ts';
import { appendRecord } from './records.ts';
import type { Attempt } from './vocabulary.ts';
import { PENDING } from './vocabulary.ts';

/**
 * Holds the intent's records: the decision, the one attempt, which is `ok` and was not rejected, and the first evidence if it came at once.
 */
export class AnsweredIntent {
  readonly id: string;
  /** Number of the intent's records. */
  readonly revision: number;
  readonly decided: DecidedRecord;
  readonly attempt: Attempt;
  /** Time of the attempt's record. */
  readonly atMs: number;
  readonly labelled: LabelledRecord | undefined;

  constructor(decided: DecidedRecord, attempt: Attempt, atMs: number, labelled?: LabelledRecord) {
    this.id = decided.intentId;
    this.revision = labelled === undefined ? 2 : 3;
    this.decided = decided;
    this.attempt = attempt;
    this.atMs = atMs;
    this.labelled = labelled;
  }

  records(): readonly LedgerRecord[] {
    const { id: intentId, decided, attempt, atMs, labelled } = this;
    const attempted = { kind: 'attempted', intentId, revision: 1, feature: decided.feature, atMs, attempt } as const;
    return labelled === undefined ? [decided, attempted] : [decided, attempted, labelled];
  }

  /** The intent that its records describe, without creating these records. */
  intent(): Intent {
    const { id, decided, attempt, labelled } = this;
    const answered = { id, decided, attempts: [attempt], evidence: NONE, outcome: PENDING, revision: 2 };
    return labelled === undefined ? answered : appendRecord(answered, labelled);
  }
}

const NONE: readonly never[] = Object.freeze([]);
