/**
 * Does the statistics core reach its bars? Every figure beside its bar, with its spread over seeds.
 *
 *   npm run -s bench:statistics -- [--seeds 200] [--first-seed 0] [--only regret,pacing] [--smoke] [--json] [--save NAME]
 *
 * The seeds are --first-seed and those that follow it. Constants were chosen on seeds below 1,000,000, so a figure for a
 * reader starts there or above.
 *
 * Exits with 1 when a bar is missed. `--smoke` is for CI: few seeds, so that only gross errors miss a bar that most
 * runs would reach; bars are then widened by three standard errors, times have higher bars (a shared machine),
 * and the document says so. --save keeps the figures in benchmarks/results/NAME.json.
 */
import { parseArgs } from 'node:util';
import { table } from '../report.ts';
import type { JudgedFigure, StatisticsResult } from '../results.ts';
import { saveResult, thisMachine } from '../results.ts';
import { BURSTY_COST } from './bursty-cost.ts';
import { CHANGE_CUT } from './change-cut.ts';
import type { Figure, Part } from './check.ts';
import { atMost, figureDigits, figureText, passes } from './check.ts';
import { COVERAGE } from './coverage.ts';
import { DRIFT } from './drift.ts';
import { DRIFTING_WORLDS } from './drifting-worlds.ts';
import { EFFORT_ARMS } from './effort-arms.ts';
import { FEW_AUDITS } from './few-audits.ts';
import { FORECASTS } from './forecasts.ts';
import { AUDIT, SILENCE } from './imperfect-outcomes.ts';
import { LATE_OUTCOMES } from './late-outcomes.ts';
import { NEW_PRICES } from './new-prices.ts';
import { MANY_CANDIDATES } from './many-candidates.ts';
import { NUMBERS } from './numbers.ts';
import { OUTAGES } from './outages.ts';
import { PACING } from './pacing.ts';
import { PRIORS } from './priors.ts';
import { PROPENSITY } from './propensity.ts';
import { RANDOM_WORLDS } from './random-worlds.ts';
import { CASCADES, REGRET } from './regret.ts';
import { SELECTION } from './selection.ts';
import { SETTLED_FLAG } from './settled-flag.ts';
import { SHARED_PRIORS } from './shared-priors.ts';
import { SPARSE_FEATURES } from './sparse-features.ts';
import { SPEED } from './speed.ts';
import { VERDICT_WORLDS } from './verdicts.ts';

const PARTS: readonly Part[] = [
  REGRET,
  CASCADES,
  VERDICT_WORLDS,
  RANDOM_WORLDS,
  SHARED_PRIORS,
  LATE_OUTCOMES,
  SPARSE_FEATURES,
  MANY_CANDIDATES,
  EFFORT_ARMS,
  PRIORS,
  NUMBERS,
  PACING,
  AUDIT,
  FEW_AUDITS,
  SILENCE,
  COVERAGE,
  BURSTY_COST,
  SETTLED_FLAG,
  SELECTION,
  FORECASTS,
  CHANGE_CUT,
  DRIFT,
  OUTAGES,
  DRIFTING_WORLDS,
  NEW_PRICES,
  PROPENSITY,
  SPEED,
];
const SMOKE_SEEDS = 8;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    'first-seed': { type: 'string', default: '0' },
    only: { type: 'string' },
    smoke: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    save: { type: 'string' },
  },
});
const seeds = values.smoke ? SMOKE_SEEDS : Number(values.seeds);
if (!Number.isInteger(seeds) || seeds < 2)
  throw new RangeError(`--seeds is ${values.seeds}; it must be a whole number of at least 2`);
const firstSeed = Number(values['first-seed']);
if (!Number.isSafeInteger(firstSeed) || firstSeed < 0)
  throw new RangeError(`--first-seed is ${values['first-seed']}; it must be a whole number of at least 0`);
const wanted = values.only?.split(',');
const unknown = wanted?.filter(name => !PARTS.some(part => part.name === name)) ?? [];
if (unknown.length > 0) {
  throw new RangeError(
    `--only: no part is named ${unknown.join(', ')}; the parts are ${PARTS.map(part => part.name).join(', ')}`,
  );
}

/** In a smoke run, figures may miss their bar by three standard errors, and the bar of a time is its limit in such a run. */
function judge({ smokeLimit, ...measured }: Figure): JudgedFigure {
  const figure = values.smoke && smokeLimit !== undefined ? { ...measured, bar: atMost(smokeLimit) } : measured;
  const slack = values.smoke ? 3 * (figure.standardError ?? 0) : 0;
  const shifted = figure.bar?.is === 'at least' ? figure.value + slack : figure.value - slack;
  return { ...figure, passes: passes({ ...figure, value: shifted }) };
}

function row(figure: JudgedFigure): readonly string[] {
  const { name, bar, standardError, note } = figure;
  return [
    name,
    figureText(figure),
    standardError === undefined ? '' : `± ${figureDigits(figure, standardError)}`,
    bar === undefined ? (note ?? '') : `${bar.is === 'at most' ? '≤' : '≥'} ${bar.value}`,
    bar === undefined ? '' : figure.passes ? 'ok' : 'MISS',
  ];
}

const startedMs = performance.now();
let reportedMs = startedMs;
const figures: JudgedFigure[] = [];
for (const part of PARTS) {
  if (wanted !== undefined && !wanted.includes(part.name)) continue;
  const found = part.run({
    seeds: Array.from({ length: seeds }, (_, i) => firstSeed + i),
    progress: what => {
      if (performance.now() - reportedMs < 2000) return;
      reportedMs = performance.now();
      process.stderr.write(`${((reportedMs - startedMs) / 1000).toFixed(0)} s  ${what}\n`);
    },
  });
  figures.push(...found.map(judge));
}
const missed = figures.filter(figure => !figure.passes);
const seconds = (performance.now() - startedMs) / 1000;
const result: StatisticsResult = {
  command: `npm run bench:statistics -- --seeds ${seeds}${firstSeed === 0 ? '' : ` --first-seed ${firstSeed}`}${wanted === undefined ? '' : ` --only ${wanted.join()}`}${values.smoke ? ' --smoke' : ''}`,
  machine: thisMachine(),
  seeds,
  smoke: values.smoke,
  seconds,
  missed: missed.length,
  figures,
};
if (values.save !== undefined) saveResult(values.save, result);
if (values.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
else {
  process.stdout.write(`${table(['figure', 'value', 'standard error', 'bar', ''], figures.map(row))}\n`);
  const bars = figures.filter(({ bar }) => bar !== undefined).length;
  const smoke = values.smoke ? ', bars widened by three standard errors, those of times several times as high' : '';
  process.stdout.write(
    `${bars - missed.length} of ${bars} bars reached, ${seeds} seeds${smoke}, ${seconds.toFixed(0)} s\n`,
  );
}
process.exitCode = missed.length > 0 ? 1 : 0;
