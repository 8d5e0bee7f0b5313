/**
 * Which figure moves when a constant of the statistics moves? Each number in a room's constants is multiplied and divided by a
 * factor, one at a time, in a copy of the sources; the statistics and routing benchmarks run on the copy with the same seeds.
 *
 *   npm run -s bench:constants -- [--only HALF_LIFE_OUTCOMES] [--factor 3] [--seeds 8] [--json]
 *
 * For every constant it prints the bars that the move makes the benchmark miss, or else the figures that moved most, in
 * standard errors of the figure. A constant that moves nothing is not needed. All constants take hours.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../tools/sources.ts';
import { table } from './report.ts';
import type { RoutingResult, StatisticsResult } from './results.ts';

/** Constants of the estimates and choices, and of the tests that say when a comparison is decided. */
const FILES = [
  'src/core/beliefs/constants.ts',
  'src/core/choice/constants.ts',
  'src/core/math/change-point.ts',
  'src/core/math/confidence-sequence.ts',
  'src/core/math/prediction-powered.ts',
  'src/replay/common/prior-pooling.ts',
];

/** All parts of the statistics benchmark except its times. */
const PARTS =
  'regret,cascades,random worlds,shared priors,pacing,audit,silence,coverage,settled flag,change cut,propensity';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    factor: { type: 'string', default: '3' },
    seeds: { type: 'string', default: '8' },
    json: { type: 'boolean', default: false },
  },
});
const factor = Number(values.factor);
if (!(factor > 1)) throw new RangeError(`--factor is ${values.factor}; it must be above 1`);

interface Measured {
  readonly value: number;
  readonly error: number;
  readonly passes: boolean;
}
type Figures = ReadonlyMap<string, Measured>;

/** One number of one constant, and its replacement. */
interface Move {
  readonly file: string;
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

interface Moved {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly missed: readonly string[];
  /** Figures that moved most, with the distance in standard errors. */
  readonly most: readonly { readonly figure: string; readonly errors: number }[];
}

const copy = mkdtempSync(join(tmpdir(), 'outcome-router-constants-'));
process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
for (const part of ['src', 'benchmarks', 'tools', 'package.json', 'tsconfig.json']) {
  cpSync(join(ROOT, part), join(copy, part), { recursive: true, filter: path => !path.includes('node_modules') });
}
symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'dir');

const moves = FILES.flatMap(movesOf);
if (moves.length === 0) throw new RangeError(`--only: no constant is named "${values.only}"`);
const before = measure();
const results: Moved[] = [];
for (const move of moves) {
  const path = join(copy, move.file);
  const original = readFileSync(path, 'utf8');
  writeFileSync(path, move.text);
  const moved = compare(move, measure());
  writeFileSync(path, original);
  results.push(moved);
  process.stderr.write(`${results.length} of ${moves.length}  ${move.name} ${move.from} → ${move.to}\n`);
}
if (values.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
else {
  const rows = results.map(({ name, from, to, missed, most }) => [
    `${name} ${from} → ${to}`,
    missed.length > 0
      ? `missed: ${missed.join('; ')}`
      : most.map(({ figure, errors }) => `${figure} ${errors.toFixed(1)} s.e.`).join('; ') || 'nothing moves',
  ]);
  process.stdout.write(`${table(['constant', 'what moves'], rows)}\n`);
}

/** The figures of the copy in its present state, by name. */
function measure(): Figures {
  const statistics = run([
    'benchmarks/statistics/main.ts',
    '--seeds',
    values.seeds,
    '--only',
    PARTS,
  ]) as StatisticsResult;
  const routing = run(['benchmarks/routing/main.ts', '--smoke']) as RoutingResult;
  return new Map([
    ...statistics.figures.map(
      ({ name, value, standardError = 0, passes }) => [name.trim(), { value, error: standardError, passes }] as const,
    ),
    ...routing.cells.flatMap(cell =>
      cell.policies
        .filter(({ policy }) => policy.startsWith('thompson'))
        .map(
          ({ policy, ratio, error }) =>
            [`routing: ${cell.on}, ${policy}`, { value: ratio, error: error ?? 0, passes: true }] as const,
        ),
    ),
  ]);
}

/** A benchmark exits with 1 when a bar is missed, which is a result here, not an error. */
function run(args: readonly string[]): unknown {
  try {
    return JSON.parse(
      execFileSync(process.execPath, [...args, '--json'], {
        cwd: copy,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    ) as unknown;
  } catch (error) {
    return JSON.parse((error as { readonly stdout: string }).stdout) as unknown;
  }
}

/** Both moves of every number of the file's constants, or of the one given by `--only`. */
function movesOf(file: string): readonly Move[] {
  const text = readFileSync(join(copy, file), 'utf8');
  return [...text.matchAll(/^(?:export )?const (?<name>[A-Z][A-Z_\d]*)[^=\n]*= (?<value>[^;]+);/gm)].flatMap(match => {
    const { name = '', value = '' } = match.groups ?? {};
    if (values.only !== undefined && name !== values.only) return [];
    const start = match.index + match[0].lastIndexOf(value);
    return [...value.matchAll(/(?<![\w.])\d[\d_]*(?:\.\d+)?(?:e-?\d+)?/g)].flatMap(number => {
      const from = Number(number[0].replaceAll('_', ''));
      const at = start + number.index;
      return [1 / factor, factor].map(times => ({
        file,
        name,
        from,
        to: moved(from, times),
        text: text.slice(0, at) + String(moved(from, times)) + text.slice(at + number[0].length),
      }));
    });
  });
}

/** Keeps integers integers, and fractions below 1. */
function moved(value: number, times: number): number {
  if (Number.isInteger(value)) return Math.max(1, Math.round(value * times));
  return value < 1 && value * times >= 1 ? (1 + value) / 2 : value * times;
}

function compare({ name, from, to }: Move, after: Figures): Moved {
  const figures = [...before].flatMap(([figure, old]) => {
    const now = after.get(figure);
    return now === undefined || now.value === old.value ? [] : [{ figure, old, now }];
  });
  return {
    name,
    from,
    to,
    missed: figures.filter(({ old, now }) => old.passes && !now.passes).map(({ figure }) => figure),
    most: figures
      .map(({ figure, old, now }) => ({
        figure,
        errors: Math.abs(now.value - old.value) / (old.error || Math.abs(old.value)),
      }))
      .sort((a, b) => b.errors - a.errors)
      .slice(0, 3),
  };
}
