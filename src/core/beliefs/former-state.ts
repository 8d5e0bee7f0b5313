/**
 * How likely it is that a node has returned to its state before its last change. A model that is no longer used cannot show that it has
 * recovered, so the belief that it is still worse must weaken with time, and the model is tried again from time to time.
 *
 * Only ratios of times count, because an outage may last for seconds or for weeks: P(not returned at the time t after the change) is
 * proportional to (1 + 4·ln(t/t₀))^−0.15, where t₀ is the time until the change was known. A change that has lasted for long is likely to
 * last.
 */
import type { Range } from '../math/clamp.ts';
import { clamp } from '../math/clamp.ts';
import { LASTING_EXPONENT, LASTING_LOG_FACTOR } from './constants.ts';
import type { RoutingSums } from './routing-sums.ts';

/** The state of a node before its last change. */
export interface FormerState {
  readonly sums: RoutingSums;
  /** The probability that the node is in this state again. */
  readonly probability: number;
}

/** Counts in which a change is found: replies and the rejected ones, labels of accepted replies and the successes among them. */
export interface ReplyCounts {
  readonly visits: number;
  readonly rejected: number;
  readonly labelled: number;
  readonly successes: number;
}

/** The counts of a node in a span of time. */
export interface ShownSince extends ReplyCounts {
  /** From the change to the end of the span, in any unit. */
  readonly elapsed: number;
}

/**
 * P(the node is again as before), by a filter over two states with known rates. 0 where the node was not better before: then it is in use,
 * and its outcomes show when it becomes worse again.
 *
 * @param since spans in order of time, from the change on; the change was known at the end of the first span at the earliest
 * @param elapsed from the change until now, in the same unit
 */
export function returnProbability(before: ReplyCounts, since: readonly ShownSince[], elapsed: number): number {
  const former = ratesOf(before);
  const current = ratesOf(added(since));
  const first = since[0]?.elapsed ?? 0;
  if (first <= 0 || goodReplies(former) <= goodReplies(current)) return 0;
  const logRatioOf = logRatio(former, current);
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
    const odds = (probability / (1 - probability)) * Math.exp(Math.min(MAX_LOG_RATIO, logRatioOf(span)));
    probability = Math.min(MOST_CERTAIN, odds / (1 + odds));
  }
  wait(elapsed);
  return probability;
}

/** Limits rates, so that no number of successes makes failures impossible, and no odds are infinite. */
const MOST_CERTAIN = 1 - 1e-9;
const MAX_LOG_RATIO = 500;
/** Counts may be below 0 here, because a correction and the label that it corrects may be in different groups. */
const RATE_RANGE: Range = [0.001, 0.999];

interface ReplyRates {
  /** P(success | accepted). */
  readonly success: number;
  /** P(the reply is rejected). */
  readonly climb: number;
}

function added(all: readonly ReplyCounts[]): ReplyCounts {
  const sum = { visits: 0, rejected: 0, labelled: 0, successes: 0 };
  for (const { visits, rejected, labelled, successes } of all) {
    sum.visits += visits;
    sum.rejected += rejected;
    sum.labelled += labelled;
    sum.successes += successes;
  }
  return sum;
}

function ratesOf({ visits, rejected, labelled, successes }: ReplyCounts): ReplyRates {
  return {
    success: clamp((1 + successes) / (2 + labelled), RATE_RANGE),
    climb: clamp((1 + rejected) / (2 + visits), RATE_RANGE),
  };
}

function goodReplies({ success, climb }: ReplyRates): number {
  return (1 - climb) * success;
}

/** ln of P(counts) in one state over that in the other. */
function logRatio(one: ReplyRates, other: ReplyRates): (counts: ReplyCounts) => number {
  const success = Math.log(one.success / other.success);
  const failure = Math.log((1 - one.success) / (1 - other.success));
  const rejection = Math.log(one.climb / other.climb);
  const acceptance = Math.log((1 - one.climb) / (1 - other.climb));
  return ({ visits, rejected, labelled, successes }) =>
    successes * success + (labelled - successes) * failure + rejected * rejection + (visits - rejected) * acceptance;
}
