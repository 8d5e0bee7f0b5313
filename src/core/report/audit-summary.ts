/** Audits (ground truth) compared with the labels that signals, silence and judges gave to the same intents. */
import type { Figure } from '../math/interval.ts';
import { wilson } from '../math/interval.ts';
import type { Sums } from '../cells/cell.ts';
import type { PlanKey } from '../ledger/vocabulary.ts';
import { describePlan } from './wording.ts';

export interface AuditSummary {
  readonly audited: number;
  /** Audited intents whose audit label equals the label from their other evidence. */
  readonly agreed: number;
  /** The success rate without the correction by audits. */
  readonly uncorrected: Figure;
  /** Plans with outcomes of which none was audited: their rates are not corrected. Absent where every plan was audited. */
  readonly withoutAudit?: readonly PlanKey[];
}

/** `undefined` without audits. */
export function auditSummary(sums: Sums, byPlan: ReadonlyMap<PlanKey, Sums>): AuditSummary | undefined {
  const audited = Number(sums.audited ?? 0n);
  if (audited === 0) return undefined;
  const both = Number(sums.auditedBothSuccesses ?? 0n);
  const successes = Number(sums.auditedSuccesses ?? 0n);
  const proxySuccesses = Number(sums.auditedProxySuccesses ?? 0n);
  const uncorrected = wilson(Number(sums.successes ?? 0n), Number(sums.labelled ?? 0n));
  const withoutAudit = [...byPlan].flatMap(([plan, { labelled = 0n, audited: own = 0n }]) =>
    labelled > 0n && own === 0n ? [plan] : [],
  );
  return {
    audited,
    agreed: audited - successes - proxySuccesses + 2 * both,
    uncorrected,
    ...(withoutAudit.length === 0 ? {} : { withoutAudit }),
  };
}

/** ` No outcome of premium was audited: …`; empty where every plan was audited. */
export function withoutAuditWords({ withoutAudit = [] }: AuditSummary): string {
  if (withoutAudit.length === 0) return '';
  const names = withoutAudit.map(plan => `“${describePlan(plan)}”`).join(', ');
  const [its, it] = withoutAudit.length === 1 ? ['its rate is', 'it compares'] : ['their rates are', 'they compare'];
  return ` No outcome of ${names} was audited: ${its} not corrected, and cannot settle how ${it} with the other plans.`;
}
