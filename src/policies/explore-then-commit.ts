/** Explore, then commit: tries every plan for a while, then uses the one with the lowest cost so far. A reference policy. */
import { meanScores } from '../core/choice/allocation.ts';
import { meanTable } from '../core/choice/posterior-samples.ts';
import type { LearnedSegment } from '../core/beliefs/learned-segment.ts';
import { hasPlan, planIndexes } from '../core/ledger/plan-set.ts';
import type { Plan } from '../core/ledger/vocabulary.ts';
import type { FeatureView, Policy } from '../contracts/policy.ts';
import { checkOptions, POSITIVE_INTEGER } from './options.ts';
import { eligibleKeys, scoreWeights } from './view.ts';

/**
 * Chooses any eligible plan with equal probability until the last model of every plan has handled `outcomes` intents
 * (default 100), then always the plan with the lowest cost so far. One wrong commitment costs more than all exploring: see
 * `npm run bench:routing`.
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
      const best = committed.get(view.learned) ?? bestPlan(view, outcomes);
      if (best !== undefined) committed.set(view.learned, best);
      const isCommitted = best !== undefined && hasPlan(view.eligible, best);
      const choices = planIndexes(view.eligible);
      const chosen = isCommitted ? best : (choices[Math.floor(random.next() * choices.length)] as number);
      return {
        plan: view.plans[chosen] as Plan,
        propensity: isCommitted ? 1 : 1 / choices.length,
        eligible: eligibleKeys(view),
        policy: name,
        reason: isCommitted ? 'committed' : `trying ${choices.length} plans`,
      };
    },
  } satisfies Policy);
}

/** The plan to commit to; `undefined` while some plan has too few outcomes. */
function bestPlan(view: FeatureView, outcomes: number): number | undefined {
  const posterior = view.learned.posterior(view.nowMs);
  const { graph, nodes } = posterior;
  // Evidence decays, so 100 outcomes count a little less than 100.
  if (graph.paths.some(path => (nodes[path.at(-1) ?? 0]?.n ?? 0) < outcomes - 0.5)) return undefined;
  const table = meanTable(posterior);
  const scores = meanScores(table, scoreWeights(table, { ...view, costMultiplier: 1 }));
  return scores.indexOf(Math.min(...scores));
}
