/** Simulated decisions of which some have no outcome. */
import { seededRandom } from '../../../src/core/math/random.ts';
import type { OutcomesSeen } from '../../../src/replay/ledger/missing-outcomes.ts';
import { SEEN } from '../../../src/replay/ledger/missing-outcomes.ts';

export interface Kind {
  readonly intents?: number;
  readonly premium?: number;
  readonly success?: { readonly mini: number; readonly premium: number };
  /** Probability that an outcome is recorded. */
  readonly labels: (intent: {
    readonly failed: boolean;
    readonly time: number;
    readonly stratum: string;
    readonly plan: 'mini' | 'premium';
  }) => number;
  /** Default: 2. */
  readonly strata?: number;
}

export interface SeenDecision {
  readonly plan: string;
  readonly stratum: string;
  readonly failed: boolean | undefined;
}

export function decisions(
  seed: number,
  { intents = 4000, premium = 0.5, success = { mini: 0.7, premium: 0.95 }, labels, strata = 2 }: Kind,
): readonly SeenDecision[] {
  const random = seededRandom(seed);
  return Array.from({ length: intents }, (_, i) => {
    const stratum = 'abcdefghijklmnopqrst'[Math.floor(strata * random.next())] as string;
    // The strata prefer different plans.
    const plan = random.next() < (stratum !== 'b' ? premium : 1 - premium) ? ('premium' as const) : ('mini' as const);
    const failed = random.next() >= success[plan];
    const isKnown = random.next() < labels({ failed, time: i / intents, stratum, plan });
    return { plan, stratum, failed: isKnown ? failed : undefined };
  });
}

/** The plans and strata of these decisions by their indexes; every stratum is a segment. */
export function outcomesSeen(seen: readonly SeenDecision[]): OutcomesSeen {
  const plans = [...new Set(seen.map(({ plan }) => plan))];
  const strata = [...new Set(seen.map(({ stratum }) => stratum))];
  return {
    plans,
    plan: Uint32Array.from(seen, ({ plan }) => plans.indexOf(plan)),
    stratum: Uint32Array.from(seen, ({ stratum }) => strata.indexOf(stratum)),
    segments: strata,
    segment: Uint32Array.from(seen, ({ stratum }) => strata.indexOf(stratum)),
    seen: Uint32Array.from(seen, ({ failed }) =>
      failed === undefined ? SEEN.nothing : failed ? SEEN.failure : SEEN.success,
    ),
  };
}
