/**
 * How likely a node is again as it was before its last change. A model that is not used any more is not seen to be well again,
 * so the belief that it is not must weaken by itself, and the model is tried again from time to time.
 *
 * Times are relative to each other, because an outage may last for seconds or for weeks: P(still as since the change after the time t)
 * is proportional to (1 + 4·ln(t/t₀))^−0.15, where t₀ is the time until the change was known. A change that has lasted for
 * long is likely to last.
 */
import type { Range } from '../math/clamp.ts';
import { clamp } from '../math/clamp.ts';
import { LASTING_EXPONENT, LASTING_LOG_FACTOR } from './constants.ts';
import { acceptedCounts, climbCounts } from './rate-counts.ts';
import type { RoutingSums } from './routing-sums.ts';
import { addRoutingSums } from './routing-sums.ts';

/** What a node was like before its last change. */
export interface FormerState {
  readonly sums: RoutingSums;
  /** P(it is like that again). */
  readonly probability: number;
}

/** A span of time, and what the node showed in it. */
export interface ShownSince {
  /** From the change to the end of the span, in any unit. */
  readonly elapsed: number;
  readonly sums: RoutingSums;
}

/**
 * P(the node is again as before), by a filter over two states with known rates. 0 where the node was not better before: it
 * is used then, and shows by itself when it becomes worse again.
 *
 * @param since in order of time, from the change on, which was known at the end of the first at the earliest
 * @param elapsed from the change until now, in the same unit
 */
export function returnProbability(before: RoutingSums, since: readonly ShownSince[], elapsed: number): number {
  const former = ratesOf(before);
  const current = ratesOf(addRoutingSums(since.map(({ sums }) => sums)));
  const first = since[0]?.elapsed ?? 0;
  if (first <= 0 || goodReplies(former) <= goodReplies(current)) return 0;
  const lasting = (until: number): number =>
    (1 + LASTING_LOG_FACTOR * Math.log(Math.max(1, until / first))) ** -LASTING_EXPONENT;
  let lasted = 1;
  let probability = 0;
  const wait = (until: number): void => {
    const lasts = Math.min(lasted, lasting(until));
    probability = 1 - ((1 - probability) * lasts) / lasted;
    lasted = lasts;
  };
  for (const span of since.slice(1)) {
    wait(span.elapsed);
    const odds =
      (probability / (1 - probability)) * Math.exp(Math.min(MAX_LOG_RATIO, logRatio(span.sums, former, current)));
    probability = Math.min(MOST_CERTAIN, odds / (1 + odds));
  }
  wait(elapsed);
  return probability;
}

/** So that no number of successes makes failures impossible, and no odds are infinite. */
const MOST_CERTAIN = 1 - 1e-9;
const MAX_LOG_RATIO = 500;
/** A correction may be known of one group and what it corrects of another, so counts may be below 0. */
const RATE_RANGE: Range = [0.001, 0.999];

interface ReplyRates {
  /** P(success | accepted). */
  readonly success: number;
  /** P(the reply is rejected). */
  readonly climb: number;
}

function ratesOf(sums: RoutingSums): ReplyRates {
  const accepted = acceptedCounts(sums);
  const climbs = climbCounts(sums);
  return {
    success: clamp((1 + accepted.s) / (2 + accepted.n), RATE_RANGE),
    climb: clamp((1 + climbs.s) / (2 + climbs.n), RATE_RANGE),
  };
}

function goodReplies({ success, climb }: ReplyRates): number {
  return (1 - climb) * success;
}

/** ln of P(these sums) in one state over that in the other. */
function logRatio(sums: RoutingSums, one: ReplyRates, other: ReplyRates): number {
  const accepted = acceptedCounts(sums);
  const climbs = climbCounts(sums);
  return (
    accepted.s * Math.log(one.success / other.success) +
    (accepted.n - accepted.s) * Math.log((1 - one.success) / (1 - other.success)) +
    climbs.s * Math.log(one.climb / other.climb) +
    (climbs.n - climbs.s) * Math.log((1 - one.climb) / (1 - other.climb))
  );
}
