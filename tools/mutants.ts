/**
 * Do the tests notice when the code is wrong? Stryker makes small faults ("mutants") in a room, one at a time, and runs the
 * tests of that room on each.
 *
 *   npm run test:mutants -- [room…] [--sample 400 [--seed 1]] [--near] [--concurrency 2] [--fresh] [--save]
 *
 * A room is a folder or file of `src`, as listed below, or a part of one; without one all of them run, which takes hours.
 * `--near` runs a part with the tests that import it only: a file takes a minute, and what survives may still be noticed by
 * another test of its room. `--sample` runs a random sample of each room's mutants, and gives the score with its 95 % interval;
 * another seed draws another sample. Results are kept in `reports/mutants`, and the next run repeats only what changed
 * (`--fresh` runs everything again). `--save` writes the scores to benchmarks/results/mutants.json. Exits with 1 when a room is
 * below its bar.
 *
 * The score is killed ÷ (killed + survived) of mutants that are not equivalent. Left out: text (the words of a message are not
 * a rule), code that runs once when a module is loaded (each mutant would need the whole suite), and the mutants that
 * test/equivalent-mutants.json lists with the reason why no test can distinguish them from the code.
 *
 * A mutant that runs out of time counts as killed: an endless loop does. On a busy machine a slow test may too, so those are
 * listed to be looked at. What a test file computes outside its tests runs without the mutant: of what only such code reaches,
 * mutants survive that a test would notice.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { MutantRow } from '../benchmarks/results.ts';
import { readResult, saveResult, thisMachine } from '../benchmarks/results.ts';
import { wilson } from '../src/core/math/interval.ts';
import { run } from './run.ts';
import { filesMatching, readSource, ROOT } from './sources.ts';

interface Room {
  /** Folder or file of `src`. */
  readonly name: string;
  /** Tests that run in addition to the mirrored ones. */
  readonly alsoTests?: readonly string[];
  /** Minimum score, percent. */
  readonly bar: number;
}

/** Calls every function that the package exports with wrong arguments. */
const ARGUMENTS = ['test/wrong-arguments.test.ts'];

const ROOMS: readonly Room[] = [
  { name: 'core/ledger', bar: 80 },
  { name: 'core/math', bar: 90 },
  { name: 'core/cells', bar: 90, alsoTests: ['test/core/**/*.test.ts'] },
  { name: 'core/beliefs', bar: 80, alsoTests: ['test/core/**/*.test.ts'] },
  { name: 'core/choice', bar: 90, alsoTests: ['test/core/**/*.test.ts'] },
  { name: 'core/report', bar: 80, alsoTests: ['test/core/**/*.test.ts'] },
  { name: 'core/calculator', bar: 80, alsoTests: ARGUMENTS },
  { name: 'stores', bar: 90 },
  { name: 'prices', bar: 90, alsoTests: ARGUMENTS },
  { name: 'wires', bar: 90 },
  { name: 'policies', bar: 80 },
  { name: 'config', bar: 80 },
  { name: 'exports', bar: 80, alsoTests: ['test/finops.test.ts', ...ARGUMENTS] },
  {
    name: 'engine',
    bar: 90,
    alsoTests: [
      'test/clients/fetch.test.ts',
      'test/clients/retrieved-reply.test.ts',
      'test/clients/regional-hosts.test.ts',
      'test/router.test.ts',
    ],
  },
  { name: 'clients', bar: 80 },
  { name: 'dashboard/gate.ts', bar: 90 },
];

/** A mutant that no test can kill, because it behaves as the code does. */
interface Equivalent {
  readonly file: string;
  /** The line of the code that it changes, trimmed. */
  readonly line: string;
  /** First line of Stryker's replacement. */
  readonly replacement: string;
  readonly reason: string;
}

interface Mutant {
  readonly mutatorName: string;
  readonly replacement: string;
  /** A mutant outside the sample has a `CompileError`. */
  readonly status: 'Killed' | 'Survived' | 'NoCoverage' | 'Timeout' | 'Ignored' | 'CompileError' | 'RuntimeError';
  readonly statusReason?: string;
  readonly location: { readonly start: { readonly line: number; readonly column: number } };
}

interface StrykerReport {
  readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly Mutant[] }>>;
}

const { values, positionals } = parseArgs({
  options: {
    concurrency: { type: 'string', default: '2' },
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    near: { type: 'boolean', default: false },
    fresh: { type: 'boolean', default: false },
    save: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});

const rooms = positionals.length === 0 ? ROOMS : positionals.map(named);
const equivalents = JSON.parse(
  readFileSync(join(ROOT, 'test', 'equivalent-mutants.json'), 'utf8'),
) as readonly Equivalent[];
const rows = rooms.map(measure);
if (values.save) save(rows);
process.exitCode = rows.some(row => row.score < row.bar) ? 1 : 0;

function named(argument: string): Room {
  const name = argument.replace(/^src\//, '').replace(/\/$/, '');
  const room = ROOMS.find(each => each.name === name);
  if (room !== undefined) return room;
  // For a part of a room: the mutants of the part, with the tests of the room.
  const whole = ROOMS.find(each => name.startsWith(`${each.name}/`));
  if (whole === undefined)
    throw new RangeError(`no room "${name}"; there are ${ROOMS.map(each => each.name).join(', ')}`);
  const roomTests = [`test/${whole.name}/**/*.test.ts`, ...(whole.alsoTests ?? [])];
  return { ...whole, name, alsoTests: values.near ? testsOf(`src/${name}`) : roomTests };
}

/** The tests that import a file, or any file of a folder. */
function testsOf(path: string): readonly string[] {
  return filesMatching('test/**/*.test.ts')
    .filter(file => !file.endsWith('.browser.test.ts'))
    .filter(file => readSource(file).imports.some(each => each.file?.startsWith(path) === true));
}

function measure(room: Room): MutantRow {
  const folder = join(ROOT, 'reports', 'mutants');
  const drawn = values.sample === undefined ? '' : `-${values.sample}-${values.seed}`;
  const id = room.name.replaceAll('/', '-').replace(/\.ts$/, '') + drawn + (values.near ? '-near' : '');
  const at = (suffix: string): string => join(folder, `${id}${suffix}`);
  mkdirSync(folder, { recursive: true });
  if (values.fresh) rmSync(at('.incremental.json'), { force: true });
  const isFile = room.name.endsWith('.ts');
  const tests = [`test/${room.name.replace(/\.ts$/, '.test.ts')}${isFile ? '' : '/**/*.test.ts'}`];
  writeFileSync(
    at('.config.json'),
    JSON.stringify({
      // There is no compiler API with which Stryker could read a tsconfig, and nothing here needs one.
      tsconfigFile: 'none.json',
      testRunner: 'vitest',
      vitest: { configFile: 'vitest.mutants.config.ts', related: false },
      mutate: [`src/${room.name}${isFile ? '' : '/**/*.ts'}`],
      mutator: { excludedMutations: ['StringLiteral'] },
      ...(values.sample === undefined
        ? {}
        : { plugins: ['@stryker-mutator/*', './tools/mutant-sample.ts'], checkers: ['sample'] }),
      ignoreStatic: true,
      incremental: true,
      incrementalFile: at('.incremental.json'),
      reporters: ['json', 'progress-append-only'],
      logLevel: 'warn',
      jsonReporter: { fileName: at('.json') },
      tempDirName: `.stryker-tmp/${id}`,
      concurrency: Number(values.concurrency),
      // Long, because a mutant that runs out of time counts as killed, even on a machine with other work.
      timeoutMS: 60_000,
      timeoutFactor: 4,
      dryRunTimeoutMinutes: 30,
      // Concurrent runs leave copies of the sources there, which this run must not read.
      ignorePatterns: ['.stryker-tmp/**', 'reports/**'],
    }),
  );
  console.log(`${room.name} …`);
  const began = Date.now();
  run('stryker', ['run', at('.config.json')], {
    env: {
      MUTANT_TESTS: [...tests, ...(room.alsoTests ?? [])].join(),
      MUTANT_SAMPLE: values.sample ?? '',
      MUTANT_SEED: values.seed,
    },
  });
  const seconds = Math.round((Date.now() - began) / 1000);
  const row = { ...count(room, JSON.parse(readFileSync(at('.json'), 'utf8')) as StrykerReport), seconds };
  const of = row.sample === undefined ? '' : ` (${row.sample.low.toFixed(1)} to ${row.sample.high.toFixed(1)} %)`;
  console.log(
    `${room.name}: ${row.score.toFixed(1)} %${of} of ${row.killed + row.survived} killed, ${row.timeouts} by running out of ` +
      `time, ${row.equivalent} equivalent; bar ${row.bar} %; ${seconds} s\n`,
  );
  return row;
}

/** Prints every survivor and every mutant that ran out of time, and counts. */
function count(room: Room, { files }: StrykerReport): Omit<MutantRow, 'seconds'> {
  let [killed, survived, equivalent, timeouts, outside] = [0, 0, 0, 0, 0];
  for (const [file, { source, mutants }] of Object.entries(files)) {
    const lines = source.split('\n');
    for (const mutant of mutants) {
      const { status, location } = mutant;
      const line = lines[location.start.line - 1]?.trim() ?? '';
      const into = mutant.replacement.split('\n')[0] ?? '';
      const print = (note: string): void =>
        console.log(
          `${file}:${location.start.line}:${location.start.column} ${mutant.mutatorName}${note}\n  ${line}\n  → ${into}`,
        );
      if (status === 'CompileError') outside++;
      if (status === 'Killed' || status === 'Timeout') killed++;
      if (isTimeout(mutant)) {
        timeouts++;
        print(' (out of time)');
      }
      if (status !== 'Survived' && status !== 'NoCoverage') continue;
      if (equivalents.some(each => each.file === file && each.line === line && each.replacement === into)) {
        equivalent++;
        continue;
      }
      survived++;
      print(status === 'NoCoverage' ? ' (no test runs it)' : '');
    }
  }
  const counted = killed + survived;
  const { value, low, high } = wilson(killed, counted);
  return {
    room: room.name,
    killed,
    survived,
    equivalent,
    timeouts,
    score: 100 * value,
    bar: room.bar,
    ...(outside > 0 && {
      sample: { of: counted + equivalent + outside, seed: Number(values.seed), low: 100 * low, high: 100 * high },
    }),
  };
}

/** Timeouts by Stryker's clock or by a test's own, without the mutants that Stryker stops because they repeat an endless loop. */
function isTimeout({ status, statusReason = '' }: Mutant): boolean {
  return status === 'Timeout'
    ? !/hit limit/i.test(statusReason)
    : status === 'Killed' && /timed out in/.test(statusReason);
}

/** Saves the scores; rooms that did not run keep their rows. */
function save(measured: readonly MutantRow[]): void {
  const before = existsSync(join(ROOT, 'benchmarks', 'results', 'mutants.json')) ? readResult('mutants').rooms : [];
  const all = ROOMS.flatMap(({ name }) => [...measured, ...before].find(row => row.room === name) ?? []);
  saveResult('mutants', {
    command: 'npm run test:mutants -- --save',
    machine: thisMachine(),
    seconds: all.reduce((total, { seconds }) => total + seconds, 0),
    rooms: all,
  });
}
