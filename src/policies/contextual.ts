/** Thompson sampling that looks at the context of a request as far as the context says something. */
import type { LearnedSegment } from '../core/learned-segment.ts';
import type { Policy } from './policy.ts';
import type { Beliefs, ThompsonOptions } from './thompson.ts';
import { thompsonFrom } from './thompson.ts';

export interface ContextualOptions extends ThompsonOptions {
  /** How likely it is, before any outcome, that a feature's segments differ: default 0.25. */
  readonly prior?: number;
}

/**
 * For features whose requests come in segments: declared context, size of the request. `thompson` always learns every
 * segment by itself, with the others as a weak prior; this policy asks as well whether the segments differ at all, and
 * samples from the whole feature with the probability that they do not (Bayesian model averaging). Where context carries
 * no signal it soon costs what `thompson` without segments would.
 *
 * @throws RangeError unless `prior` is between 0 and 1
 * @example
 * ```ts
 * const policy = contextual({ prior: 0.5 });
 * ```
 */
export function contextual(options: ContextualOptions = {}): Policy {
  const { prior = 0.25, ...rest } = options;
  if (!(prior >= 0 && prior <= 1)) throw new RangeError(`prior is ${prior}; it must be between 0 and 1`);
  const odds = Math.log(prior / (1 - prior));
  const believe = (learned: LearnedSegment, nowMs: number): Beliefs => ({
    first: learned.posterior(nowMs),
    second: learned.whole(nowMs),
    probability: 1 / (1 + Math.exp(-(odds + learned.apart(nowMs)))),
  });
  return thompsonFrom(rest, { name: 'contextual', believe });
}
