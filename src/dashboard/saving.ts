/** The saving of routing against a baseline plan, measured on a feature's latest intents, and the data behind the measurement. */
import type { Store } from '../contracts/store.ts';
import { allRecordsLeft } from '../contracts/archiving.ts';
import type { Period } from '../core/cells/period.ts';
import type { LedgerRecord } from '../core/ledger/records.ts';
import type { PlanKey } from '../core/ledger/vocabulary.ts';
import { planKey } from '../core/ledger/vocabulary.ts';
import type { Explanation } from '../core/report/explanation.ts';
import { RouterError } from '../errors.ts';
import { HELD_OUT } from '../policies/holdout.ts';
import { recentlyUsed } from '../recently-used.ts';
import type { ReplayedLedger } from '../replay/ledger/replayed-ledger.ts';
import { savingsAgainst } from '../replay/ledger/savings.ts';
import type { LedgerView } from './ledger-view.ts';
import type { SavingMessage } from './messages.ts';
import type { AskedPeriod } from './period-query.ts';
import { countedOf, keyOf } from './period-query.ts';

/** More intents make the interval narrower, and the reader wait longer: this number takes about half a second. */
const MAX_INTENTS = 5_000;
/** Number of intents whose records are requested at once. */
const AT_ONCE = 250;

/** Number of cached answers: the most recently requested ones. */
const KEPT = 20;

type Source = Pick<Store, 'intents' | 'load' | 'loadAll'>;

export type SavingAnswers = (
  feature: string,
  baseline: PlanKey | undefined,
  asked: AskedPeriod,
) => Promise<SavingMessage>;

/** Caches answers until the ledger changes. */
export function savings(store: Source, view: Pick<LedgerView, 'feature' | 'version'>): SavingAnswers {
  const answers = recentlyUsed<string, Promise<SavingMessage>>(KEPT);
  return async (feature, baseline, asked) => {
    const { explanations, shown } = await view.feature(feature, asked);
    const [explanation] = explanations;
    const { period } = countedOf(shown);
    if (explanation === undefined) return { plans: [], intents: 0, isAll: true };
    const key = JSON.stringify([await view.version(), feature, baseline, keyOf(shown)]);
    const answer = answers.get(key) ?? savingOf(store, explanation, { asked: baseline, period });
    answers.set(key, answer);
    answer.catch(() => answers.delete(key));
    return answer;
  };
}

/**
 * @param asked - Plan to compare with. Default: the plan of the holdout, otherwise the single model with the highest cost per
 * intent
 * @throws RouterError `invalid-value` for a plan that the feature does not have
 */
async function savingOf(
  store: Source,
  explanation: Explanation,
  { asked, period }: { readonly asked?: PlanKey | undefined; readonly period: Period },
): Promise<SavingMessage> {
  const { feature, plans, observes } = explanation;
  const names = plans.map(({ plan }) => plan);
  if (asked !== undefined && !names.includes(asked))
    throw new RouterError('invalid-value', `${feature} has no such plan`, { path: 'baseline', accepted: names });
  const ids = await store.intents({ feature, ...period, limit: MAX_INTENTS });
  const lists: (readonly LedgerRecord[])[] = [];
  for (let start = 0; start < ids.length; start += AT_ONCE)
    lists.push(...(await allRecordsLeft(store, ids.slice(start, start + AT_ONCE))));
  const held = heldOutIn(lists);
  const baseline = asked ?? held?.plan ?? mostExpensive(explanation, lists);
  const known = {
    plans: names,
    intents: lists.length,
    isAll: ids.length < MAX_INTENTS,
    ...(held === undefined ? {} : { held }),
    ...(observes === undefined ? {} : { observes }),
  };
  if (baseline === undefined || names.length < 2) return known;
  const { features } = await savingsAgainst(ledgerOf(lists), baseline, { ...period, features: [feature] });
  const [saving] = features;
  return { ...known, baseline, ...(saving === undefined ? {} : { saving }) };
}

/** The plan of the holdout, and the number of its intents; if the plan has changed, the latest one. */
function heldOutIn(lists: readonly (readonly LedgerRecord[])[]): SavingMessage['held'] {
  const plans = lists.flatMap(([decided]) =>
    decided?.kind === 'decided' && decided.decision.reason === HELD_OUT ? [planKey(decided.decision.plan)] : [],
  );
  const [plan] = plans;
  return plan === undefined ? undefined : { plan, intents: plans.filter(each => each === plan).length };
}

/**
 * The plan that an application would probably use without a router: the model with the most expensive intents. A model that got all intents
 * is not returned.
 */
function mostExpensive(
  { observes, plans }: Explanation,
  lists: readonly (readonly LedgerRecord[])[],
): PlanKey | undefined {
  const single = plans.filter(({ nodes }) => nodes.length === 1);
  const own = single.find(({ plan }) => plan === observes);
  if (own !== undefined) return own.plan;
  const isOfAll = (plan: PlanKey): boolean =>
    lists.every(([decided]) => decided?.kind === 'decided' && planKey(decided.decision.plan) === plan);
  const costs = single.toSorted((a, b) => b.spendUsd.value - a.spendUsd.value).map(({ plan }) => plan);
  return costs.find(plan => !isOfAll(plan));
}

/** The records as a separate ledger, the earliest decision first. */
function ledgerOf(lists: readonly (readonly LedgerRecord[])[]): ReplayedLedger {
  return {
    async *scan() {
      for (const records of lists.toReversed()) yield* records;
    },
  };
}
