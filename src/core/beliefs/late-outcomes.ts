/**
 * Features where silence means success after a window: failures arrive early, successes only when the window ends.
 * Counting labels as they come would be wrong both ways, so young intents count by how much of their failures must have
 * arrived by now (Vernade et al. 2017): failure rate = failures / Σ n·F̂(age).
 */
import { FAILURE_DELAY } from './constants.ts';
import type { SteeringSums } from './series.ts';

export interface SilenceTiming {
  /** Silence settles an intent after this. */
  readonly windowMs: number;
  /** How long a failure takes to be heard of, on average. */
  readonly meanDelayMs: number;
}

export function meanFailureDelayMs(
  windowMs: number,
  seen: { readonly failures: number; readonly delayMs: number },
): number {
  const failures = Math.max(0, seen.failures);
  const { value, weight } = FAILURE_DELAY;
  return (Math.max(0, seen.delayMs) + weight * value * windowMs) / (failures + weight);
}

/**
 * Of the failures among intents decided evenly over [startMs, endMs), the share heard of by `nowMs`: the mean of
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
  const settled = oldest - Math.max(youngest, to);
  const open = to - from - meanDelayMs * (Math.exp(-from / meanDelayMs) - Math.exp(-to / meanDelayMs));
  return Math.min(1, (settled + open) / span);
}

/** What a group of young intents adds to the labels that have come, so that labelled = exposure and failures stay. */
export interface Exposure {
  readonly accepted: number;
  readonly rejected: number;
}

/** @param heard from {@link observedFailureFraction} */
export function exposureBeyondLabels(sums: SteeringSums, heard: number): Exposure {
  const endedRejected = Math.max(0, sums.rejected - (sums.n - sums.ended));
  return {
    accepted: expectedExtraLabels(
      sums.ended - endedRejected,
      { labelled: sums.labelled - sums.labelledRejected, successes: sums.successes - sums.successesRejected },
      heard,
    ),
    rejected: expectedExtraLabels(
      endedRejected,
      { labelled: sums.labelledRejected, successes: sums.successesRejected },
      heard,
    ),
  };
}

/** Exposure less labels; negative where successes were said early, because silence has not had its say on the others. */
function expectedExtraLabels(
  ended: number,
  { labelled, successes }: { labelled: number; successes: number },
  heard: number,
): number {
  return Math.max(heard * ended, labelled - successes) - labelled;
}
