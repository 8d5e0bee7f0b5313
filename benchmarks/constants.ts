/**
 * Which figure moves when a constant of the statistics moves? Each number in a room's constants is multiplied and divided by a
 * factor, one at a time, in a copy of the sources; the statistics and routing benchmarks run on the copy with the same seeds.
 *
 *   npm run -s bench:constants -- [--only HALF_LIFE_OUTCOMES,MAX_LAMBDA] [--factor 3] [--seeds 8] [--json]
 *
 * For every move it prints a line as soon as it is known, with --json as a document of its own: the bars that the move makes a
 * benchmark miss, or else the figures that moved most, in standard errors of the figure. One bar is enough: the parts run in
 * the order of their time until one is missed, and the division only where the multiplication missed none. A number that moves
 * nothing is not needed. All constants take an hour and more.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../tools/sources.ts';
import type { RoutingResult, StatisticsResult } from './results.ts';

/** Constants of the estimates and choices, and of the tests that say when a comparison is decided. */
const FILES = [
  'src/core/beliefs/audited-rate.ts',
  'src/core/beliefs/constants.ts',
  'src/core/beliefs/number-constants.ts',
  'src/core/choice/constants.ts',
  'src/core/math/bursts.ts',
  'src/core/math/change-point.ts',
  'src/core/math/confidence-sequence.ts',
  'src/core/math/interval.ts',
  'src/core/math/prediction-powered.ts',
  'src/replay/common/prior-pooling.ts',
];

/** Units, whose values are not a choice. */
const UNITS: ReadonlySet<string> = new Set(['DAY_MS']);

/** All parts of the statistics benchmark except its times, and the routing benchmark: the shortest first. */
const PARTS = [
  'change cut',
  'propensity',
  'settled flag',
  'coverage',
  'few audits',
  'bursty cost',
  'pacing',
  'audit',
  'silence',
  'random worlds',
  'cascades',
  'verdicts',
  'routing',
  'shared priors',
  'regret',
];

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

/** One number of one constant. */
interface Constant {
  readonly file: string;
  readonly name: string;
  readonly from: number;
  /** The file with the number replaced. */
  text(to: number): string;
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

const only = values.only?.split(',');
const constants = FILES.flatMap(numbersOf);
const unknown = only?.filter(name => !constants.some(constant => constant.name === name)) ?? [];
if (unknown.length > 0) throw new RangeError(`--only: no constant is named ${unknown.join(', ')}`);

const before = new Map(PARTS.map(part => [part, measure(part)]));
for (const [index, constant] of constants.entries()) {
  for (const times of [factor, 1 / factor]) {
    const to = moved(constant.from, times);
    if (to === constant.from) continue;
    const result = move(constant, to);
    print(result, `${index + 1} of ${constants.length}`);
    if (result.missed.length > 0) break;
  }
}

/** Measures part by part until one misses a bar. */
function move(constant: Constant, to: number): Moved {
  const path = join(copy, constant.file);
  const original = readFileSync(path, 'utf8');
  writeFileSync(path, constant.text(to));
  const all: ReturnType<typeof compare>[] = [];
  for (const part of PARTS) {
    all.push(compare(part));
    if (all.at(-1)?.missed.length !== 0) break;
  }
  writeFileSync(path, original);
  return {
    name: constant.name,
    from: constant.from,
    to,
    missed: all.flatMap(({ missed }) => missed),
    most: all
      .flatMap(({ figures }) => figures)
      .sort((a, b) => b.errors - a.errors)
      .slice(0, 3),
  };
}

function print(result: Moved, progress: string): void {
  const { name, from, to, missed, most } = result;
  const moves = most.map(({ figure, errors }) => `${figure} ${errors.toFixed(1)} s.e.`).join('; ') || 'nothing moves';
  const words = missed.length > 0 ? `missed: ${missed.join('; ')}` : moves;
  process.stdout.write(`${values.json ? JSON.stringify(result) : `${progress}  ${name} ${from} → ${to}  ${words}`}\n`);
}

/** The figures of the copy in its present state, by name; `undefined` when the benchmark fails before its end. */
function measure(part: string): Figures | undefined {
  if (part === 'routing') {
    const routing = run(['benchmarks/routing/main.ts', '--smoke']) as RoutingResult | undefined;
    const cells = routing?.cells.flatMap(({ on, policies }) =>
      policies
        .filter(({ policy }) => policy.startsWith('thompson'))
        .map(({ policy, ratio, error }) => {
          const name = `routing: ${on}, ${policy}`;
          return [name, { value: ratio, error: error ?? 0, passes: true }] as const;
        }),
    );
    return cells && new Map(cells);
  }
  const args = ['benchmarks/statistics/main.ts', '--seeds', values.seeds, '--only', part];
  const statistics = run(args) as StatisticsResult | undefined;
  const figures = statistics?.figures.map(
    ({ name, value, standardError = 0, passes }) => [name.trim(), { value, error: standardError, passes }] as const,
  );
  return figures && new Map(figures);
}

/** A benchmark exits with 1 when a bar is missed, which is a result here, not an error. */
function run(args: readonly string[]): unknown {
  const { stdout } = spawnSync(process.execPath, [...args, '--json'], {
    cwd: copy,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 1 << 28,
  });
  return stdout === '' ? undefined : (JSON.parse(stdout) as unknown);
}

/** Every number of the file's constants, or of those given by `--only`. */
function numbersOf(file: string): readonly Constant[] {
  const text = readFileSync(join(copy, file), 'utf8');
  return [...text.matchAll(/^(?:export )?const (?<name>[A-Z][A-Z_\d]*)[^=\n]*= (?<value>[^;]+);/gm)].flatMap(match => {
    const { name = '', value = '' } = match.groups ?? {};
    if (UNITS.has(name) || only?.includes(name) === false) return [];
    const start = match.index + match[0].lastIndexOf(value);
    return [...value.matchAll(/(?<![\w.])\d[\d_]*(?:\.\d+)?(?:e-?\d+)?/g)].map(number => {
      const at = start + number.index;
      return {
        file,
        name,
        from: Number(number[0].replaceAll('_', '')),
        text: (to: number) => text.slice(0, at) + String(to) + text.slice(at + number[0].length),
      };
    });
  });
}

/** Keeps integers integers, and fractions below 1. */
function moved(value: number, times: number): number {
  if (Number.isInteger(value)) return Math.max(1, Math.round(value * times));
  return value < 1 && value * times >= 1 ? (1 + value) / 2 : value * times;
}

/** The bars that the copy's figures miss now, and how far the figures moved. */
function compare(part: string): Pick<Moved, 'missed'> & { readonly figures: Moved['most'] } {
  const after = measure(part);
  if (after === undefined) return { missed: [`${part} fails`], figures: [] };
  const figures = [...(before.get(part) ?? [])].flatMap(([figure, old]) => {
    const now = after.get(figure);
    return now === undefined || now.value === old.value ? [] : [{ figure, old, now }];
  });
  return {
    missed: figures.filter(({ old, now }) => old.passes && !now.passes).map(({ figure }) => figure),
    figures: figures.map(({ figure, old, now }) => ({
      figure,
      errors: Math.abs(now.value - old.value) / (old.error || Math.abs(old.value)),
    })),
  };
}
