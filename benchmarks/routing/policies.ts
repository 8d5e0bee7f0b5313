/** The policies that are compared, by name. */
import { epsilonGreedy } from '../../src/policies/epsilon-greedy.ts';
import { exploreThenCommit } from '../../src/policies/explore-then-commit.ts';
import { fixed } from '../../src/policies/fixed.ts';
import type { Policy } from '../../src/contracts/policy.ts';
import { randomMix } from '../../src/policies/random-mix.ts';
import { thompson } from '../../src/policies/thompson.ts';
import { trackAndStop } from '../../src/policies/track-and-stop.ts';
import { weightedRule } from '../../src/policies/weighted-rule.ts';

/** Without a verdict. `commit-after-20` is the feature-static rule fitted on a past window of its own traffic. */
export function rivals(): readonly Policy[] {
  return [
    thompson(),
    randomMix(),
    exploreThenCommit({ outcomes: 20 }),
    epsilonGreedy(),
    exploreThenCommit({ outcomes: 100 }),
    trackAndStop(),
    weightedRule(),
  ];
}

/** With a verdict: the cascade from the cheapest model up, and the router that chooses among all plans. */
export function climbers(candidates: readonly string[]): readonly Policy[] {
  return [thompson(), fixed(candidates)];
}
