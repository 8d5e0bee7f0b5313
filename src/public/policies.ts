/** `outcome-router/policies`: every policy that comes with the router, and the contract for one of your own. */
export type { Allocation, FeatureView, Objective, Policy } from '../contracts/policy.ts';
export { contextual } from '../policies/contextual.ts';
export { epsilonGreedy } from '../policies/epsilon-greedy.ts';
export { exploreThenCommit } from '../policies/explore-then-commit.ts';
export { fixed } from '../policies/fixed.ts';
export { numbers } from '../policies/numbers.ts';
export { randomMix } from '../policies/random-mix.ts';
export type { ThompsonOptions } from '../policies/thompson.ts';
export { thompson } from '../policies/thompson.ts';
export { trackAndStop } from '../policies/track-and-stop.ts';
export { weightedRule } from '../policies/weighted-rule.ts';
