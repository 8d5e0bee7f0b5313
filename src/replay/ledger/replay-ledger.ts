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
import type { PlanKey } from '../../core/ledger/vocabulary.ts';
import type { Figure } from '../../core/math/interval.ts';
import { ofOneMoment } from '../../contracts/one-moment.ts';
import type { Policy } from '../../contracts/policy.ts';
import { checkObjective, checkPolicy } from '../common/replay-arguments.ts';
import type { FeatureReplay, ReplayQuestion } from './ledger-run.ts';
import { featureReplayOf } from './ledger-run.ts';
import { runsOf } from './ledger-runs.ts';
import { readColumns } from './read-columns.ts';
import type { ReplayedLedger } from './replayed-ledger.ts';
import type { RatesAt } from './session-caches.ts';

export interface ReplayLedgerOptions extends ReplayQuestion {
  /** Only this feature; default: all. */
  readonly feature?: string;
  /** Decisions from `fromMs` to before `toMs`, milliseconds since the epoch. Their outcomes count even if they came later. */
  readonly fromMs?: number;
  /** See `fromMs`. */
  readonly toMs?: number;
  /**
   * Silence windows by feature, as configured: decisions that are younger than the window are left out, because silence has not given them
   * an outcome yet. Not needed where the ledger itself shows how long outcomes take, see {@link FeatureReplay.tooRecent}.
   */
  readonly silenceMs?: Readonly<Record<string, number>>;
  /** What a model charges for the prefix of a session. Absent or `undefined`: its list price, found by its name in the ledger. */
  readonly prefixRatesOf?: RatesAt;
  /** Seed of the other policy's choices, if it draws them at random. */
  readonly seed?: string | number;
  /** Called every few thousand records with the number read or learned from so far. */
  readonly progress?: (records: number) => void;
}

export interface LedgerReplay {
  readonly policy: string;
  readonly features: Readonly<Record<string, FeatureReplay>>;
  /** Over all features with an estimate: intents, and what the other policy would have saved, USD. */
  readonly total: { readonly intents: number; readonly savedUsd: Figure } | undefined;
}

const checkStore = storeWith('scan');
const checkOptions = optionsWith<ReplayLedgerOptions>({
  ...LEDGER_RANGE,
  silenceMs: optional(recordOf('milliseconds by feature', fromZero)),
  prefixRatesOf: optional(callback),
  seed: optional(seed),
  progress: optional(callback),
  objective: optional(checkObjective),
  failureCostUsd: optional(fromZero),
});

/**
 * Estimates what another policy would have cost on the intents of a ledger, by feature, or says why the ledger cannot tell.
 *
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
  return ofOneMoment(store, async view => {
    const { feature, progress } = options;
    const ledger = await ledgerToReplay(view, {
      ...(feature === undefined ? {} : { feature }),
      ...(progress && { progress }),
    });
    return ledger.replay(policy, options);
  });
}

/** A ledger that was read once, to be replayed with several policies. */
export interface LedgerToReplay {
  /** The plans that were ever chosen or eligible, by feature. */
  readonly plans: ReadonlyMap<string, ReadonlySet<PlanKey>>;
  replay(policy: Policy, options: Omit<ReplayLedgerOptions, 'feature'>): Promise<LedgerReplay>;
}

/** @param view of one moment; it is read again if sessions span features */
export async function ledgerToReplay(
  view: ReplayedLedger,
  { feature, progress }: Pick<ReplayLedgerOptions, 'feature' | 'progress'>,
): Promise<LedgerToReplay> {
  let columns = await readColumns(view, feature === undefined ? {} : { feature }, progress);
  let isWhole = feature === undefined;
  return {
    plans: new Map([...columns.plans].map(([name, { plans }]) => [name, new Set(plans.keys())])),
    async replay(policy, options) {
      let runs = await runsOf(columns, policy, options);
      // The cache state at an intent of a session also depends on the session's intents of other features.
      if (runs.hasGaps && !isWhole) {
        columns = await readColumns(view, {}, options.progress);
        isWhole = true;
        runs = await runsOf(columns, policy, options);
      }
      const { lastMs } = columns;
      const asked = runs.features.filter(name => name === (feature ?? name));
      const replayed = Object.fromEntries(
        asked.map(name => {
          const silenceMs = options.silenceMs?.[name];
          return [name, featureReplayOf(runs.endedRun(name), { lastMs, silenceMs })];
        }),
      );
      return { policy: policy.name, features: replayed, total: totalOf(Object.values(replayed)) };
    },
  };
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
