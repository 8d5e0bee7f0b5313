/**
 * What is gained by knowing sessions: the router in conversations and agents whose caches cost what the vendors say, compared with a rule
 * that knows all rates, the router without sessions, and a session that is pinned to its first model.
 *
 *   npm run -s bench:sessions -- [--seeds 16] [--first-seed 0] [--only learner,speed] [--json] [--save NAME]
 *
 * The seeds are --first-seed and those that follow it. Constants were chosen on seeds below 1,000,000, so a figure for a
 * reader starts there or above. Success rates are assumed; prices and caches are the price book's. Exits with 1 when a bar is missed.
 * --save keeps the figures in benchmarks/results/NAME.json.
 */
import { parseArgs } from 'node:util';
import { table } from '../report.ts';
import type { SeededResult } from '../results.ts';
import { saveResult, thisMachine } from '../results.ts';
import { figureDigits, figureText, passes } from '../statistics/check.ts';
import { PARTS } from './parts.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '16' },
    'first-seed': { type: 'string', default: '0' },
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
    save: { type: 'string' },
  },
});
const [seeds, firstSeed] = [Number(values.seeds), Number(values['first-seed'])];
if (!Number.isInteger(seeds) || seeds < 2)
  throw new RangeError(`--seeds is ${values.seeds}; it must be a whole number of at least 2`);
if (!Number.isSafeInteger(firstSeed) || firstSeed < 0)
  throw new RangeError(`--first-seed is ${values['first-seed']}; it must be a whole number of at least 0`);
const names = PARTS.map(part => part.name);
const wanted = values.only?.split(',') ?? names;
const unknown = wanted.filter(name => !names.includes(name));
if (unknown.length > 0)
  throw new RangeError(`--only: no part is named ${unknown.join(', ')}; the parts are ${names.join(', ')}`);

const startedMs = performance.now();
let reportedMs = startedMs;
const figures = PARTS.filter(part => wanted.includes(part.name)).flatMap(part =>
  part.run({
    seeds: Array.from({ length: seeds }, (_, i) => firstSeed + i),
    progress: what => {
      if (performance.now() - reportedMs < 2000) return;
      reportedMs = performance.now();
      process.stderr.write(`${what}\n`);
    },
  }),
);
const missed = figures.filter(figure => !passes(figure));
const result: SeededResult = {
  command: `npm run bench:sessions -- --seeds ${seeds} --first-seed ${firstSeed}${values.only === undefined ? '' : ` --only "${values.only}"`}`,
  machine: thisMachine(),
  seconds: Math.round((performance.now() - startedMs) / 1000),
  seeds,
  missed: missed.length,
  figures: figures.map(figure => ({ ...figure, passes: passes(figure) })),
};
if (values.save !== undefined) saveResult(values.save, result);
if (values.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
else {
  const rows = figures.map(figure => {
    const { name, bar, standardError, note } = figure;
    const error = standardError === undefined ? '' : `± ${figureDigits(figure, standardError)}`;
    const text = bar === undefined ? (note ?? '') : `${bar.is === 'at most' ? '≤' : '≥'} ${bar.value}`;
    return [name, figureText(figure), error, text, bar === undefined ? '' : passes(figure) ? 'ok' : 'MISS'];
  });
  process.stdout.write(`${table(['figure', 'value', 'standard error', 'bar', ''], rows)}\n`);
  const bars = figures.filter(({ bar }) => bar !== undefined).length;
  process.stdout.write(`${bars - missed.length} of ${bars} bars reached, ${seeds} seeds\n`);
}
process.exitCode = missed.length > 0 ? 1 : 0;
