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
import type { DecidedRecord, Intent, LedgerRecord } from '../../core/ledger/records.ts';
import { appendRecord } from '../../core/ledger/records.ts';
import type { LearnedSegment } from '../../core/beliefs/learned-segment.ts';
import type { Figure } from '../../core/math/interval.ts';
import { seededRandom } from '../../core/math/random.ts';
import { contributionDelta } from '../../core/cells/contribution.ts';
import { ofOneMoment } from '../../contracts/one-moment.ts';
import type { Policy } from '../../contracts/policy.ts';
import { ledgerPrefixRates, listPrices } from '../../prices/prefix-rates.ts';
import { nextTurn } from '../../runtime.ts';
import type { FeatureReplay, LedgerRun, ReplayQuestion } from './ledger-run.ts';
import { featureReplayOf, recordOutcome, startLedgerRun } from './ledger-run.ts';
import type { ObservedPlans } from './observed-plans.ts';
import { observePlans } from './observed-plans.ts';
import type { RecordColumns } from './record-columns.ts';
import { recordColumns } from './record-columns.ts';
import type { KnownAtDecision } from './logged-decision.ts';
import type { RatesAt } from './session-caches.ts';
import { sessionCaches } from './session-caches.ts';
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
  /** What a model charges for the prefix of a session. Absent or `undefined`: its list price, by the name that the ledger has of it. */
  readonly prefixRatesOf?: RatesAt;
  readonly seed?: string | number;
  /** Called every few thousand records with the number read or learnt from so far. */
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

/** Records between two calls of `progress`. */
const PROGRESS_EVERY = 5_000;
/** Intents that are kept whole while their records are learnt from; others are put together again. */
const MAX_LATEST = 10_000;
/** Intents that are replayed before the event loop runs other work. */
const YIELD_EVERY = 1_000;

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
  const { features, lastMs } = await ofOneMoment(store, async view => {
    const runs = await runsOf(view, policy, options, { feature: options.feature });
    // What an intent of a session meets in a cache depends on those of other features.
    return runs.hasGaps && options.feature !== undefined ? runsOf(view, policy, options, {}) : runs;
  });
  const asked = [...features].filter(([name]) => name === (options.feature ?? name));
  const replayed = Object.fromEntries(
    asked.map(([name, run]) => [name, featureReplayOf(run, { lastMs, silenceMs: options.silenceMs?.[name] })]),
  );
  return { policy: policy.name, features: replayed, total: totalOf(Object.values(replayed)) };
}

/** Every feature's decisions with their outcomes, and the time of the last record. */
async function runsOf(
  store: ReplayedLedger,
  policy: Policy,
  options: ReplayLedgerOptions,
  { feature }: { readonly feature?: string | undefined },
): Promise<{ readonly features: ReadonlyMap<string, LedgerRun>; readonly lastMs: number; readonly hasGaps: boolean }> {
  const { fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY } = options;
  const range = feature === undefined ? {} : { feature };
  let records = 0;
  const count = (): void => {
    if (++records % PROGRESS_EVERY === 0) options.progress?.(records);
  };

  // The plans must be known before the first decision, so the records are kept, and replayed from memory.
  const observed = new Map<string, ObservedPlans>();
  const columns = recordColumns();
  let lastMs = Number.NEGATIVE_INFINITY;
  for await (const record of store.scan(range)) {
    count();
    lastMs = Math.max(lastMs, record.atMs);
    columns.add(record);
    observePlans(observed, record, columns.planOf);
  }
  const features = new Map([...observed].map(([name, plans]) => [name, startLedgerRun(name, plans)]));
  const pooling =
    features.size > 1 ? priorPooling(new Map([...features].map(([name, { learned }]) => [name, learned]))) : undefined;
  const random = seededRandom(options.seed ?? 1).fork('policy');
  const isWanted = (atMs: number): boolean => atMs >= fromMs && atMs < toMs;

  /** Records whose evidence the features have. A policy that does not look at it, such as a fixed one, needs none. */
  let learnt = 0;
  /** Most intents get all their records within a while. */
  const latest = new Map<number, Intent>();
  function learnUntil(end: number): void {
    for (; learnt < end; learnt++) {
      count();
      const record = columns.record(learnt);
      const run = features.get(record.feature) as LedgerRun;
      const intent = columns.intentOf(learnt);
      const before = latest.get(intent) ?? columns.intentBefore(learnt);
      const after = appendRecord(before, record);
      latest.set(intent, after);
      if (latest.size > MAX_LATEST) latest.delete(latest.keys().next().value as number);
      if (before === undefined) {
        // Every decision makes its segment known.
        if (record.kind === 'decided' && isWanted(record.atMs)) run.learned.segment(record.segment);
        continue;
      }
      const delta = contributionDelta(before, after);
      run.learned.apply(delta, after.decided.atMs);
      pooling?.add(delta);
    }
  }

  const targets: (KnownAtDecision['target'] | undefined)[] = [];
  for (let intent = 0; intent < columns.intents; intent++) {
    if (intent % YIELD_EVERY === 0) await nextTurn();
    const index = columns.firstOf(intent);
    const record = columns.record(index) as DecidedRecord;
    if (!isWanted(record.atMs)) {
      targets.push(undefined);
      continue;
    }
    const run = features.get(record.feature) as LedgerRun;
    const learned = (): LearnedSegment => {
      learnUntil(index);
      return run.learned.segment(record.segment);
    };
    targets.push(askTarget(run, record, { policy, question: options, random, learned }));
  }
  const caches = sessionCaches();
  const inOrder = targets.map((_, intent) => intent).sort(byDecision(columns));
  for (const intent of inOrder) {
    const { prefix } = columns.record(columns.firstOf(intent)) as DecidedRecord;
    if (prefix !== undefined) caches.add(columns.intentAt(columns.lastOf(intent)), targets[intent]);
  }
  const listed = listRates();
  const extraUsd = caches.extraUsd((...asked) => options.prefixRatesOf?.(...asked) ?? listed(...asked));
  for (const intent of inOrder) {
    if (!isWanted(columns.decidedAtMs(intent))) continue;
    const whole = columns.intentAt(columns.lastOf(intent));
    const run = features.get(whole.decided.feature) as LedgerRun;
    recordOutcome(run, { intent: whole, target: targets[intent], question: options, extraUsd: extraUsd.get(whole.id) });
  }
  return { features, lastMs, hasGaps: caches.hasGaps };
}

/** Those of the models' list prices. */
function listRates(): RatesAt {
  const priceOf = listPrices();
  return ({ versions, atMs }, model, tokens) => ledgerPrefixRates(versions, atMs, priceOf)(model, tokens);
}

/** By time; decisions of one moment by intent, so that the order in which a store happened to append them does not matter. */
function byDecision(columns: RecordColumns): (x: number, y: number) => number {
  return (x, y) => {
    const [xMs, yMs] = [columns.decidedAtMs(x), columns.decidedAtMs(y)];
    if (xMs !== yMs) return xMs - yMs;
    return columns.idOf(x) < columns.idOf(y) ? -1 : 1;
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
