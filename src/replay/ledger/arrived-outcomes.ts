/**
 * Finds the decisions that are old enough for their outcomes to have arrived. Of later decisions only the quick outcomes are
 * known.
 */
import { sortedFloats } from '../common/sorted-floats.ts';

/** Fraction of outcomes that arrive within the waiting time of a decision. Larger: a few late outcomes determine it. */
const ARRIVED = 0.99;

/**
 * The time from which decisions are too recent: between them and the last record of the ledger, there was too little time for an
 * outcome to arrive, or for silence to mean one.
 */
export function tooRecentFromMs({
  delaysMs,
  silenceMs,
  lastMs,
}: {
  /** Times from a decision to its outcome, for decisions that have one. */
  readonly delaysMs: Float64Array;
  readonly silenceMs: number;
  readonly lastMs: number;
}): number {
  const sorted = sortedFloats(delaysMs);
  const usual = sorted[Math.ceil(ARRIVED * sorted.length) - 1] ?? 0;
  const waitMs = Math.max(usual, silenceMs);
  return waitMs > 0 ? lastMs - waitMs : Number.POSITIVE_INFINITY;
}
