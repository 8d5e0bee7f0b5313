/** One intent in a list: the fields that the command line and the dashboard show in one row. */
import { toDecimalUsd } from '../core/ledger/money.ts';
import type { Intent } from '../core/ledger/records.ts';
import type { Attempt, OutcomeState } from '../core/ledger/vocabulary.ts';
import { planKey } from '../core/ledger/vocabulary.ts';

export interface IntentSummary {
  /** ISO time, UTC. */
  readonly decidedAt: string;
  readonly feature: string;
  readonly intentId: string;
  readonly session: string | null;
  readonly segment: string;
  readonly promptVersion: string | null;
  readonly plan: string;
  /** Model of the last reply; `null` where none answered. */
  readonly answeredBy: string | null;
  readonly turns: number;
  readonly attempts: number;
  /** Exact decimal USD. */
  readonly spendUsd: string;
  readonly outcome: OutcomeState;
  /** Failure cost of the intent: as recorded, otherwise as configured; 0 unless the intent failed. */
  readonly failureUsd: string;
}

export function summaryOf({ id, decided, attempts, outcome }: Intent): IntentSummary {
  const failed = outcome.state === 'failure';
  return {
    decidedAt: new Date(decided.atMs).toISOString(),
    feature: decided.feature,
    intentId: id,
    session: decided.session ?? null,
    segment: decided.segment,
    promptVersion: decided.promptVersion ?? null,
    plan: planKey(decided.decision.plan),
    answeredBy: attempts.findLast(({ kind, status }) => status === 'ok' && kind !== 'judge')?.model ?? null,
    turns: Math.max(0, ...attempts.map(({ turn }) => turn)),
    attempts: attempts.length,
    spendUsd: toDecimalUsd(spendOf(attempts)),
    outcome: outcome.state,
    failureUsd: toDecimalUsd(failed ? (outcome.costNanoUsd ?? decided.failureCostNanoUsd) : 0),
  };
}

/** Model spend in nano-dollars. */
export function spendOf(attempts: readonly Attempt[]): bigint {
  return attempts.reduce((sum, { costNanoUsd }) => sum + BigInt(costNanoUsd), 0n);
}
