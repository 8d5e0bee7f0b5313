/** Replays the decisions of a ledger that was read into columns: those of every feature, with their outcomes. */
import type { LearnedSegment } from '../../core/beliefs/learned-segment.ts';
import { seededRandom } from '../../core/math/random.ts';
import type { Policy } from '../../contracts/policy.ts';
import { ledgerPrefixRates, listPrices } from '../../prices/prefix-rates.ts';
import { nextTurn } from '../../runtime.ts';
import { priorPooling } from '../common/prior-pooling.ts';
import { askedTargets } from './asked-targets.ts';
import { intentsByFeature, recordEnds } from './ledger-ends.ts';
import { ledgerLearning } from './ledger-learning.ts';
import type { LedgerRun, ReplayQuestion } from './ledger-run.ts';
import { emptyLog, startLedgerRun } from './ledger-run.ts';
import { PROGRESS_EVERY } from './read-columns.ts';
import type { RecordColumns } from './record-columns.ts';
import type { RatesAt } from './session-caches.ts';
import { sessionCaches } from './session-caches.ts';
import { askPolicy, choiceOf } from './target-decision.ts';
import { usualIntents } from './usual-intents.ts';

/** The caller's options for a replay's decisions; the same as in `ReplayLedgerOptions`. */
export interface LedgerRunOptions extends ReplayQuestion {
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly prefixRatesOf?: RatesAt;
  readonly seed?: string | number;
  readonly progress?: (records: number) => void;
}

/** Intents that are replayed before the event loop runs other work. */
const YIELD_EVERY = 1_000;

export interface LedgerRuns {
  readonly features: readonly string[];
  /** Sessions have intents that are not in the columns. */
  readonly hasGaps: boolean;
  /**
   * The decisions of a feature with their outcomes, until the next call: it uses their memory again, because those of all features would be
   * most of the memory.
   */
  endedRun(feature: string): LedgerRun;
}

/** Asks the policy at every decision. */
export async function runsOf(columns: RecordColumns, policy: Policy, options: LedgerRunOptions): Promise<LedgerRuns> {
  const { fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY } = options;
  let records = columns.length;
  const count = (): void => {
    if (++records % PROGRESS_EVERY === 0) options.progress?.(records);
  };
  const features = new Map([...columns.plans].map(([name, plans]) => [name, startLedgerRun(name, plans)]));
  const pooling =
    features.size > 1 ? priorPooling(new Map([...features].map(([name, { learned }]) => [name, learned]))) : undefined;
  const random = seededRandom(options.seed ?? 1).fork('policy');
  const isWanted = (atMs: number): boolean => atMs >= fromMs && atMs < toMs;

  const usual = usualIntents(columns);
  const learnUntil = ledgerLearning(columns, { features, usual, pooling, isWanted, count });

  /** By decision shape: the chosen plan, and the plans to choose from. */
  const choices = new Map<number, ReturnType<typeof choiceOf>>();
  const targets = askedTargets();
  let asked = 0;
  /** The state that the policy sees. It is kept because the policy reads it several times during one decision. */
  let shown: LearnedSegment | undefined;
  function learned(): LearnedSegment {
    if (shown !== undefined) return shown;
    learnUntil(columns.firstOf(asked));
    const { feature, segment } = columns.decisionShape(asked).shape;
    return (shown = (features.get(feature) as LedgerRun).learned.segment(segment));
  }
  const askedPolicy = { policy, question: options, random, learned, views: new Map() };
  for (; asked < columns.intents; asked++) {
    if (asked % YIELD_EVERY === 0) await nextTurn();
    const atMs = columns.decidedAtMs(asked);
    if (!isWanted(atMs)) {
      targets.leaveOut();
      continue;
    }
    const { index, shape } = columns.decisionShape(asked);
    const run = features.get(shape.feature) as LedgerRun;
    let choice = choices.get(index);
    if (choice === undefined) choices.set(index, (choice = choiceOf(run, shape)));
    const [, failureCostNanoUsd] = columns.decisionNumbers(asked);
    const { chosen, eligible } = choice;
    shown = undefined;
    const decision = { chosen, eligible, atMs, failureCostNanoUsd, term: shape.prefix?.term };
    const shares = askPolicy(run, decision, askedPolicy);
    if (shares === undefined) targets.leaveOut();
    else targets.push(shares, eligible);
  }
  const inOrder = inOrderOfTime(columns);
  const caches = sessionCaches();
  for (const intent of inOrder) {
    const { shape } = columns.decisionShape(intent);
    if (shape.prefix === undefined) continue;
    const target = targets.of(intent, (features.get(shape.feature) as LedgerRun).keys);
    caches.add(columns.intentAt(columns.lastOf(intent)), target);
  }
  const listed = listRates();
  const extraUsd = caches.extraUsd((...about) => options.prefixRatesOf?.(...about) ?? listed(...about));
  const intents = intentsByFeature(
    columns,
    inOrder.filter(intent => isWanted(columns.decidedAtMs(intent))),
  );
  const log = emptyLog();
  const ended = { columns, usual, features, targets, question: options, extraUsd };
  return {
    hasGaps: caches.hasGaps,
    features: [...intents.keys()],
    endedRun(name) {
      for (const part of Object.values(log)) part.clear();
      const run = { ...(features.get(name) as LedgerRun), ...log };
      recordEnds(run, intents.get(name) as Uint32Array, ended);
      return run;
    },
  };
}

/** Rates from the models' list prices. */
function listRates(): RatesAt {
  const priceOf = listPrices();
  return ({ versions, atMs }, model, tokens) => ledgerPrefixRates(versions, atMs, priceOf)(model, tokens);
}

/**
 * Intents by the time of their decisions. Intents of the same moment are ordered by id, so that the order in which a store
 * appended them does not matter.
 */
function inOrderOfTime(columns: RecordColumns): Uint32Array {
  const intents = new Uint32Array(columns.intents);
  const isBefore = (x: number, y: number): boolean => {
    const [xMs, yMs] = [columns.decidedAtMs(x), columns.decidedAtMs(y)];
    return xMs === yMs ? columns.idOf(x) < columns.idOf(y) : xMs < yMs;
  };
  // Most ledgers are sorted already.
  let isSorted = true;
  for (let intent = 0; intent < intents.length; intent++) {
    intents[intent] = intent;
    isSorted &&= intent === 0 || isBefore(intent - 1, intent);
  }
  return isSorted ? intents : intents.sort((x, y) => (x === y ? 0 : isBefore(x, y) ? -1 : 1));
}
