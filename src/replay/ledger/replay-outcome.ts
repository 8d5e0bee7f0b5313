/** Outcome and cost of one intent. */
import type { Intent } from '../../core/ledger/records.ts';
import { outcomeBeforeAudit } from '../../core/ledger/outcome.ts';
import { NANO_PER_USD } from '../../core/ledger/money.ts';
import type { Outcome } from '../../core/ledger/vocabulary.ts';

export interface ReplayOutcome {
  readonly spendUsd: number;
  readonly failureUsd: number;
  readonly failed: boolean;
  /** For an audited intent with other evidence: whether that evidence says that it failed. */
  readonly failedBeforeAudit?: boolean;
}

/** In place of the outcome of a decision that has none. */
export const NO_OUTCOME: ReplayOutcome = { spendUsd: 0, failureUsd: 0, failed: false };

/**
 * `undefined` while the intent has no outcome.
 *
 * @param failureCostUsd replaces the recorded or configured failure cost of the intent
 */
export function replayOutcomeOf(intent: Intent, failureCostUsd: number | undefined): ReplayOutcome | undefined {
  const { attempts, outcome, decided } = intent;
  const costNanoUsd = attempts.reduce((sum, attempt) => sum + attempt.costNanoUsd, 0);
  const end = endOf(outcome, { costNanoUsd, failureCostNanoUsd: decided.failureCostNanoUsd, failureCostUsd });
  const before = end && outcomeBeforeAudit(intent);
  return before === undefined ? end : { ...(end as ReplayOutcome), failedBeforeAudit: before === 'failure' };
}

/** {@link replayOutcomeOf} for an intent whose amounts are known. */
export function endOf(
  outcome: Outcome,
  {
    costNanoUsd,
    failureCostNanoUsd,
    failureCostUsd,
  }: {
    readonly costNanoUsd: number;
    readonly failureCostNanoUsd: number;
    readonly failureCostUsd: number | undefined;
  },
): ReplayOutcome | undefined {
  if (outcome.state !== 'success' && outcome.state !== 'failure') return undefined;
  const failed = outcome.state === 'failure';
  const failureUsd = failureCostUsd ?? (outcome.costNanoUsd ?? failureCostNanoUsd) / NANO_PER_USD;
  return { spendUsd: costNanoUsd / NANO_PER_USD, failureUsd: failed ? failureUsd : 0, failed };
}
