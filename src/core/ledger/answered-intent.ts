/** An intent that its first request answered at once, in one object until its records are read: most intents are so, and stay so. */
import type { DecidedRecord, Intent, LedgerRecord } from './records.ts';
import { foldIntent } from './records.ts';
import type { Attempt } from './vocabulary.ts';

/** It has two records: the decision, and the one attempt, which is `ok` and was not rejected. */
export class AnsweredIntent {
  readonly id: string;
  /** How many records it has. */
  readonly revision = 2;
  readonly decided: DecidedRecord;
  readonly attempt: Attempt;
  /** Time of the attempt's record. */
  readonly atMs: number;

  constructor(decided: DecidedRecord, attempt: Attempt, atMs: number) {
    this.id = decided.intentId;
    this.decided = decided;
    this.attempt = attempt;
    this.atMs = atMs;
  }

  records(): readonly LedgerRecord[] {
    const { id: intentId, decided, attempt, atMs } = this;
    return [decided, { kind: 'attempted', intentId, revision: 1, feature: decided.feature, atMs, attempt }];
  }

  intent(): Intent {
    return foldIntent(this.records()) as Intent;
  }
}
