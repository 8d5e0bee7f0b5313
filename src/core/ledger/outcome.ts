/** Signal precedence: what an intent's evidence adds up to. */
import type { Evidence, EvidenceSource, Outcome } from './vocabulary.ts';
import { EVIDENCE_SOURCES, PENDING } from './vocabulary.ts';

/**
 * The outcome after precedence: a higher source outranks a lower one (audit over explicit over implicit over silence),
 * among equals the last one wins, and `success: null` withdraws its source's word. Evidence is in the order recorded.
 * Silence with `success: null` means that the window ended without an answer: `unknown`, unless somebody spoke.
 */
export function resolveOutcome(evidence: readonly Evidence[]): Outcome {
  let standing: Evidence | undefined;
  let windowEnded = false;
  for (const source of EVIDENCE_SOURCES) {
    const last = lastOf(evidence, source);
    if (last === undefined) continue;
    if (last.success !== null) standing = last;
    else if (source === 'silence') windowEnded = true;
  }
  if (standing === undefined) return windowEnded ? { state: 'unknown', source: 'silence', escalated: false } : PENDING;
  return {
    state: standing.success === true ? 'success' : 'failure',
    source: standing.source,
    escalated: standing.escalated === true,
    ...(standing.costNanoUsd === undefined ? {} : { costNanoUsd: standing.costNanoUsd }),
  };
}

function lastOf(evidence: readonly Evidence[], source: EvidenceSource): Evidence | undefined {
  for (let i = evidence.length - 1; i >= 0; i--) if (evidence[i]?.source === source) return evidence[i];
  return undefined;
}
