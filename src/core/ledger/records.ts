/** The ledger: append-only facts about intents, and the fold that turns them back into an intent. */
import type { NanoUsd } from './money.ts';
import { resolveOutcome } from './outcome.ts';
import type { Attempt, Decision, Evidence, Outcome, PlanKey } from './vocabulary.ts';
import { PENDING } from './vocabulary.ts';

interface Fact {
  readonly intentId: string;
  /** 0, 1, 2 … within the intent. (intentId, revision) is the primary key, so that appending is a compare-and-set. */
  readonly revision: number;
  readonly feature: string;
  readonly atMs: number;
}

/** What is known about an intent's session when the intent is decided. */
export interface SessionPrefix {
  /**
   * Tokens of the conversation so far, which each request of the intent sends again; for the first intent of a session, the tokens of its
   * first request, estimated from its length. 0 where the length gives no estimate.
   */
  readonly tokens: number;
  /** Milliseconds since the session's last good reply; absent where there was none. */
  readonly gapMs?: number;
  /** Configured name of the model that gave that reply. */
  readonly lastModel?: string;
  /** Intents of the session before this one. */
  readonly earlierIntents: number;
  /** Expected cost of the prefix. Absent: it was not counted, because there was no prefix, or no policy decided. */
  readonly term?: PrefixTerm;
}

/**
 * The expected cost of an intent's prefix as its decision counted it, in whole numbers so that the decision can be
 * repeated.
 */
export interface PrefixTerm {
  /**
   * By model: this intent's part, in millionths, of the cost of the tokens that the model's cache does not have. It is 1 ÷ the number of
   * intents that were expected to stay with the model, this one included.
   */
  readonly entryPpm: Readonly<Record<string, number>>;
  /** By model: tokens of the prefix that its cache was expected to have. */
  readonly cachedTokens: Readonly<Record<string, number>>;
  /** By plan: nano-dollars for this prefix, and the average for past prefixes that this amount replaced in the plan's expected cost. */
  readonly costNanoUsd: Readonly<Record<PlanKey, NanoUsd>>;
  readonly averageNanoUsd: Readonly<Record<PlanKey, NanoUsd>>;
}

export interface DecidedRecord extends Fact {
  readonly kind: 'decided';
  readonly session?: string;
  /** For an intent in a session, unless `sessionCosts` is off. Absent: the state of the session was not read in time. */
  readonly prefix?: SessionPrefix;
  /** Bucket of requests inside the feature; `''` where no context is declared. */
  readonly segment: string;
  readonly decision: Decision;
  /** Expected cost of a failure of this intent. */
  readonly failureCostNanoUsd: NanoUsd;
  /**
   * Version (provider model, price and prompt) of every candidate by configured name: each version has separate cells.
   */
  readonly versions: Readonly<Record<string, string>>;
  readonly promptVersion?: string;
}

export interface AttemptedRecord extends Fact {
  readonly kind: 'attempted';
  readonly attempt: Attempt;
  /**
   * Index of the attempt that this one corrects, for example with its cost on the provider's bill. Absent: a further
   * attempt.
   */
  readonly replaces?: number;
}

/** The intent's first evidence: it gives the intent a label, unless it states that the outcome stays unknown. */
export interface LabelledRecord extends Fact {
  readonly kind: 'labelled';
  readonly evidence: Evidence;
}

/** Any later evidence: it may confirm the outcome, change it or withdraw it. */
export interface CorrectedRecord extends Fact {
  readonly kind: 'corrected';
  readonly evidence: Evidence;
}

export type LedgerRecord = DecidedRecord | AttemptedRecord | LabelledRecord | CorrectedRecord;

/** An intent as its records describe it. */
export interface Intent {
  readonly id: string;
  readonly decided: DecidedRecord;
  readonly attempts: readonly Attempt[];
  readonly evidence: readonly Evidence[];
  readonly outcome: Outcome;
  /**
   * Time of the evidence that gave the outcome its present state, milliseconds since the epoch; absent while pending.
   */
  readonly outcomeAtMs?: number;
  /** Number of records so far, which is the next record's revision. */
  readonly revision: number;
}

const NONE: readonly never[] = Object.freeze([]);

/** Folds the records of one intent, given in revision order; `undefined` for no records. */
export function foldIntent(records: Iterable<LedgerRecord>): Intent | undefined {
  let intent: Intent | undefined;
  for (const record of records) intent = appendRecord(intent, record);
  return intent;
}

/** The intent after one more record. Pure. */
export function appendRecord(intent: Intent | undefined, record: LedgerRecord): Intent {
  if (intent === undefined) {
    if (record.kind !== 'decided') throw new TypeError(`ledger: first record of ${record.intentId} is ${record.kind}`);
    return { id: record.intentId, decided: record, attempts: NONE, evidence: NONE, outcome: PENDING, revision: 1 };
  }
  const revision = record.revision + 1;
  switch (record.kind) {
    case 'decided':
      return { ...intent, decided: record, revision };
    case 'attempted':
      return { ...intent, attempts: attemptsWith(intent.attempts, record), revision };
    case 'labelled':
    case 'corrected': {
      const evidence = [...intent.evidence, record.evidence];
      const outcome = resolveOutcome(evidence);
      const { id, decided, attempts } = intent;
      const outcomeAtMs = outcome.state === intent.outcome.state ? intent.outcomeAtMs : record.atMs;
      const folded = { id, decided, attempts, evidence, outcome, revision };
      return outcome.state === 'pending' || outcomeAtMs === undefined ? folded : { ...folded, outcomeAtMs };
    }
  }
}

function attemptsWith(attempts: readonly Attempt[], { attempt, replaces }: AttemptedRecord): readonly Attempt[] {
  if (replaces === undefined) return [...attempts, attempt];
  if (replaces >= attempts.length) throw new TypeError(`ledger: no attempt ${replaces} to replace`);
  return attempts.with(replaces, attempt);
}
