/** The tables of the routing benchmark, from its kept results: nothing in them, and no verdict on them, is written by hand. */
import type { RoutingResult } from '../benchmarks/results.ts';
import { readResult } from '../benchmarks/results.ts';
import type { Cell, QualityCell, Row } from '../benchmarks/routing/measure.ts';
import { formatCount, formatFigure, formatShare } from '../src/core/wording.ts';
import type { FigureBlock } from './figure-blocks.ts';
import { markdownTable } from './figure-blocks.ts';

const ROUTER = 'thompson';
/** The router itself, in another setting: no rival. */
const APART = 'thompson, features apart';
const NAMES: Readonly<Record<string, string>> = {
  [ROUTER]: 'router',
  [APART]: 'router, features apart',
  'thompson, perfect verdict': 'router, perfect verdict',
  'random-mix': 'random mix',
  'epsilon-greedy': 'ε-greedy',
  'commit-after-20': 'n ≥ 20, then commit',
  'commit-after-100': 'n ≥ 100, then commit',
  'weighted-rule': 'fixed-weight rule',
};
const FIXED = ['always cheap', 'always premium'] as const;
/** In the README; the page has all. */
const RIVALS = [
  ...FIXED,
  'random-mix',
  'epsilon-greedy',
  'commit-after-100',
  'track-and-stop',
  'weighted-rule',
] as const;

export function routingFigures(result: RoutingResult): Readonly<Record<string, FigureBlock>> {
  const ofPairs = result.cells.filter(({ on }) => result.quality.some(pair => pair.on === on));
  const pairs = ofPairs.filter(({ rows }) => rows === 'all');
  const heldout = ofPairs.filter(({ rows }) => rows === 'heldout');
  const worlds = result.cells.filter(cell => !ofPairs.includes(cell));
  const block = (make: () => string): FigureBlock => ({ command: result.command, exact: true, make });
  return {
    routing: block(() =>
      [rivalTable(pairs), legend(pairs), `Of these, ${verdictOn(pairs, RIVALS)}`, apart(heldout)].join('\n\n'),
    ),
    'routing-pairs': block(() => `${pairTables(pairs)}\n\n${barsOf(result)}`),
    'routing-losses': block(() => `Of the policies that know what it knows, ${verdictOn(pairs, comparable(pairs))}`),
    'routing-settings': block(() => `${climbing([...pairs, ...worlds])}\n\n${sharing([...pairs, ...worlds])}`),
    'routing-split': block(
      () => `${splitTable(ofPairs)}\n\nAgainst these two, on the held-out rows alone: ${verdictOn(heldout, FIXED)}`,
    ),
    'routing-quality': block(() => qualityTable(result.quality)),
    'routing-worlds': block(
      () =>
        `${policyTable(worlds, labelOf)}\n\nOf the policies that know what it knows, ${verdictOn(worlds, comparable(worlds))}`,
    ),
  };
}

export const ROUTING_FIGURES: Readonly<Record<string, FigureBlock>> = routingFigures(readResult('routing'));

function nameOf(policy: string): string {
  return NAMES[policy] ?? policy;
}

function timesOf({ times }: Cell): string {
  return `${times < 2 ? Number(times.toFixed(1)) : formatCount(times)}×`;
}

function labelOf(cell: Cell): string {
  return cell.on.includes('×') ? cell.on : `${cell.on}, ${timesOf(cell)}`;
}

function rowOf(cell: Cell, policy: string): Row | undefined {
  return cell.policies.find(row => row.policy === policy);
}

/** @throws RangeError for a policy that was not measured: its name has changed, or the result is an old one */
function measured(cell: Cell, policy: string): Row {
  const row = rowOf(cell, policy);
  if (row === undefined) throw new RangeError(`${labelOf(cell)} has no figures of "${policy}"`);
  return row;
}

/** NaN for what was not measured there. To the digits that are shown, so that what reads as equal is compared as equal. */
function ratioOf(cell: Cell, policy: string): number {
  return toShown(rowOf(cell, policy)?.ratio ?? Number.NaN);
}

function toShown(ratio: number): number {
  return Number(ratio.toFixed(3));
}

/** Policies that know what the router knows: no oracle, no verdict. */
function comparable(cells: readonly Cell[]): readonly string[] {
  const all = new Set(cells.flatMap(({ policies }) => policies.map(({ policy }) => policy)));
  return [...all].filter(policy => policy !== ROUTER && policy !== APART && !/oracle|verdict/.test(policy));
}

function withError({ ratio, error = 0 }: Row): string {
  // What does not depend on the order has an error of rounding, if any.
  if (error < 1e-9) return ratio.toFixed(3);
  return `${ratio.toFixed(3)} ± ${error < 0.0005 ? '<0.001' : error.toFixed(3)}`;
}

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

/** Where the router is the lowest, and everywhere it is not. */
export function verdictOn(cells: readonly Cell[], rivals: readonly string[]): string {
  const lower = rivals.map(rival => ({
    rival,
    in: cells.filter(cell => ratioOf(cell, rival) < ratioOf(cell, ROUTER)),
  }));
  const lost = new Set(lower.flatMap(each => each.in));
  const won = cells.filter(cell => !lost.has(cell));
  const close = won.filter(cell => rivals.some(rival => isClose(rowOf(cell, ROUTER), rowOf(cell, rival))));
  const closely = close.length === 0 ? '' : `, of which ${close.length} by less than two standard errors`;
  const verdict = `the router is the lowest in ${won.length} of ${cells.length} cases${closely}`;
  if (lost.size === 0) return `${verdict}.`;
  const items = lower
    .filter(each => each.in.length > 0)
    .map(each => `- **${nameOf(each.rival)}**: ${each.in.map(cell => against(cell, each.rival, ROUTER)).join('; ')}`);
  return `${verdict}. It does not win against\n\n${items.join('\n')}`;
}

function against(cell: Cell, lower: string, higher: string): string {
  const close = isClose(rowOf(cell, lower), rowOf(cell, higher)) ? ', within two standard errors' : '';
  return `${labelOf(cell)} (${ratioOf(cell, lower).toFixed(3)} against ${ratioOf(cell, higher).toFixed(3)}${close})`;
}

function isClose(x: Row | undefined, y: Row | undefined): boolean {
  if (x === undefined || y === undefined) return false;
  return Math.abs(x.ratio - y.ratio) < 2 * Math.hypot(x.error ?? 0, y.error ?? 0);
}

/** With a verdict that is never wrong, climbing from the cheapest up is hard to beat. */
function climbing(cells: readonly Cell[]): string {
  const cascade = 'cascade, perfect verdict';
  const router = 'thompson, perfect verdict';
  const lower = cells.filter(cell => ratioOf(cell, cascade) < ratioOf(cell, router));
  const extra = lower.map(cell => ratioOf(cell, router) / ratioOf(cell, cascade) - 1);
  return (
    `Among all plans, with a verdict that is never wrong, the router costs less than always climbing in ${cells.length - lower.length} of ` +
    `${cells.length} cases${lower.length === 0 ? '.' : `; in the other ${lower.length} it costs ${formatShare(Math.min(...extra))} to ${formatShare(Math.max(...extra))} more, what learning to climb costs.`}`
  );
}

/** What priors shared between features bring, and where they cost. */
function sharing(cells: readonly Cell[]): string {
  const worse = cells.filter(cell => ratioOf(cell, APART) < ratioOf(cell, ROUTER));
  const rest =
    worse.length === 0 ? '' : `; in the others it does: ${worse.map(cell => against(cell, APART, ROUTER)).join('; ')}`;
  return `Sharing priors between features costs no more than keeping them apart in ${cells.length - worse.length} of ${cells.length} cases${rest}.`;
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
        formatShare(needed),
        formatFigure({ value, low, high }, formatShare),
        formatShare(share),
        formatShare(staticSuccess),
        formatShare(staticShare),
      ]),
    )}\n\n` +
    `What is needed lies within the router's interval, or below, in ${cells.filter(({ high, needed }) => high >= needed).length} of ${cells.length}; ` +
    `its own figure is below it in ${below.length}${below.length === 0 ? '' : `: ${below.map(({ on }) => on).join(', ')}`}.`
  );
}
