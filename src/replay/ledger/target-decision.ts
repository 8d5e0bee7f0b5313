/** What another policy (the target) would have done at a logged decision, before the decision's outcome is known. */
import type { DecidedRecord } from '../../core/ledger/records.ts';
import { NANO_PER_USD } from '../../core/ledger/money.ts';
import { planIndexes, planSetOf } from '../../core/ledger/plan-set.ts';
import type { PlanKey } from '../../core/ledger/vocabulary.ts';
import { planKey } from '../../core/ledger/vocabulary.ts';
import { extraUsdOf } from '../../core/sessions/extra-usd.ts';
import type { FeatureView, Policy } from '../../contracts/policy.ts';
import type { LedgerRun, ReplayQuestion } from './ledger-run.ts';
import type { KnownAtDecision } from './logged-decision.ts';
import { targetShares } from './target-shares.ts';

/** The target policy's probability of each plan at one logged decision; `undefined` where the decision is left out. */
export function askTarget(
  run: LedgerRun,
  record: DecidedRecord,
  {
    policy,
    question,
    random,
    learned,
  }: {
    readonly policy: Policy;
    readonly question: ReplayQuestion;
    readonly random: { next(): number };
    /** Gives what the router had learnt before the decision; called when the policy looks at it. */
    readonly learned: () => FeatureView['learned'];
  },
): KnownAtDecision['target'] | undefined {
  if (run.refusal !== undefined) return undefined;
  const { decision, atMs, failureCostNanoUsd, prefix: { term } = {} } = record;
  const chosen = run.indexes.get(planKey(decision.plan)) as number;
  const view: FeatureView = {
    feature: run.name,
    plans: run.plans,
    eligible: planSetOf(
      decision.eligible.length === 0 ? [chosen] : decision.eligible.map(key => run.indexes.get(key) as number),
    ),
    failureCostUsd: question.failureCostUsd ?? failureCostNanoUsd / NANO_PER_USD,
    objective: question.objective ?? 'cost-per-intent',
    get learned() {
      return learned();
    },
    nowMs: atMs,
    ...(term === undefined ? {} : { extraUsd: extraUsdOf(term, run.keys) }),
  };
  const shares = targetShares(policy, view, random);
  if (typeof shares === 'string') {
    run.refusal = shares;
    return undefined;
  }
  run.decisions++;
  if (shares === undefined) {
    run.notEligible++;
    return undefined;
  }
  run.chosenCounts[chosen] = (run.chosenCounts[chosen] as number) + 1;
  const target: Record<PlanKey, number> = {};
  for (const k of planIndexes(view.eligible)) {
    const share = shares[k] as number;
    run.targetCounts[k] = (run.targetCounts[k] as number) + share;
    if (share > 0) target[run.keys[k] as PlanKey] = share;
  }
  const [only = '', other] = Object.keys(target);
  return other === undefined && target[only] === 1 ? run.certain.get(only) : target;
}
