/** The outcome that follows from an intent's evidence, by precedence of its sources. */
import type { Evidence, EvidenceSource, Outcome } from './vocabulary.ts';
import { EVIDENCE_SOURCES, PENDING } from './vocabulary.ts';

/**
 * `audit` outranks `explicit`, which outranks `implicit`, which outranks `return`, which outranks `silence`. For one source the last
 * evidence counts, and `success: null` withdraws the source's earlier evidence. From silence, `success: null` means that the window ended
 * without an answer: the outcome is `unknown` unless another source has evidence. A later turn withdraws the evidence of silence with
 * `isWithdrawal`.
 *
 * @param evidence in the order it was recorded
 */
export function resolveOutcome(evidence: readonly Evidence[]): Outcome {
  let decisive: Evidence | undefined;
  let windowEnded = false;
  for (const source of EVIDENCE_SOURCES) {
    const last = lastOf(evidence, source);
    if (last === undefined) continue;
    if (last.success !== null) decisive = last;
    else if (source === 'silence') windowEnded = last.isWithdrawal !== true;
  }
  if (decisive === undefined) return windowEnded ? { state: 'unknown', source: 'silence', escalated: false } : PENDING;
  return {
    state: decisive.success === true ? 'success' : 'failure',
    source: decisive.source,
    escalated: decisive.escalated === true,
    ...(decisive.costNanoUsd === undefined ? {} : { costNanoUsd: decisive.costNanoUsd }),
  };
}

/** The outcome that the other evidence of an audited intent gives; `undefined` if the intent was not audited, or has no other evidence. */
export function outcomeBeforeAudit({
  evidence,
  outcome,
}: {
  readonly evidence: readonly Evidence[];
  readonly outcome: Outcome;
}): 'success' | 'failure' | undefined {
  if (outcome.source !== 'audit') return undefined;
  const { state } = resolveOutcome(evidence.filter(({ source }) => source !== 'audit'));
  return state === 'success' || state === 'failure' ? state : undefined;
}

function lastOf(evidence: readonly Evidence[], source: EvidenceSource): Evidence | undefined {
  for (let i = evidence.length - 1; i >= 0; i--) if (evidence[i]?.source === source) return evidence[i];
  return undefined;
}
