/**
 * What does routing save, and against which alternatives? Every policy starts without statistics, runs on several shuffles
 * and sees only the outcomes of the plans it chose: on embedded worlds, and with --data on outcome tables.
 *
 *   npm run -s bench:routing -- [--data FILE]… [--shuffles 16] [--smoke] [--json] [--save NAME]
 *
 * A data file is used for every known pair of models that it holds (benchmarks/routing/pairs.ts); those have bars, and
 * the exit code is 1 when one is missed. --save keeps the figures in benchmarks/results/NAME.json.
 */
import { parseArgs } from 'node:util';
import { keepIntents } from '../../src/replay/table/table-builder.ts';
import { readPart } from '../read-part.ts';
import { table as tableText } from '../report.ts';
import type { Check, RoutingResult } from '../results.ts';
import { saveResult, thisMachine } from '../results.ts';
import type { Cascade } from './cascades.ts';
import { CASCADES, costsOverBestPlan, VERDICTS } from './cascades.ts';
import type { CandidatesCell } from './candidates.ts';
import { CANDIDATE_LISTS, measureCandidates } from './candidates.ts';
import type { Cell, QualityCell } from './measure.ts';
import { measure, measureQuality, premiumPrice } from './measure.ts';
import { FAILURE_COSTS, FIXED_BAR, MEAN_BAR, PAIRS } from './pairs.ts';
import { splitOf } from './split.ts';
import { WORLDS, worldTable } from './worlds.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string', multiple: true, default: [] },
    shuffles: { type: 'string', default: '16' },
    smoke: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    save: { type: 'string' },
  },
});
const shuffles = values.smoke ? 2 : Number(values.shuffles);
if (!Number.isInteger(shuffles) || shuffles < 1) throw new RangeError(`--shuffles is ${values.shuffles}`);

/** Constants were chosen on orders from other seeds. */
const CANDIDATES_SEED = 1_000_001;

const startedMs = performance.now();
function progress(what: string): void {
  process.stderr.write(`${((performance.now() - startedMs) / 1000).toFixed(0)} s  ${what}\n`);
}

const cells: Cell[] = [];
const quality: QualityCell[] = [];
for (const world of WORLDS) {
  progress(world.name);
  const made = worldTable(world, 'embedded worlds');
  const rows = measure(made, { candidates: world.models, failureCostUsd: world.failureCostUsd, shuffles });
  const premium = premiumPrice(made, world.models.at(-1) ?? '');
  cells.push({
    on: world.name,
    rows: 'all',
    times: world.failureCostUsd / premium,
    intents: made.ids.length,
    shuffles,
    policies: rows,
  });
}
const ofPairs: Cell[] = [];
for (const file of values.data) {
  for (const pair of PAIRS) {
    const only = (feature: string, model: string): boolean =>
      feature.startsWith(pair.features) && (model === pair.cheap || model === pair.premium);
    const read = await readPart(file, only);
    if (read === undefined || read.table.models.length < 2) continue;
    const candidates = [pair.cheap, pair.premium];
    const price = premiumPrice(read.table, pair.premium);
    for (const rows of ['all', 'dev', 'heldout'] as const) {
      const table =
        rows === 'all' ? read.table : keepIntents(read.table, i => splitOf(read.table.ids[i] as string) === rows);
      for (const times of FAILURE_COSTS) {
        progress(`${pair.name}, ${rows} rows, failure ${times}×`);
        const failureCostUsd = times * price;
        const policies = measure(table, { candidates, failureCostUsd, shuffles, routerOnly: rows !== 'all' });
        ofPairs.push({ on: pair.name, rows, times, intents: table.ids.length, shuffles, policies });
      }
    }
    progress(`${pair.name}, quality`);
    quality.push(measureQuality(read.table, pair, { shuffles }));
  }
}
const ofCandidates: CandidatesCell[] = [];
for (const file of values.data) {
  for (const models of CANDIDATE_LISTS) {
    const read = await readPart(file, (_, model) => models.includes(model));
    if (read === undefined || read.table.models.length < models.length) continue;
    progress(`${models.length} candidates`);
    ofCandidates.push(...measureCandidates(read.table, models, { shuffles, seed: CANDIDATES_SEED }));
  }
}

/** Ratios by the name of their bar, and the bar: of the rows on which no constant was chosen. */
const ofCascades = new Map<string, { readonly atMost: number; readonly ratios: number[] }>();
for (const file of values.data) for (const cascade of CASCADES) await measureCascades(file, cascade);

async function measureCascades(file: string, { name, candidates: lists, bars }: Cascade): Promise<void> {
  for (const candidates of lists) {
    const read = await readPart(file, (_, model) => candidates.includes(model));
    if (read === undefined || read.table.models.length < candidates.length) continue;
    const table = keepIntents(read.table, i => splitOf(read.table.ids[i] as string) === 'heldout');
    for (const verdict of Object.keys(bars) as (keyof typeof bars)[]) {
      progress(`${name}, ${verdict} verdict`);
      const options = { candidates, verdict: VERDICTS[verdict], shuffles: Math.ceil(shuffles / 4) };
      const what = `${name}, ${verdict} verdict, held-out rows: mean over the best plan`;
      const found = ofCascades.get(what) ?? { atMost: bars[verdict] ?? 0, ratios: [] };
      found.ratios.push(...costsOverBestPlan(table, options));
      ofCascades.set(what, found);
    }
  }
}

function ratioOf(cell: Cell, policy: string): number {
  return cell.policies.find(row => row.policy === policy)?.ratio ?? Number.NaN;
}

const checks: Check[] = [];
function check(what: string, value: number, atMost: number): void {
  // Bars have three decimals, so the figures are rounded to three as well.
  checks.push({ what, value, atMost, passes: Math.round(value * 1000) <= Math.round(atMost * 1000) });
}
const whole = ofPairs.filter(({ rows }) => rows === 'all');
for (const cell of whole) {
  const pair = PAIRS.find(({ name }) => name === cell.on);
  const router = ratioOf(cell, 'thompson');
  const at = `${cell.on} ${cell.times}×`;
  check(`${at}: not worse than plain Thompson sampling`, router, pair?.bars[FAILURE_COSTS.indexOf(cell.times)] ?? 0);
  for (const rival of ['random-mix', 'epsilon-greedy', 'commit-after-100']) {
    check(`${at}: below ${rival}`, router, ratioOf(cell, rival));
  }
  const fixedBest = Math.min(ratioOf(cell, 'always cheap'), ratioOf(cell, 'always premium'));
  check(`${at}: within 5 % of the best fixed model`, router / fixedBest, FIXED_BAR);
}
if (whole.length === PAIRS.length * FAILURE_COSTS.length) {
  const mean = whole.reduce((sum, cell) => sum + ratioOf(cell, 'thompson'), 0) / whole.length;
  check('mean of all cells', mean, MEAN_BAR);
}
for (const cell of quality) {
  check(`${cell.on}: success on held-out rows (interval's upper end)`, -cell.high, -cell.needed);
  check(`${cell.on}: share of premium's cost against feature-static`, cell.share, 1.1 * (cell.published.share / 100));
}

for (const [what, { ratios, atMost }] of ofCascades) {
  check(what, ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length, atMost);
}
if (ofCandidates.length > 0) {
  const mean = (of: 'router' | 'greedy'): number =>
    ofCandidates.reduce((sum, cell) => sum + cell[of], 0) / ofCandidates.length;
  check('4 to 8 candidates: mean below epsilon-greedy', mean('router'), mean('greedy'));
  const behind = ofCandidates.filter(({ router, greedy }) => router >= greedy).length;
  check('4 to 8 candidates: cells of 6 where epsilon-greedy costs less', behind, 1);
}

const seconds = (performance.now() - startedMs) / 1000;
const missed = checks.filter(({ passes }) => !passes);
const result: RoutingResult = {
  command: `npm run bench:routing --${values.data.map(() => ' --data FILE').join('')} --shuffles ${shuffles}${values.smoke ? ' --smoke' : ''}`,
  seed: 1,
  machine: thisMachine(),
  seconds: Math.round(seconds),
  cells: [...cells, ...ofPairs],
  candidates: ofCandidates,
  quality,
  checks,
};
if (values.save !== undefined) saveResult(values.save, result);
if (values.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
else print();
process.exitCode = missed.length > 0 ? 1 : 0;

function print(): void {
  const lines: string[] = [];
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  for (const cell of result.cells) {
    lines.push(
      `\n${cell.on}, ${cell.rows} rows: ${cell.intents} intents, ${cell.shuffles} shuffles, failure ${cell.times.toFixed(cell.times < 10 ? 1 : 0)}× premium's price`,
      tableText(
        ['policy', 'cost / best per feature', '±', 'success', "share of premium's spend"],
        cell.policies.map(row => [
          row.policy,
          row.ratio.toFixed(3),
          row.error === undefined ? '' : row.error.toFixed(3),
          percent(row.successRate),
          percent(row.spendShare),
        ]),
      ),
    );
  }
  if (ofCandidates.length > 0) {
    const names = Object.keys(ofCandidates[0]?.others ?? {});
    lines.push(
      '\nMore candidates, cost / best per feature',
      tableText(
        ['candidates, failure cost', 'intents', 'thompson', '±', 'epsilon-greedy', ...names, 'best fixed'],
        ofCandidates.map(({ on, intents, router, error, greedy, others, fixed }) => [
          on,
          String(intents),
          ...[router, error, greedy, ...names.map(name => others[name] ?? Number.NaN), fixed].map(x => x.toFixed(3)),
        ]),
      ),
    );
  }
  if (quality.length > 0) {
    lines.push(
      "\nQuality constraint: 95 % of premium's success, learnt on dev rows, held-out rows",
      tableText(
        ['pair', 'needed', 'success', 'interval', 'spend share', 'static success', 'static share', 'published'],
        quality.map(cell => [
          cell.on,
          percent(cell.needed),
          percent(cell.success),
          `${percent(cell.low)} – ${percent(cell.high)}`,
          percent(cell.share),
          percent(cell.staticSuccess),
          percent(cell.staticShare),
          `${cell.published.success} % at ${cell.published.share} %`,
        ]),
      ),
    );
  }
  if (checks.length > 0) {
    lines.push(
      '',
      ...missed.map(({ what, value, atMost }) => `MISSED ${what}: ${value.toFixed(4)} > ${atMost.toFixed(4)}`),
    );
    lines.push(`${checks.length - missed.length} of ${checks.length} bars reached`);
  }
  process.stdout.write(`${lines.join('\n')}\n${seconds.toFixed(0)} s\n`);
}
