/** What another policy (the target) would have done at a logged decision, before the decision's outcome is known. */
import type { DecidedRecord, PrefixTerm } from '../../core/ledger/records.ts';
import { NANO_PER_USD } from '../../core/ledger/money.ts';
import type { PlanSet } from '../../core/ledger/plan-set.ts';
import { hasPlan, NO_PLANS, planSetOf } from '../../core/ledger/plan-set.ts';
import { planKey } from '../../core/ledger/vocabulary.ts';
import { extraUsdOf } from '../../core/sessions/extra-usd.ts';
import type { FeatureView, Policy } from '../../contracts/policy.ts';
import type { LedgerRun, ReplayQuestion } from './ledger-run.ts';
import type { KnownAtDecision } from './logged-decision.ts';
import { targetShares } from './target-shares.ts';

/** A decision of the log as the other policy sees it. */
export interface AskedDecision {
  /** Index of the plan that was chosen, and the plans that were eligible. */
  readonly chosen: number;
  readonly eligible: PlanSet;
  readonly atMs: number;
  readonly failureCostNanoUsd: number;
  readonly term: PrefixTerm | undefined;
}

export interface AskedPolicy {
  readonly policy: Policy;
  readonly question: ReplayQuestion;
  readonly random: { next(): number };
  /** Returns what the router had learned before the decision; called when the policy reads it. */
  readonly learned: () => FeatureView['learned'];
  /** Views by feature, which decisions outside sessions share: making an object with a getter takes long. */
  readonly views?: Map<LedgerRun, ReusedView>;
}

type ReusedView = { -readonly [Name in keyof FeatureView]: FeatureView[Name] };

/** {@link askPolicy} for a record: the probability of each plan that the policy might choose. */
export function askTarget(
  run: LedgerRun,
  record: DecidedRecord,
  asked: AskedPolicy,
): KnownAtDecision['target'] | undefined {
  const { atMs, failureCostNanoUsd, prefix } = record;
  const choice = choiceOf(run, record);
  const shares = askPolicy(run, { ...choice, atMs, failureCostNanoUsd, term: prefix?.term }, asked);
  if (shares === undefined) return undefined;
  const isWanted = (k: number): boolean => hasPlan(choice.eligible, k) && (shares[k] as number) > 0;
  return Object.fromEntries(run.keys.flatMap((key, k) => (isWanted(k) ? [[key, shares[k] as number]] : [])));
}

/** The chosen plan of a decision, and the plans to choose from. */
export function choiceOf(
  run: LedgerRun,
  { decision }: Pick<DecidedRecord, 'decision'>,
): Pick<AskedDecision, 'chosen' | 'eligible'> {
  const chosen = run.indexes.get(planKey(decision.plan)) as number;
  const eligible = decision.eligible.map(key => run.indexes.get(key) as number);
  return { chosen, eligible: planSetOf(eligible.length === 0 ? [chosen] : eligible) };
}

/** The target policy's share of each plan at one logged decision; `undefined` if the decision is left out. */
export function askPolicy(
  run: LedgerRun,
  { chosen, eligible, atMs, failureCostNanoUsd, term }: AskedDecision,
  asked: AskedPolicy,
): ArrayLike<number> | undefined {
  const { policy, question, random } = asked;
  if (run.refusal !== undefined) return undefined;
  const view = term === undefined ? knownView(run, asked) : viewOf(run, asked);
  view.eligible = eligible;
  view.failureCostUsd = question.failureCostUsd ?? failureCostNanoUsd / NANO_PER_USD;
  view.nowMs = atMs;
  if (term !== undefined) view.extraUsd = extraUsdOf(term, run.keys);
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
  for (let k = 0; k < run.keys.length; k++)
    if (hasPlan(eligible, k)) run.targetCounts[k] = (run.targetCounts[k] as number) + (shares[k] as number);
  return shares;
}

function knownView(run: LedgerRun, asked: AskedPolicy): ReusedView {
  const known = asked.views?.get(run);
  if (known !== undefined) return known;
  const view = viewOf(run, asked);
  asked.views?.set(run, view);
  return view;
}

function viewOf({ name, plans }: LedgerRun, { question, learned }: AskedPolicy): ReusedView {
  return {
    feature: name,
    plans,
    eligible: NO_PLANS,
    failureCostUsd: 0,
    objective: question.objective ?? 'cost-per-intent',
    get learned() {
      return learned();
    },
    nowMs: 0,
  };
}
