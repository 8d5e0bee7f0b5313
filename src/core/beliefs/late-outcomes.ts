/**
 * Delayed feedback, for features where silence means success after a window: failures arrive early, successes only when
 * the window ends. Counting labels as they come would be wrong both ways, so recent intents count by the fraction of their
 * failures that is observed by now (Vernade et al. 2017): failure rate = failures / Σ n·F̂(age).
 */
import { middleOf } from './bucket-groups.ts';
import { FAILURE_DELAY } from './constants.ts';
import type { RoutingSums } from './routing-sums.ts';
import type { Series } from './series.ts';
import { BUCKET_MS } from '../cells/cell.ts';

export interface SilenceTiming {
  /** Time from a decision until silence labels the intent a success. */
  readonly windowMs: number;
  /** Time from a decision to the evidence of its failure, on average. */
  readonly meanDelayMs: number;
}

export interface FailureDelays {
  readonly count: number;
  readonly totalMs: number;
}

export function meanFailureDelayMs(windowMs: number, { count, totalMs }: FailureDelays): number {
  const { value, weight } = FAILURE_DELAY;
  return (Math.max(0, totalMs) + weight * value * windowMs) / (Math.max(0, count) + weight);
}

/**
 * The fraction of failures observed by `nowMs`, of intents decided evenly over [startMs, endMs): the mean of
 * F̂(age) = 1 − exp(−age/mean delay), which is 1 from the window's end on.
 */
export function observedFailureFraction(
  { startMs, endMs, nowMs }: { readonly startMs: number; readonly endMs: number; readonly nowMs: number },
  { windowMs, meanDelayMs }: SilenceTiming,
): number {
  const oldest = nowMs - startMs;
  const youngest = Math.max(0, nowMs - endMs);
  const span = oldest - youngest;
  if (oldest <= 0) return 0;
  if (span <= 0) return oldest >= windowMs ? 1 : -Math.expm1(-oldest / meanDelayMs);
  const to = Math.min(oldest, windowMs);
  const from = Math.min(youngest, windowMs);
  const afterWindow = oldest - Math.max(youngest, to);
  const inWindow = to - from - meanDelayMs * (Math.exp(-from / meanDelayMs) - Math.exp(-to / meanDelayMs));
  return Math.min(1, (afterWindow + inWindow) / span);
}

/** Successes to add to the labels of recent intents, so that failures ÷ labels is their failure rate. */
export interface ExtraLabels {
  readonly accepted: number;
  /** Extra successes among replies that were rejected but still returned to the caller. */
  readonly rejected: number;
}

/** Labels that are expected but not there yet. */
export interface LabelCorrection {
  readonly decayed: ExtraLabels;
  readonly undecayed: ExtraLabels;
}

const NO_EXTRA_LABELS: ExtraLabels = Object.freeze({ accepted: 0, rejected: 0 });
export const NO_CORRECTION: LabelCorrection = Object.freeze({ decayed: NO_EXTRA_LABELS, undecayed: NO_EXTRA_LABELS });

/** Missing labels of one series. `now` and the half-life are in buckets. */
export function pendingLabels(
  series: Series,
  {
    now,
    halfLife,
    windowMs,
    failureDelays,
  }: {
    readonly now: number;
    readonly halfLife: number;
    readonly windowMs: number;
    readonly failureDelays: FailureDelays;
  },
): LabelCorrection {
  const timing = { windowMs, meanDelayMs: meanFailureDelayMs(windowMs, failureDelays) };
  const decayed = { accepted: 0, rejected: 0 };
  const undecayed = { accepted: 0, rejected: 0 };
  for (const group of series.recentGroups(now, windowMs / BUCKET_MS)) {
    const observedFraction = observedFailureFraction(
      { startMs: group.start * BUCKET_MS, endMs: group.end * BUCKET_MS, nowMs: now * BUCKET_MS },
      timing,
    );
    const extra = extraLabels(group.sums, observedFraction);
    const weight = 2 ** ((middleOf(group) - now) / halfLife);
    undecayed.accepted += extra.accepted;
    undecayed.rejected += extra.rejected;
    decayed.accepted += weight * extra.accepted;
    decayed.rejected += weight * extra.rejected;
  }
  return { decayed, undecayed };
}

/** @param observedFraction from {@link observedFailureFraction} */
export function extraLabels(sums: RoutingSums, observedFraction: number): ExtraLabels {
  const endedRejected = Math.max(0, sums.rejected - (sums.n - sums.ended));
  return {
    accepted: expectedExtraLabels(
      sums.ended - endedRejected,
      { labelled: sums.labelled - sums.labelledRejected, successes: sums.successes - sums.successesRejected },
      observedFraction,
    ),
    rejected: expectedExtraLabels(
      endedRejected,
      { labelled: sums.labelledRejected, successes: sums.successesRejected },
      observedFraction,
    ),
  };
}

/** Negative when early explicit successes outnumber what silence would have labelled by now. */
function expectedExtraLabels(
  ended: number,
  { labelled, successes }: { labelled: number; successes: number },
  observedFraction: number,
): number {
  return Math.max(observedFraction * ended, labelled - successes) - labelled;
}
