/** Facts read from a ledger alone: how a feature was configured at its last decisions, and its learned statistics. */
import type { LearnedFeature } from '../core/beliefs/learned-feature.ts';
import { createLearnedFeature } from '../core/beliefs/learned-feature.ts';
import { isStayAfterAlarm } from '../core/beliefs/plan-graph.ts';
import { allPlans } from '../core/ledger/plan-set.ts';
import { foldIntent } from '../core/ledger/records.ts';
import type { DecidedRecord } from '../core/ledger/records.ts';
import { NANO_PER_USD, toUsd } from '../core/ledger/money.ts';
import { isServedByOther } from '../core/cells/served-version.ts';
import { sumsBy } from '../core/cells/sums.ts';
import type { FeatureFacts } from '../core/report/feature-facts.ts';
import type { Cell } from '../core/cells/cell.ts';
import type { PlanKey } from '../core/ledger/vocabulary.ts';
import { modelOfNode, OBSERVE, planOfKey } from '../core/ledger/vocabulary.ts';
import { allRecordsLeft } from '../contracts/archiving.ts';
import type { LedgerRange } from '../contracts/ledger-source.ts';
import type { Store } from '../contracts/store.ts';
import { ledgerPrefixRates } from '../prices/prefix-rates.ts';
import type { LatestPolicy } from './latest-policies.ts';
import { latestPolicies } from './latest-policies.ts';
import type { RoutedNow } from './routed-now.ts';
import { controlsFor, underControls } from './under-controls.ts';

/** The methods of a store that reports use. */
export type ReportSource = Pick<Store, 'features' | 'cells' | 'intents' | 'load' | 'loadAll' | 'controls'>;

/** Last decisions from which a feature's configuration is inferred. Larger: an old configuration outvotes a new one. */
const RECENT_DECISIONS = 50;

/** Facts that learning from cells needs: the plans, and the current versions where they are known. */
export interface KnownFacts extends FeatureFacts {
  readonly plans: readonly PlanKey[];
  readonly versions?: Readonly<Record<string, string>>;
}

/** A feature's configuration as inferred from its ledger. */
export interface LedgerFacts extends KnownFacts {
  readonly failureCostUsd: number;
  /** Name of the policy that made most of the last decisions between several plans: a pinned or bound intent has one plan. */
  readonly policy: string;
  /** The application's own model, where most of the last decisions were only observed. */
  readonly observes?: string;
  /** The policies of the last decisions, that of most of them first. */
  readonly policies: readonly LatestPolicy[];
  /** Current versions by model. */
  readonly versions: Readonly<Record<string, string>>;
}

/**
 * Infers the plans, the failure cost and the versions from the feature's last 50 decisions, so that one forced or exceptional intent does
 * not decide the result.
 */
export async function ledgerFacts(
  store: Pick<ReportSource, 'intents' | 'load' | 'loadAll'>,
  feature: string,
  range: Pick<LedgerRange, 'toMs'> = {},
): Promise<LedgerFacts> {
  const ids = await store.intents({ feature, ...range, limit: RECENT_DECISIONS });
  const intents = (await allRecordsLeft(store, ids)).map(foldIntent);
  const decided = intents.flatMap(intent => (intent === undefined ? [] : [intent.decided]));
  // The decision with the most eligible plans: a missing capability, an outage or a pin can only exclude some.
  const widest = decided.reduce<DecidedRecord | undefined>(
    (x, y) => (x === undefined || y.decision.eligible.length > x.decision.eligible.length ? y : x),
    undefined,
  );
  const decisions = decided.map(({ decision }) => decision);
  const chosen = decisions.filter(({ eligible }) => eligible.length > 1);
  const policies = latestPolicies(chosen.length === 0 ? decisions : chosen);
  const policy = policies[0]?.name;
  const observed = decided.filter(({ decision }) => decision.policy === OBSERVE);
  const observes = policy === OBSERVE ? observed[0]?.decision.plan[0] : undefined;
  return {
    plans: widest?.decision.eligible ?? [],
    failureCostUsd: toUsd(mostFrequent(decided.map(record => record.failureCostNanoUsd)) ?? 0),
    perSuccess: decided.every(record => record.failureCostNanoUsd === 0),
    policy: policy ?? 'unknown',
    policies,
    ...(observes === undefined ? {} : { observes }),
    versions: Object.assign({}, ...decided.toReversed().map(record => record.versions)) as Record<string, string>,
  };
}

/** A ledger's facts at a time: also what operators have set, and what models charge for the prefix of a session. */
export interface PresentFacts extends LedgerFacts {
  readonly routedNow: () => RoutedNow;
}

/** @param atMs the time whose prices are in force */
export async function presentFacts(
  store: Pick<ReportSource, 'intents' | 'load' | 'loadAll' | 'controls'>,
  feature: string,
  atMs: number,
): Promise<PresentFacts> {
  const set = await controlsFor(store, feature);
  const latest = await ledgerFacts(store, feature);
  const pin = set.find(({ kind }) => kind === 'pinned');
  // The decisions under a pin name the pinned plan alone; those before it name the others.
  const before = pin && latest.plans.length < 2 ? await ledgerFacts(store, feature, { toMs: pin.atMs }) : undefined;
  const plans = [...new Set([...(before?.plans ?? []), ...latest.plans])];
  const versions = { ...before?.versions, ...latest.versions };
  const { exclusions, pinned, observes } = underControls(
    { set },
    { plans: plans.map(planOfKey), observes: latest.observes },
  );
  return {
    ...latest,
    plans,
    versions,
    prefixRatesOf: ledgerPrefixRates(versions, atMs),
    routedNow: () => ({
      exclusions,
      isSwitchedOff: exclusions.some(each => each.plans === allPlans(plans.length)),
      ...(pinned === undefined ? {} : { pinned }),
      ...(observes === undefined ? {} : { observes }),
    }),
  };
}

function mostFrequent<Value>(values: readonly Value[]): Value | undefined {
  const counts = new Map<Value, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}

/**
 * Learns from a ledger's cells alone. A running router has each model's prior cost from its price; here the prior is the model's mean cost
 * per visit.
 */
export function learnedFrom(feature: string, cells: readonly Cell[], facts: KnownFacts): LearnedFeature {
  const own = cells.filter(({ key }) => !isServedByOther(key.version));
  const byModel = sumsBy(own, { scope: 'node', by: cell => modelOfNode(cell.key.subject) });
  const learned = createLearnedFeature({
    feature,
    plans: facts.plans.map(planOfKey),
    hasAlarms: own.some(({ key }) => key.scope === 'node' && isStayAfterAlarm(key.subject)),
    priorCostUsd: Object.fromEntries(
      [...byModel].flatMap(([model, { n = 0n, cost = 0n }]) =>
        n === 0n ? [] : [[model, Number(cost) / Number(n) / NANO_PER_USD]],
      ),
    ),
    ...(facts.versions === undefined ? {} : { versions: facts.versions }),
    ...(facts.silence?.success === true ? { silenceWindowMs: facts.silence.afterMs } : {}),
  });
  learned.replace(cells);
  return learned;
}
