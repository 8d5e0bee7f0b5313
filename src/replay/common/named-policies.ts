/** Policies by the names that commands and configuration files use. */
import type { Plan } from '../../core/ledger/vocabulary.ts';
import { planKey } from '../../core/ledger/vocabulary.ts';
import { anyText, listOf, text } from '../../argument-checks.ts';
import { RouterError } from '../../errors.ts';
import { contextual } from '../../policies/contextual.ts';
import { epsilonGreedy } from '../../policies/epsilon-greedy.ts';
import { exploreThenCommit } from '../../policies/explore-then-commit.ts';
import { fixed } from '../../policies/fixed.ts';
import type { Policy } from '../../contracts/policy.ts';
import { randomMix } from '../../policies/random-mix.ts';
import { thompson } from '../../policies/thompson.ts';
import { trackAndStop } from '../../policies/track-and-stop.ts';
import { weightedRule } from '../../policies/weighted-rule.ts';

const FACTORIES: Readonly<Record<string, () => Policy>> = {
  thompson: () => thompson(),
  contextual: () => contextual(),
  'epsilon-greedy': () => epsilonGreedy(),
  'random-mix': () => randomMix(),
  'commit-after-20': () => exploreThenCommit({ outcomes: 20 }),
  'commit-after-100': () => exploreThenCommit({ outcomes: 100 }),
  'track-and-stop': () => trackAndStop(),
  'weighted-rule': () => weightedRule(),
};

/** Names that work with any plans. A fixed plan is named `always:premium` or `always:mini>premium`. */
export const POLICY_NAMES: readonly string[] = Object.freeze(Object.keys(FACTORIES));

/** A policy with the name that a report shows. */
export interface NamedPolicy {
  readonly name: string;
  readonly policy: Policy;
}

const checkPlans = listOf("plans: [['mini'], ['mini', 'premium']]", listOf('a plan: the names of its models', text));

/**
 * The policy of a name, as the commands take it: one of {@link POLICY_NAMES}, or a fixed plan.
 *
 * @param plans the feature's plans, for `always:` and for the error
 * @throws RouterError `invalid-name` with what would be accepted; `invalid-value` for other wrong arguments
 * @example
 * ```ts
 * namedPolicy('always:premium', [['mini'], ['premium']]).policy;
 * ```
 */
export function namedPolicy(name: string, plans: readonly Plan[] = []): NamedPolicy {
  anyText(name, 'namedPolicy.name');
  checkPlans(plans, 'namedPolicy.plans');
  if (Object.hasOwn(FACTORIES, name)) return { name, policy: (FACTORIES[name] as () => Policy)() };
  const keys = plans.map(planKey);
  const wanted = name.startsWith('always:') ? name.slice('always:'.length) : undefined;
  if (wanted !== undefined && keys.includes(wanted)) return { name, policy: renamed(name, fixed(wanted)) };
  const accepted = [...POLICY_NAMES, ...keys.map(key => `always:${key}`)];
  throw new RouterError('invalid-name', `no policy is named "${name}"`, { path: '--policy', accepted, given: name });
}

/** The same policy under another name. */
export function renamed(name: string, policy: Policy): Policy {
  return Object.freeze({ ...policy, name });
}
