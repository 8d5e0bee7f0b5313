/** The contract of evidence from outside the application: what a feature expects of its candidates before any outcome. */
import type { ExpectedSuccess } from '../core/cells/rate-cells.ts';
import type { NodeKey } from '../core/ledger/vocabulary.ts';

/** A candidate of the feature. */
export interface EvidenceCandidate {
  /** The application's name for the candidate. */
  readonly name: string;
  /** The provider's own name of the model. */
  readonly model: string;
}

/** Outcomes so far, and the successes among them. */
export interface CandidateOutcomes {
  /** The candidate's name; for replies after a rejected one, with the names of the candidates before it. */
  readonly node: NodeKey;
  readonly n: number;
  readonly s: number;
}

/** What evidence says about the candidates of a feature. */
export interface CandidateEvidence {
  /**
   * By the application's name of a candidate: P(success) in a feature of ordinary difficulty, and how many outcomes that counts
   * as, at most 10. Only the differences between candidates say something about this feature.
   */
  readonly expected: ReadonlyMap<string, ExpectedSuccess>;
  /** For `explain`, one note each: what is expected, from which source, and what the outcomes say so far. */
  notes(outcomes: readonly CandidateOutcomes[]): readonly string[];
}

/** Evidence about models, as `publicEvidence` gives it: the `prior` of a feature. */
export interface PriorEvidence {
  /** Called once, when the router is created. */
  of(candidates: readonly EvidenceCandidate[]): CandidateEvidence;
}
