/** `outcome-router replay-sessions`: what recorded or generated conversations would have cost with the router and with the market's rules. */
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { ModelConfigs, RouterConfig } from '../../config/router-config.ts';
import type { SessionReplay } from '../../conversations/replay-sessions.ts';
import { replaySessions } from '../../conversations/replay-sessions.ts';
import type { TracedIntent } from '../../conversations/session-trace.ts';
import { readSessionTraces } from '../../conversations/session-trace.ts';
import type { Figure } from '../../core/math/interval.ts';
import { formatCount, formatFigure, formatPercent, formatUsd } from '../../core/report/wording.ts';
import { RouterError } from '../../errors.ts';
import { resolvePrice } from '../../prices/price-book.ts';
import { loadApplication, readConfiguration, withConfig } from '../io/application.ts';
import { parseCount } from '../io/numbers.ts';
import { parseUsd } from '../io/offline-options.ts';
import { printResult, withJson } from '../io/output.ts';
import { startProgress } from '../io/progress.ts';
import { left, renderTable, right } from '../text/table.ts';

interface ReplaySessionsFlags {
  readonly failureCost: number;
  readonly runs: number;
  readonly seed: string;
  readonly config?: string;
  readonly json?: boolean;
}

/** Adds `replay-sessions` to the program. */
export function register(program: Command): void {
  withJson(withConfig(program.command('replay-sessions')))
    .argument('<file>', 'traces, JSON lines: one intent each')
    .description(
      'Replay session traces (`outcome-router help conversations`): the router with and without sessions, sessions that stay with their first ' +
        'model, and one model for all, each billed by what its prompt caches would have had.',
    )
    .requiredOption('--failure-cost <usd>', 'what a failed intent costs', parseUsd)
    .option('--runs <n>', 'runs with other random choices', parseRuns, 4)
    .option('--seed <text>', 'seed of the random draws', '1')
    .action(async (file: string, { failureCost, runs, seed, config, json }: ReplaySessionsFlags) => {
      const traces = await readSessionTraces(file);
      const models = config === undefined ? listedModels(traces) : await configuredModels(config);
      const progress = startProgress({ label: 'replaying intents', silent: json });
      const replay = await replaySessions(traces, {
        models,
        failureCostUsd: failureCost,
        runs,
        seed,
        progress: intents => progress.reach(intents),
      }).finally(() => progress.done());
      printResult(replay, { json }, renderSessionReplay);
    });
}

function parseRuns(text: string): number {
  const runs = parseCount(text);
  if (runs >= 1) return runs;
  throw new InvalidArgumentError('Not a number of runs from 1.');
}

async function configuredModels(file: string): Promise<ModelConfigs> {
  await loadApplication(file);
  return ((await readConfiguration(file)) as RouterConfig).models;
}

/** Models whose names in the traces are those of the price book. */
function listedModels(traces: readonly TracedIntent[]): ModelConfigs {
  const names = new Set(traces.flatMap(({ answers }) => Object.keys(answers)));
  return Object.fromEntries([...names].map(model => [model, { provider: providerOf(model), model }]));
}

function providerOf(model: string): 'openai' | 'anthropic' {
  for (const provider of ['openai', 'anthropic'] as const) {
    try {
      resolvePrice({ provider, model });
      return provider;
    } catch (error) {
      if (!RouterError.isInstance(error) || error.code !== 'unknown-price') throw error;
    }
  }
  throw new RouterError('unknown-price', `the price book has no model "${model}"`, {
    path: '--config',
    accepted: 'a configuration with the models of the traces, or traces with the vendors’ names of the models',
  });
}

/** Display names of the strategies. */
const NAMES: Readonly<Record<string, string>> = {
  sessions: 'the router, with sessions',
  'no-sessions': 'the router, without sessions',
  'pin-first': 'sessions stay with their first model',
};

export function strategyName(strategy: string): string {
  return NAMES[strategy] ?? `always ${strategy.slice('always:'.length)}`;
}

/** A single run does not show how far chance has moved the result. */
function formatOver(over: Figure): string {
  return Number.isNaN(over.low) ? formatPercent(over.value) : formatFigure(over, formatPercent);
}

export function renderSessionReplay({ intents, sessions, runs, strategies }: SessionReplay): string {
  const rows = strategies.map(each => [
    strategyName(each.strategy),
    formatPercent(each.successRate),
    formatUsd(each.spendUsd / intents),
    formatUsd(each.costPerIntentUsd),
    each.strategy === 'no-sessions' ? '' : formatOver(each.overNoSessions),
    formatPercent(each.readFraction),
    formatCount(each.switches),
  ]);
  const columns = [
    left('Strategy'),
    right('Success'),
    right('Model spend'),
    right('Cost per intent'),
    right('Over the router without sessions'),
    right('Read from cache'),
    right('Model changes'),
  ];
  return (
    `${formatCount(intents)} intents of ${formatCount(sessions)} sessions; ${runs === 1 ? 'one run' : `means of ${formatCount(runs)} runs`}.\n` +
    `${renderTable(columns, rows)}\n` +
    (runs === 1
      ? 'With --runs, a figure would show how far chance moves it.'
      : 'In brackets: two standard errors over the runs, which differ in random choices and not in their sessions.')
  );
}
