/**
 * Replays session traces: what conversations would have cost with this router, which learns during the replay and sees only the
 * answers of the models that it chose, compared with the same router without sessions, sessions that stay with their first model,
 * and one model for all.
 */
import type { ArgumentCheck } from '../argument-checks.ts';
import {
  aboveZero,
  accepting,
  callback,
  fraction,
  listOf,
  optional,
  optionsWith,
  recordOf,
  seed,
  wholeFromOne,
} from '../argument-checks.ts';
import { RouterError } from '../errors.ts';
import type { ModelConfigs } from '../config/router-config.ts';
import type { Figure } from '../core/math/interval.ts';
import { toUsd } from '../core/ledger/money.ts';
import type { ReplayedTotals, Strategy } from './session-run.ts';
import { runSessions } from './session-run.ts';
import type { TracedIntent } from './session-trace.ts';
import { checkTracedIntent } from './session-trace.ts';

export interface ReplaySessionsOptions {
  /** Models as for `createRouter`, under the names that the traces use. */
  readonly models: ModelConfigs;
  /** What a failed intent costs, USD. */
  readonly failureCostUsd: number;
  /** P(a prompt cache that should have a prefix has it); default 0.97. */
  readonly hitRate?: number;
  /** Runs with other random choices; default 4. */
  readonly runs?: number;
  /** Seed of the random choices; default 1. */
  readonly seed?: number | string;
  /** Called with the number of intents that are replayed, of all strategies and runs. */
  readonly progress?: (intents: number) => void;
}

/** A strategy's figures: means over the runs. */
export interface ReplayedStrategy {
  /** `sessions`: this router. `no-sessions`: the same router without the sessions' names. `pin-first`; `always:mini`. */
  readonly strategy: string;
  readonly totalUsd: number;
  readonly spendUsd: number;
  readonly costPerIntentUsd: number;
  readonly successRate: number;
  /**
   * The strategy's total cost over that of `no-sessions`, minus 1, with two standard errors over the runs; for a single run, the limits are
   * NaN.
   */
  readonly overNoSessions: Figure;
  /** The fraction of the prompt tokens that were read from a cache. */
  readonly readFraction: number;
  /** Intents whose model differs from that of the session's intent before, per run. */
  readonly switches: number;
  /** Intents by model, per run. */
  readonly chosen: Readonly<Record<string, number>>;
}

export interface SessionReplay {
  readonly intents: number;
  readonly sessions: number;
  readonly runs: number;
  readonly strategies: readonly ReplayedStrategy[];
}

/** Default probability that a cache that should have a prefix has it. */
const HIT_RATE = 0.97;
const RUNS = 4;

const checkOptions = optionsWith<ReplaySessionsOptions>({
  models: recordOf(
    'models by name, as for createRouter',
    accepting('a model', value => typeof value === 'object'),
  ),
  failureCostUsd: aboveZero,
  hitRate: optional(fraction),
  runs: optional(wholeFromOne),
  seed: optional(seed),
  progress: optional(callback),
});
const checkIntents = listOf('intents of readSessionTraces', checkTracedIntent);
const someIntents = accepting('at least one intent', value => (value as readonly unknown[]).length > 0);
const checkTraces: ArgumentCheck = (value, path) => {
  checkIntents(value, path);
  someIntents(value, path);
};

/**
 * Replays traces of sessions: the router with and without sessions, sessions that stay with their first model, and one model for all.
 *
 * @param traces in any order
 * @throws RouterError `invalid-data` where intents of one feature have answers by different models; `invalid-value`, `unknown-model`
 *   and `unknown-price` for wrong arguments
 * @example
 * ```ts
 * import { readSessionTraces } from 'outcome-router/replay';
 * const traces = await readSessionTraces('sessions.jsonl');
 * const { strategies } = await replaySessions(traces, { models, failureCostUsd: 2 });
 * strategies.map(({ strategy, costPerIntentUsd }) => [strategy, costPerIntentUsd]);
 * ```
 */
export async function replaySessions(
  traces: readonly TracedIntent[],
  options: ReplaySessionsOptions,
): Promise<SessionReplay> {
  checkTraces(traces, 'replaySessions.traces');
  checkOptions(options, 'replaySessions');
  const intents = traces.toSorted((a, b) => a.atMs - b.atMs);
  const { models, failureCostUsd, hitRate = HIT_RATE, runs = RUNS, seed: from = 1, progress } = options;
  const candidates = candidatesOf(intents, models);
  const always = [...new Set([...candidates.values()].flat())].filter(model =>
    [...candidates.values()].every(names => names.includes(model)),
  );
  const strategies: readonly Strategy[] = ['no-sessions', 'sessions', 'pin-first', ...always.map(model => ({ model }))];
  let done = 0;
  const replayed: { readonly name: string; readonly totals: readonly ReplayedTotals[] }[] = [];
  for (const strategy of strategies) {
    const totals: ReplayedTotals[] = [];
    for (let run = 0; run < runs; run++) {
      totals.push(
        await runSessions(intents, strategy, { models, candidates, failureCostUsd, hitRate, seed: `${from} ${run}` }),
      );
      progress?.((done += intents.length));
    }
    replayed.push({ name: typeof strategy === 'string' ? strategy : `always:${strategy.model}`, totals });
  }
  const [today] = replayed;
  return {
    intents: intents.length,
    sessions: new Set(intents.map(({ session }) => session)).size,
    runs,
    strategies: replayed.map(({ name, totals }) =>
      strategyOf(name, totals, { today: today?.totals ?? totals, intents: intents.length }),
    ),
  };
}

/** Models by feature. */
function candidatesOf(
  intents: readonly TracedIntent[],
  models: ModelConfigs,
): ReadonlyMap<string, readonly [string, ...string[]]> {
  const candidates = new Map<string, readonly [string, ...string[]]>();
  for (const { session, feature, answers } of intents) {
    const names = Object.keys(answers).sort() as [string, ...string[]];
    const known = candidates.get(feature) ?? names;
    if (names.join() !== known.join()) {
      throw new RouterError('invalid-data', `an intent of "${feature}" has answers by ${names.join(', ')}`, {
        path: `session ${session}`,
        accepted: `answers by the same models for every intent of a feature: ${known.join(', ')}`,
      });
    }
    candidates.set(feature, known);
  }
  const unknown = [...candidates.values()].flat().find(name => !Object.hasOwn(models, name));
  if (unknown === undefined) return candidates;
  throw new RouterError('unknown-model', `the traces have answers by "${unknown}"`, {
    path: 'replaySessions.models',
    accepted: Object.keys(models),
    given: unknown,
  });
}

function strategyOf(
  strategy: string,
  totals: readonly ReplayedTotals[],
  { today, intents }: { readonly today: readonly ReplayedTotals[]; readonly intents: number },
): ReplayedStrategy {
  const mean = (of: (totals: ReplayedTotals) => number): number =>
    totals.reduce((sum, each) => sum + of(each), 0) / totals.length;
  const totalUsd = mean(({ spendNanoUsd, failureUsd }) => toUsd(spendNanoUsd) + failureUsd);
  return {
    strategy,
    totalUsd,
    spendUsd: mean(({ spendNanoUsd }) => toUsd(spendNanoUsd)),
    costPerIntentUsd: totalUsd / intents,
    successRate: mean(({ successes }) => successes) / intents,
    overNoSessions: differenceOf(totals, today),
    readFraction: mean(({ readTokens }) => readTokens) / mean(({ promptTokens }) => promptTokens),
    switches: mean(({ switches }) => switches),
    chosen: Object.fromEntries(
      [...new Set(totals.flatMap(({ chosen }) => Object.keys(chosen)))].map(model => [
        model,
        mean(({ chosen }) => chosen[model] ?? 0),
      ]),
    ),
  };
}

/** The difference is taken run by run, because the same run of all strategies has the same random luck. */
function differenceOf(totals: readonly ReplayedTotals[], today: readonly ReplayedTotals[]): Figure {
  const usd = ({ spendNanoUsd, failureUsd }: ReplayedTotals): number => toUsd(spendNanoUsd) + failureUsd;
  const over = totals.map((each, run) => usd(each) / usd(today[run] as ReplayedTotals) - 1);
  const value = over.reduce((sum, each) => sum + each, 0) / over.length;
  const variance = over.reduce((sum, each) => sum + (each - value) ** 2, 0) / Math.max(1, over.length - 1);
  const twice = over.length < 2 ? Number.NaN : 2 * Math.sqrt(variance / over.length);
  return { value, low: value - twice, high: value + twice };
}
