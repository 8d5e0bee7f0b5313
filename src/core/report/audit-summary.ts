/** Audits (ground truth) compared with the labels that signals, silence and judges gave to the same intents. */
import type { Figure } from '../math/interval.ts';
import { wilson } from '../math/interval.ts';
import type { Sums } from '../cells/cell.ts';

export interface AuditSummary {
  readonly audited: number;
  /** Audited intents whose audit label equals the label from their other evidence. */
  readonly agreed: number;
  /** The success rate without the correction by audits. */
  readonly uncorrected: Figure;
}

/** `undefined` without audits. */
export function auditSummary(sums: Sums): AuditSummary | undefined {
  const audited = Number(sums.audited ?? 0n);
  if (audited === 0) return undefined;
  const both = Number(sums.auditedBothSuccesses ?? 0n);
  const successes = Number(sums.auditedSuccesses ?? 0n);
  const proxySuccesses = Number(sums.auditedProxySuccesses ?? 0n);
  const uncorrected = wilson(Number(sums.successes ?? 0n), Number(sums.labelled ?? 0n));
  return { audited, agreed: audited - successes - proxySuccesses + 2 * both, uncorrected };
}
