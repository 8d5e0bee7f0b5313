/** The tables of the routing benchmark, from its saved results; neither tables nor verdicts are written by hand. */
import type { RoutingResult } from '../benchmarks/results.ts';
import { readResult } from '../benchmarks/results.ts';
import type { Cell, QualityCell } from '../benchmarks/routing/measure.ts';
import { formatCount, formatFigure, formatPercent } from '../src/core/report/wording.ts';
import type { FigureBlock } from './figure-blocks.ts';
import { markdownTable } from './figure-blocks.ts';
import {
  APART,
  comparable,
  FIXED,
  labelOf,
  measured,
  nameOf,
  ratioOf,
  ROUTER,
  rowOf,
  timesOf,
  toShown,
  withError,
} from './routing-cells.ts';
import { climbing, sharing, verdictOn } from './routing-verdicts.ts';

/** Shown in the README; the documentation page has all of them. */
const RIVALS: readonly string[] = [
  ...FIXED,
  'random-mix',
  'epsilon-greedy',
  'commit-after-100',
  'track-and-stop',
  'weighted-rule',
];

export function routingFigures(result: RoutingResult): Readonly<Record<string, FigureBlock>> {
  const ofPairs = result.cells.filter(({ on }) => result.quality.some(pair => pair.on === on));
  const pairs = ofPairs.filter(({ rows }) => rows === 'all');
  if (pairs.length === 0)
    throw new RangeError('these results are without the pairs: run the benchmark with its data files');
  const heldout = ofPairs.filter(({ rows }) => rows === 'heldout');
  const worlds = result.cells.filter(cell => !ofPairs.includes(cell));
  const block = (make: () => string): FigureBlock => ({ command: result.command, exact: true, make });
  return {
    routing: block(() =>
      [rivalTable(pairs), legend(pairs), `Of these, ${verdictOn(pairs, RIVALS)}`, apart(heldout)].join('\n\n'),
    ),
    'routing-pairs': block(() => `${pairTables(pairs)}\n\n${barsOf(result)}`),
    'routing-losses': block(
      () => `Among the policies with the same information, ${verdictOn(pairs, comparable(pairs))}`,
    ),
    'routing-settings': block(() => `${climbing([...pairs, ...worlds])}\n\n${sharing([...pairs, ...worlds])}`),
    'routing-split': block(
      () => `${splitTable(ofPairs)}\n\nAgainst these two, on the held-out rows alone: ${verdictOn(heldout, FIXED)}`,
    ),
    'routing-quality': block(() => qualityTable(result.quality)),
    'routing-worlds': block(
      () =>
        `${policyTable(worlds, labelOf)}\n\nAmong the policies with the same information, ${verdictOn(worlds, comparable(worlds))}`,
    ),
  };
}

export const ROUTING_FIGURES: Readonly<Record<string, FigureBlock>> = routingFigures(readResult('routing'));

function bold(text: string, isBold: boolean): string {
  return isBold ? `**${text}**` : text;
}

function meanOf(cells: readonly Cell[], policy: string): number {
  return cells.reduce((sum, cell) => sum + measured(cell, policy).ratio, 0) / cells.length;
}

/** One row per cell. */
function rivalTable(cells: readonly Cell[]): string {
  return markdownTable(
    ['cheap / premium model, failure cost', nameOf(ROUTER), ...RIVALS.map(nameOf)],
    cells.map(cell => {
      const lowest = Math.min(...[ROUTER, ...RIVALS].map(policy => ratioOf(cell, policy)));
      return [
        labelOf(cell),
        ...[ROUTER, ...RIVALS].map(policy => {
          const row = measured(cell, policy);
          const text = policy === ROUTER ? withError(row) : row.ratio.toFixed(3);
          return bold(text, ratioOf(cell, policy) === lowest);
        }),
      ];
    }),
  );
}

/** One row per policy, one column per cell. */
function policyTable(cells: readonly Cell[], title: (cell: Cell) => string): string {
  const policies = [...new Set(cells.flatMap(cell => cell.policies.map(({ policy }) => policy)))];
  const peers = [ROUTER, APART, ...comparable(cells)];
  const lowest = cells.map(cell =>
    Math.min(...peers.map(policy => rowOf(cell, policy)?.ratio ?? Infinity).map(toShown)),
  );
  return markdownTable(
    ['policy', ...cells.map(title)],
    policies.map(policy => [
      nameOf(policy),
      ...cells.map((cell, k) => {
        const row = rowOf(cell, policy);
        if (row === undefined) return '';
        return bold(withError(row), peers.includes(policy) && ratioOf(cell, policy) === lowest[k]);
      }),
    ]),
  );
}

function pairTables(cells: readonly Cell[]): string {
  return Object.entries(Object.groupBy(cells, ({ on }) => on))
    .map(([on, own = []]) => `**${on}**, ${formatCount(own[0]?.intents ?? 0)} intents\n\n${policyTable(own, timesOf)}`)
    .join('\n\n');
}

function legend(cells: readonly Cell[]): string {
  const means = [ROUTER, ...RIVALS]
    .map(policy => ({ policy, mean: meanOf(cells, policy) }))
    .sort((x, y) => x.mean - y.mean)
    .map(({ policy, mean }) => `${nameOf(policy)} ${mean.toFixed(3)}`);
  return (
    `Means of ${cells[0]?.shuffles ?? 0} shuffles, ± the standard error of the router's; in bold the lowest of the row. ` +
    `Over all rows: ${means.join('; ')}.`
  );
}

function apart(heldout: readonly Cell[]): string {
  const better = heldout.reduce((sum, cell) => sum + betterFixed(cell), 0) / heldout.length;
  return (
    `On the held-out part of the requests alone, the router's mean is ${meanOf(heldout, ROUTER).toFixed(3)}; ` +
    `that of the better of ${FIXED.join(' and ')}, whichever it is in each row, ${better.toFixed(3)}.`
  );
}

function betterFixed(cell: Cell): number {
  return Math.min(...FIXED.map(policy => measured(cell, policy).ratio));
}

function barsOf({ checks }: RoutingResult): string {
  const missed = checks.filter(({ passes }) => !passes);
  const items = missed.map(
    ({ what, value, atMost }) => `- missed: ${what} (${value.toFixed(3)} > ${atMost.toFixed(3)})`,
  );
  return [`${checks.length - missed.length} of ${checks.length} bars reached.`, ...items].join('\n');
}

function splitTable(cells: readonly Cell[]): string {
  const parts = (['dev', 'heldout', 'all'] as const).map(part => cells.filter(({ rows }) => rows === part));
  const [dev = [], heldout = [], all = []] = parts;
  const rows = all.map((cell, i) => [
    labelOf(cell),
    ...[dev[i], heldout[i], cell].flatMap(each => {
      const row = each && rowOf(each, ROUTER);
      return each === undefined || row === undefined ? ['', ''] : [withError(row), betterFixed(each).toFixed(3)];
    }),
  ]);
  const means = parts.flatMap(part => [
    meanOf(part, ROUTER),
    part.reduce((sum, cell) => sum + betterFixed(cell), 0) / part.length,
  ]);
  return markdownTable(
    ['', 'dev: router', 'better fixed', 'held-out: router', 'better fixed', 'all: router', 'better fixed'],
    [...rows, ['mean', ...means.map(mean => mean.toFixed(3))]],
  );
}

function qualityTable(cells: readonly QualityCell[]): string {
  const below = cells.filter(({ success, needed }) => success < needed);
  return (
    `${markdownTable(
      ['', 'intents', 'needed', 'router', "share of premium's spend", 'one model per feature', 'its share'],
      cells.map(({ on, intents, needed, success: value, low, high, share, staticSuccess, staticShare }) => [
        on,
        formatCount(intents),
        formatPercent(needed),
        formatFigure({ value, low, high }, formatPercent),
        formatPercent(share),
        formatPercent(staticSuccess),
        formatPercent(staticShare),
      ]),
    )}\n\n` +
    `The needed rate lies within or below the router's interval in ${cells.filter(({ high, needed }) => high >= needed).length} of ${cells.length}; ` +
    `the router's own rate is below the needed one in ${below.length}${below.length === 0 ? '' : `: ${below.map(({ on }) => on).join(', ')}`}.`
  );
}
