/**
 * Replays a ledger: estimates what another policy would have cost on the logged intents. At every logged decision the other
 * policy states its shares, given the records before it in the ledger. Decisions at which its plan was not eligible are left
 * out and counted. The estimate is made from the decisions in the order of time, which need not be that of the records.
 */
import {
  callback,
  fromZero,
  LEDGER_RANGE,
  optional,
  optionsWith,
  recordOf,
  seed,
  storeWith,
} from '../../argument-checks.ts';
import type { Intent, LedgerRecord } from '../../core/ledger/records.ts';
import { appendRecord } from '../../core/ledger/records.ts';
import type { Figure } from '../../core/math/interval.ts';
import { seededRandom } from '../../core/math/random.ts';
import { contributionDelta } from '../../core/cells/contribution.ts';
import { ofOneMoment } from '../../contracts/one-moment.ts';
import type { Policy } from '../../contracts/policy.ts';
import type { FeatureReplay, LedgerRun, ReplayQuestion } from './ledger-run.ts';
import { featureReplayOf, recordOutcome, startLedgerRun } from './ledger-run.ts';
import type { ObservedPlans } from './observed-plans.ts';
import { observePlans } from './observed-plans.ts';
import type { KnownAtDecision } from './logged-decision.ts';
import { askTarget } from './target-decision.ts';
import { priorPooling } from '../common/prior-pooling.ts';
import { checkObjective, checkPolicy } from '../common/replay-arguments.ts';

/** The method of a store that a replay reads with. */
export interface ReplayedLedger {
  scan(range?: {
    readonly feature?: string;
    readonly fromMs?: number;
    readonly toMs?: number;
  }): AsyncIterable<LedgerRecord>;
}

export interface ReplayLedgerOptions extends ReplayQuestion {
  readonly feature?: string;
  /** Decisions from `fromMs` to before `toMs`, milliseconds since the epoch. Their outcomes count even if they came later. */
  readonly fromMs?: number;
  readonly toMs?: number;
  /**
   * Silence windows by feature, as configured: younger decisions are left out, because silence has not yet said what it means
   * for them. Not needed where the ledger itself shows how long outcomes take, see {@link FeatureReplay.tooRecent}.
   */
  readonly silenceMs?: Readonly<Record<string, number>>;
  readonly seed?: string | number;
  /** Called every few thousand records with the number read so far. */
  readonly progress?: (records: number) => void;
}

export interface LedgerReplay {
  readonly policy: string;
  readonly features: Readonly<Record<string, FeatureReplay>>;
  /** Over all features with an estimate: intents, and what the other policy would have saved, USD. */
  readonly total: { readonly intents: number; readonly savedUsd: Figure } | undefined;
}

/** An intent during the replay. */
interface IntentReplay {
  intent: Intent;
  /** True when it was decided in the requested period. */
  readonly isWanted: boolean;
  readonly target: KnownAtDecision['target'] | undefined;
}

const checkStore = storeWith('scan');
const checkOptions = optionsWith<ReplayLedgerOptions>({
  ...LEDGER_RANGE,
  silenceMs: optional(recordOf('milliseconds by feature', fromZero)),
  seed: optional(seed),
  progress: optional(callback),
  objective: optional(checkObjective),
  failureCostUsd: optional(fromZero),
});

/** Records between two calls of `progress`. */
const PROGRESS_EVERY = 5_000;

/**
 * @throws RouterError `invalid-value` for anything but a policy, an unknown option, or a policy that decides at random and has no `allocation`
 * @example
 * ```ts
 * const replay = await replayLedger(sqlite('router.db'), fixed('premium'));
 * const found = replay.features['support.reply']?.estimate;
 * console.log(found?.kind === 'estimate' ? found.savedPerIntentUsd : found?.reason);
 * ```
 */
export async function replayLedger(
  store: ReplayedLedger,
  policy: Policy,
  options: ReplayLedgerOptions = {},
): Promise<LedgerReplay> {
  checkStore(store, 'replayLedger.store');
  checkPolicy(policy, 'replayLedger.policy');
  checkOptions(options, 'replayLedger');
  // The ledger is read twice: first for the plans, which the second reading must not have more of.
  return ofOneMoment(store, async view => replayView(view, policy, options));
}

async function replayView(store: ReplayedLedger, policy: Policy, options: ReplayLedgerOptions): Promise<LedgerReplay> {
  const { feature, fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY } = options;
  const range = feature === undefined ? {} : { feature };
  let records = 0;
  const count = (): void => {
    if (++records % PROGRESS_EVERY === 0) options.progress?.(records);
  };

  const observed = new Map<string, ObservedPlans>();
  for await (const record of store.scan(range)) {
    count();
    observePlans(observed, record);
  }
  const features = new Map([...observed].map(([name, plans]) => [name, startLedgerRun(name, plans)]));
  const pooling =
    features.size > 1 ? priorPooling(new Map([...features].map(([name, { learned }]) => [name, learned]))) : undefined;
  const random = seededRandom(options.seed ?? 1).fork('policy');
  const replays = new Map<string, IntentReplay>();
  let lastMs = Number.NEGATIVE_INFINITY;
  for await (const record of store.scan(range)) {
    count();
    lastMs = Math.max(lastMs, record.atMs);
    const run = features.get(record.feature) as LedgerRun;
    const known = replays.get(record.intentId);
    if (known === undefined) {
      if (record.kind !== 'decided') continue;
      const isWanted = record.atMs >= fromMs && record.atMs < toMs;
      const target = isWanted ? askTarget(run, record, { policy, question: options, random }) : undefined;
      replays.set(record.intentId, { intent: appendRecord(undefined, record), isWanted, target });
      continue;
    }
    const after = appendRecord(known.intent, record);
    const delta = contributionDelta(known.intent, after);
    run.learned.apply(delta, after.decided.atMs);
    pooling?.add(delta);
    known.intent = after;
  }
  for (const { intent, isWanted, target } of [...replays.values()].sort(byDecision)) {
    const run = features.get(intent.decided.feature) as LedgerRun;
    if (isWanted) recordOutcome(run, { intent, target, question: options });
  }
  const replayed = Object.fromEntries(
    [...features].map(([name, run]) => [name, featureReplayOf(run, { lastMs, silenceMs: options.silenceMs?.[name] })]),
  );
  return { policy: policy.name, features: replayed, total: totalOf(Object.values(replayed)) };
}

/** By time; decisions of one moment by intent, so that the order in which a store happened to append them does not matter. */
function byDecision({ intent: { decided: x } }: IntentReplay, { intent: { decided: y } }: IntentReplay): number {
  if (x.atMs !== y.atMs) return x.atMs - y.atMs;
  return x.intentId < y.intentId ? -1 : 1;
}

/** Sums the features' savings; their errors are independent. */
function totalOf(features: readonly FeatureReplay[]): LedgerReplay['total'] {
  let [intents, value, below2, above2] = [0, 0, 0, 0];
  for (const { estimate } of features) {
    if (estimate.kind === 'refused') continue;
    const { savedPerIntentUsd: saved } = estimate;
    intents += estimate.intents;
    value += estimate.intents * saved.value;
    below2 += (estimate.intents * (saved.value - saved.low)) ** 2;
    above2 += (estimate.intents * (saved.high - saved.value)) ** 2;
  }
  if (intents === 0) return undefined;
  return { intents, savedUsd: { value, low: value - Math.sqrt(below2), high: value + Math.sqrt(above2) } };
}
