/** Try everything so many times, then keep to what looked best: the rule of thumb that the others are compared with. */
import { meanScores, valueOfFailure } from '../core/choice/allocation.ts';
import { meanTable } from '../core/choice/posterior-samples.ts';
import type { LearnedSegment } from '../core/beliefs/learned-segment.ts';
import type { Decision } from '../core/ledger/vocabulary.ts';
import { planKey } from '../core/ledger/vocabulary.ts';
import { checkOptions, POSITIVE_INTEGER } from './options.ts';
import type { FeatureView, Policy } from '../contracts/policy.ts';
import { hasPlan, planIndexes } from '../core/ledger/plan-set.ts';

/**
 * Any eligible plan with equal chances until the last model of each plan has `outcomes` visits, then for ever the plan with
 * the lowest cost so far. One wrong commitment costs more than all exploring: see `npm run bench:routing`.
 *
 * @throws RouterError `invalid-value` unless `outcomes` is a positive integer
 * @example
 * ```ts
 * const policy = exploreThenCommit({ outcomes: 100 });
 * ```
 */
export function exploreThenCommit(options: { readonly outcomes?: number } = {}): Policy {
  checkOptions('exploreThenCommit', options, { outcomes: POSITIVE_INTEGER });
  const { outcomes = 100 } = options;
  const committed = new WeakMap<LearnedSegment, number>();
  const name = `commit-after-${outcomes}`;
  return Object.freeze({
    name,
    decide(view, random) {
      const choices = planIndexes(view.eligible);
      const kept = committed.get(view.learned) ?? commit(view, outcomes);
      if (kept !== undefined) committed.set(view.learned, kept);
      const stays = kept !== undefined && hasPlan(view.eligible, kept);
      const chosen = stays ? kept : (choices[Math.floor(random.next() * choices.length)] as number);
      return decision(chosen, { view, choices, policy: name, committed: stays });
    },
  } satisfies Policy);
}

/** The plan to keep to; undefined while any has been tried too little. */
function commit(view: FeatureView, outcomes: number): number | undefined {
  const posterior = view.learned.posterior(view.nowMs);
  const { graph, nodes } = posterior;
  // Half an outcome of grace: decayed counts of 100 outcomes are a little less than 100.
  if (graph.paths.some(path => (nodes[path.at(-1) ?? 0]?.n ?? 0) < outcomes - 0.5)) return undefined;
  const table = meanTable(posterior);
  const { failureCostUsd, eligible } = view;
  const perSuccess = view.objective === 'cost-per-success';
  const scores = meanScores(table, {
    valueUsd: valueOfFailure(table, { failureCostUsd, perSuccess, eligible }),
    costMultiplier: 1,
  });
  return scores.indexOf(Math.min(...scores));
}

function decision(
  chosen: number,
  {
    view,
    choices,
    policy,
    committed,
  }: { view: FeatureView; choices: readonly number[]; policy: string; committed: boolean },
): Decision {
  return {
    plan: view.plans[chosen] as Decision['plan'],
    propensity: committed ? 1 : 1 / choices.length,
    eligible: choices.map(k => planKey(view.plans[k] as Decision['plan'])),
    policy,
    reason: committed ? 'committed' : `trying ${choices.length} plans`,
  };
}
