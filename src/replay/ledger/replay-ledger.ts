/**
 * Replays one's own ledger: what another policy would have cost on the intents that were logged, and how sure that is.
 * At every logged decision the other policy is asked what it would have done, knowing what the ledger knew by then.
 * Where that was not eligible the log holds no such choice: those decisions are left out and counted.
 */
import type { Intent, LedgerRecord } from '../../core/ledger/records.ts';
import { appendRecord } from '../../core/ledger/records.ts';
import { seededRandom } from '../../core/math/random.ts';
import { contributionDelta } from '../../core/cells/contribution.ts';
import type { Policy } from '../../contracts/policy.ts';
import type { Asked, FeatureReplay, LedgerRun, PlansSeen, Question } from './ledger-run.ts';
import { ask, finish, note, resultOf, see, startLedgerRun } from './ledger-run.ts';
import { priorSharing } from '../common/prior-sharing.ts';

/** What is read: every store is one. */
export interface ReplayedLedger {
  scan(range?: {
    readonly feature?: string;
    readonly fromMs?: number;
    readonly toMs?: number;
  }): AsyncIterable<LedgerRecord>;
}

export interface ReplayLedgerOptions extends Question {
  readonly feature?: string;
  /** Decisions at or after, and before, milliseconds since the epoch. Outcomes that came later count. */
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly seed?: string | number;
  /** Called now and then with the records read so far. */
  readonly progress?: (records: number) => void;
}

export interface LedgerReplay {
  readonly policy: string;
  readonly features: Readonly<Record<string, FeatureReplay>>;
  /** Of all features with an estimate: total cost, and what the other policy would have saved, USD, with intervals. */
  readonly total: { readonly intents: number; readonly savedUsd: Interval } | undefined;
}

export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const PROGRESS_EVERY = 5_000;

/**
 * @throws RouterError `invalid-value` for a policy that cannot say what it would do (no `allocation`, and a draw)
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
  const { feature, fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY } = options;
  const range = feature === undefined ? {} : { feature };
  let records = 0;
  const count = (): void => {
    if (++records % PROGRESS_EVERY === 0) options.progress?.(records);
  };

  const seen = new Map<string, PlansSeen>();
  for await (const record of store.scan(range)) {
    count();
    see(seen, record);
  }
  const features = new Map([...seen].map(([name, plans]) => [name, startLedgerRun(name, plans)]));
  const sharing =
    features.size > 1 ? priorSharing(new Map([...features].map(([name, { learned }]) => [name, learned]))) : undefined;
  const random = seededRandom(options.seed ?? 1).fork('policy');
  const open = new Map<string, { intent: Intent; readonly isWanted: boolean; readonly asked: Asked | undefined }>();
  for await (const record of store.scan(range)) {
    count();
    const run = features.get(record.feature) as LedgerRun;
    const known = open.get(record.intentId);
    if (known === undefined) {
      if (record.kind !== 'decided') continue;
      const isWanted = record.atMs >= fromMs && record.atMs < toMs;
      const asked = isWanted ? ask(run, record, { policy, question: options, random }) : undefined;
      open.set(record.intentId, { intent: appendRecord(undefined, record), isWanted, asked });
      continue;
    }
    const after = appendRecord(known.intent, record);
    const delta = contributionDelta(known.intent, after);
    run.learned.apply(delta);
    sharing?.add(delta);
    note(run, { before: known.intent, after }, options.failureCostUsd);
    known.intent = after;
  }
  for (const { intent, isWanted, asked } of open.values()) {
    const run = features.get(intent.decided.feature) as LedgerRun;
    if (isWanted) finish(run, { intent, asked, question: options });
  }
  const replayed = Object.fromEntries([...features].map(([name, run]) => [name, resultOf(run)]));
  return { policy: policy.name, features: replayed, total: totalOf(Object.values(replayed)) };
}

/** Sums over features, which are independent of each other. */
function totalOf(features: readonly FeatureReplay[]): LedgerReplay['total'] {
  let intents = 0;
  let value = 0;
  let variance = 0;
  for (const { estimate } of features) {
    if (estimate.kind === 'refused') continue;
    const { savedPerIntentUsd: saved } = estimate;
    intents += estimate.intents;
    value += estimate.intents * saved.value;
    variance += (estimate.intents * (saved.high - saved.value)) ** 2;
  }
  if (intents === 0) return undefined;
  const half = Math.sqrt(variance);
  return { intents, savedUsd: { value, low: value - half, high: value + half } };
}
