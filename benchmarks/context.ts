/**
 * What does a policy that uses context save, and what does it cost where context predicts nothing? `contextual` against
 * `thompson` per feature (which ignores context) and against `thompson` per segment, on embedded worlds and with
 * --data on outcome tables.
 *
 *   npm run -s bench:context -- [--runs 24] [--data FILE]… [--only NAME] [--json] [--save NAME]
 *
 * A point is 1 % of the cost of the best model of each feature in hindsight. Worlds in which context predicts success have a
 * third of the runs. The exit code is 1 when a bar is missed. Data files are used for the pairs of models of
 * benchmarks/routing/pairs.ts, at a failure cost of ten times the premium model's price: with the length of the requests as
 * context, whose value is unknown, and with a random context, which has one bar for all pairs together.
 */
import { parseArgs } from 'node:util';
import { contextual } from '../src/policies/contextual.ts';
import type { Policy } from '../src/contracts/policy.ts';
import { thompson } from '../src/policies/thompson.ts';
import type { OutcomeTable } from '../src/replay/table/outcome-table.ts';
import { readPart } from './read-part.ts';
import { meanCosts } from '../src/replay/table/table-setting.ts';
import { replayTable } from '../src/replay/table/replay-table.ts';
import { CONTEXT_WORLDS, contextTable, withContext } from './context-worlds.ts';
import { table as tableText } from './report.ts';
import type { ContextCheck, ContextResult, Points } from './results.ts';
import { saveResult, thisMachine } from './results.ts';
import { PAIRS } from './routing/pairs.ts';

/** Maximum points that `contextual` may lose to `thompson` without context, in every world where context predicts nothing. */
const NO_SIGNAL_BAR = 1;
/** Maximum points that it may lose to `thompson` per segment where context predicts success. */
const SIGNAL_BAR = 5;

const { values } = parseArgs({
  options: {
    data: { type: 'string', multiple: true, default: [] },
    runs: { type: 'string', default: '24' },
    only: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
    save: { type: 'string' },
  },
});
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 6) throw new RangeError(`--runs is ${values.runs}`);

/** The cost of each policy, in points. */
interface Run {
  readonly plain: number;
  readonly contextual: number;
  /** `thompson` per segment; not measured where context predicts nothing. */
  readonly perSegment: number | undefined;
}

interface Cell {
  readonly on: string;
  /** The bars apply to all cells of one group together. */
  readonly group: string;
  readonly segments: string;
  readonly kind: 'no signal' | 'signal' | 'unknown';
  readonly runs: readonly Run[];
}

interface Options {
  readonly candidates: readonly string[];
  readonly failureCostUsd: number;
}

function once(
  table: OutcomeTable,
  { candidates, failureCostUsd }: Options,
  { seed, kind }: { seed: string; kind: Cell['kind'] },
): Run {
  // As in a running router: a single feature has no other features to pool priors with.
  const poolPriors = table.features.length > 1;
  const common = { candidates, failureCostUsd, seed, poolPriors, shuffles: 1, checkpoints: 1 };
  const points = (policy: Policy, useContext: boolean): number =>
    100 * (replayTable(table, [policy], { ...common, useContext }).policies[0]?.ratio ?? Number.NaN);
  return {
    plain: points(thompson(), false),
    contextual: points(contextual(), true),
    perSegment: kind === 'no signal' ? undefined : points(thompson(), true),
  };
}

function figure(points: readonly number[]): Points {
  const mean = points.reduce((sum, value) => sum + value, 0) / points.length;
  const variance = points.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (points.length - 1);
  return { mean, error: Math.sqrt(variance / points.length) };
}

const lost = (all: readonly Run[]): Points => figure(all.map(run => run.contextual - run.plain));
function lostToSegments(all: readonly Run[]): Points | undefined {
  const differences = all.flatMap(({ contextual: own, perSegment }) =>
    perSegment === undefined ? [] : [own - perSegment],
  );
  return differences.length > 0 ? figure(differences) : undefined;
}

const startedMs = performance.now();
const elapsed = (): string => `${((performance.now() - startedMs) / 1000).toFixed(0)} s`;
const cells: Cell[] = [];
function measure(cell: Omit<Cell, 'runs'>, tableOf: (run: number) => OutcomeTable, options: Options): void {
  process.stderr.write(`${elapsed()}  ${cell.on}, ${cell.segments}\n`);
  // A loss of one point takes more runs to detect than a gain of ten.
  const length = cell.kind === 'signal' ? Math.ceil(runs / 3) : runs;
  cells.push({
    ...cell,
    runs: Array.from({ length }, (_, i) => once(tableOf(i), options, { seed: `${i}`, kind: cell.kind })),
  });
}

for (const world of CONTEXT_WORLDS.filter(({ name }) => name.includes(values.only))) {
  for (const segments of [2, 4, 8]) {
    const { name: on, hasSignal, failureCostUsd } = world;
    const { models: candidates } = contextTable({ ...world, intents: 1 }, segments, '');
    measure(
      { on, group: on, segments: `${segments}`, kind: hasSignal ? 'signal' : 'no signal' },
      run => contextTable(world, segments, `${on}/${segments}/${run}`),
      { candidates, failureCostUsd },
    );
  }
}
for (const file of values.data) {
  for (const pair of PAIRS) {
    const candidates = [pair.cheap, pair.premium];
    const only = (feature: string, model: string): boolean =>
      feature.startsWith(pair.features) && candidates.includes(model);
    const read = await readPart(file, only);
    if (read === undefined || read.table.models.length < 2) continue;
    const of = { on: pair.name, group: 'outcome tables' };
    const options = { candidates, failureCostUsd: 10 * meanCosts(read.table)(pair.premium) };
    measure({ ...of, segments: 'length', kind: 'unknown' }, () => read.table, options);
    measure(
      { ...of, segments: '4 by lot', kind: 'no signal' },
      run => withContext(read.table, 4, `lot/${run}`),
      options,
    );
  }
}

const checks: ContextCheck[] = [];
function check(what: string, points: Points | undefined, atMost: number): void {
  if (points !== undefined) checks.push({ what, points, atMost, passes: points.mean <= atMost });
}
const ofKind = (all: readonly Cell[], kind: Cell['kind']): readonly Run[] =>
  all.filter(cell => cell.kind === kind).flatMap(cell => cell.runs);
for (const [group, all] of Map.groupBy(cells, cell => cell.group)) {
  const without = ofKind(all, 'no signal');
  const withSignal = ofKind(all, 'signal');
  if (without.length > 0) check(`${group}: lost to the plain policy`, lost(without), NO_SIGNAL_BAR);
  if (withSignal.length > 0) check(`${group}: not worse than the plain policy`, lost(withSignal), 0);
  check(`${group}: lost to thompson per segment`, lostToSegments(withSignal), SIGNAL_BAR);
}
const without = ofKind(cells, 'no signal');
if (without.length > 0) check('all without signal: lost to the plain policy', lost(without), NO_SIGNAL_BAR);

const missed = checks.filter(({ passes }) => !passes);
const result: ContextResult = {
  command: `npm run bench:context --${values.data.map(() => ' --data FILE').join('')} --runs ${runs}`,
  machine: thisMachine(),
  seconds: Math.round((performance.now() - startedMs) / 1000),
  cells: cells.map(({ on, segments, kind, runs: all }) => ({
    on,
    segments,
    kind,
    runs: all.length,
    plain: figure(all.map(run => run.plain)),
    contextual: figure(all.map(run => run.contextual)),
    lost: lost(all),
    lostToSegments: lostToSegments(all),
  })),
  checks,
};
if (values.save !== undefined) saveResult(values.save, result);
process.stdout.write(values.json ? `${JSON.stringify(result, null, 2)}\n` : text());
process.exitCode = missed.length > 0 ? 1 : 0;

function text(): string {
  const shown = (points: Points | undefined): string =>
    points === undefined ? '' : `${points.mean.toFixed(2)} ± ${points.error.toFixed(2)}`;
  const upper = ({ mean, error }: Points): string => (mean + 1.96 * error).toFixed(2);
  const lines = [
    'Cost in points of the best model per feature in hindsight, ± standard error; what is lost, run by run',
    tableText(
      ['world', 'segments', 'context', 'runs', 'plain', 'contextual', 'lost', 'at most (95 %)', 'lost to per segment'],
      result.cells.map(cell => [
        cell.on,
        cell.segments,
        cell.kind,
        `${cell.runs}`,
        shown(cell.plain),
        shown(cell.contextual),
        shown(cell.lost),
        upper(cell.lost),
        shown(cell.lostToSegments),
      ]),
    ),
    '',
    tableText(
      ['', 'points', 'at most (95 %)', 'bar', ''],
      checks.map(({ what, points, atMost, passes }) => [
        what,
        shown(points),
        upper(points),
        `≤ ${atMost}`,
        passes ? '' : 'MISSED',
      ]),
    ),
    `${checks.length - missed.length} of ${checks.length} bars reached, ${elapsed()}`,
  ];
  return `${lines.join('\n')}\n`;
}
