/**
 * `npm run test:ecosystem [-- name …]`: packs the package, installs it with npm into small applications, one for each runtime and
 * bundler, and runs them: ten intents through the official client over HTTP, their outcomes, a report. The ledger must equal the
 * provider's bill. docs/runtimes.md has what they show.
 */
import { execFile } from 'node:child_process';
import { cpSync, globSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startFakeProvider } from '../src/public/testing.ts';
import { OLDEST_NODE, capture, run } from '../tools/run.ts';
import { ROOT } from '../tools/sources.ts';

interface Trial {
  readonly what: string;
  /** `BASE_URL` and `LEDGER` stand for the provider's address and the path of a new file. */
  readonly command: readonly string[];
  /** It only has to end well. */
  readonly isCheck?: boolean;
}

interface Result {
  readonly intents: number;
  readonly outcomes: number;
  readonly spendNanoUsd: number;
  readonly plans: number;
  readonly isOneClass: boolean;
}

const NODE = process.execPath;
const CLI = [NODE, 'node_modules/.bin/outcome-router'];
/** The files of an application are loaded by the example beside them. */
const EXAMPLES = globSync('{*.ts,nextjs/*.ts}', { cwd: join(ROOT, 'examples') }).toSorted();
const STRICT = ['--noEmit', '--strict', '--target', 'es2023', '--types', 'node'];
const TSC = [NODE, 'node_modules/typescript/bin/tsc', ...STRICT];

/** By the folder of the application. `recipes`: the commands of the README and every example, from the package alone. */
const TRIALS: Readonly<Record<string, readonly Trial[]>> = {
  'node-esm': [
    { what: 'Node, newest', command: [NODE, '../shared/app.js', 'BASE_URL'] },
    { what: 'Node, newest, with SQLite', command: [NODE, '../shared/app.js', 'BASE_URL', 'LEDGER'] },
    { what: 'Node, oldest, with SQLite', command: [OLDEST_NODE, '../shared/app.js', 'BASE_URL', 'LEDGER'] },
  ],
  'node-cjs': [
    { what: 'Node, newest, by require', command: [NODE, 'app.js', 'BASE_URL', 'LEDGER'] },
    { what: 'Node, oldest, by require', command: [OLDEST_NODE, 'app.js', 'BASE_URL', 'LEDGER'] },
  ],
  typescript: [
    ...['node16', 'nodenext'].map(module => ({
      what: `TypeScript, ${module}`,
      command: [...TSC, '--module', module, 'app.mts'],
      isCheck: true,
    })),
    { what: 'TypeScript, nodenext, CommonJS', command: [...TSC, '--module', 'nodenext', 'app.cts'], isCheck: true },
    {
      what: 'TypeScript, bundler',
      command: [...TSC, '--module', 'esnext', '--moduleResolution', 'bundler', 'app.mts'],
      isCheck: true,
    },
    {
      what: 'TypeScript 5, CommonJS with its defaults',
      command: [
        NODE,
        'node_modules/typescript-5/bin/tsc',
        ...STRICT,
        '--esModuleInterop',
        '--module',
        'commonjs',
        'app.cts',
      ],
      isCheck: true,
    },
  ],
  lambda: [{ what: 'AWS Lambda, the handler', command: [NODE, 'app.js', 'BASE_URL'] }],
  'next-route': [{ what: 'Next.js, the route handler', command: [NODE, 'app.js', 'BASE_URL'] }],
  recipes: [
    ...['calc --preset article', 'demo --intents 50 --db LEDGER', 'init --yes .'].map(words => ({
      what: `outcome-router ${words}`,
      command: [...CLI, ...words.split(' ')],
      isCheck: true,
    })),
    ...EXAMPLES.map(name => ({
      what: `examples/${name}`,
      command: [NODE, 'app.js', name, ...(name === 'chat-with-thumbs.ts' ? ['--visit'] : [])],
      isCheck: true,
    })),
  ],
  next: [{ what: 'Next.js, built and started', command: [NODE, 'app.js', 'BASE_URL', 'LEDGER'] }],
  bundles: ['esbuild-esm', 'esbuild-cjs', 'webpack'].map(bundler => ({
    what: `a bundle for Node by ${bundler}`,
    command: [NODE, 'app.js', 'BASE_URL', bundler],
  })),
  edge: [{ what: 'an edge runtime, by esbuild', command: [NODE, 'app.js', 'BASE_URL'] }],
  workers: [
    { what: 'Cloudflare Workers', command: [NODE, 'app.js', 'BASE_URL'] },
    { what: 'Cloudflare Workers, nodejs_compat', command: [NODE, 'app.js', 'BASE_URL', 'nodejs_compat'] },
  ],
  bun: [
    { what: 'Bun', command: ['BIN/@oven/bun-linux-x64/bin/bun', '../shared/app.js', 'BASE_URL'] },
    {
      what: 'Bun, with SQLite',
      command: ['BIN/@oven/bun-linux-x64/bin/bun', '../shared/app.js', 'BASE_URL', 'LEDGER'],
    },
  ],
  deno: [
    { what: 'Deno', command: ['BIN/@deno/linux-x64-glibc/deno', 'run', '-A', '../shared/app.js', 'BASE_URL'] },
    {
      what: 'Deno, with SQLite',
      command: ['BIN/@deno/linux-x64-glibc/deno', 'run', '-A', '../shared/app.js', 'BASE_URL', 'LEDGER'],
    },
  ],
};

const MODELS = {
  'gpt-5-mini': { price: { input: '0.25', output: '2' }, success: 0.7 },
  'gpt-5': { price: { input: '1.25', output: '10' }, success: 0.95 },
};

const wanted = process.argv.slice(2);
const names = wanted.length === 0 ? Object.keys(TRIALS) : wanted;
for (const name of names)
  if (!(name in TRIALS)) throw new Error(`no application "${name}"; there are ${Object.keys(TRIALS).join(', ')}`);

const folder = mkdtempSync(join(tmpdir(), 'outcome-router-ecosystem-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

install();
let failed = 0;
for (const name of names) for (const trial of TRIALS[name] ?? []) await report(name, trial);
if (failed > 0) process.exitCode = 1;

/** As an application gets it: the packed files, by npm, without the packages of this project. */
function install(): void {
  capture('npm', ['pack', '--ignore-scripts', '--pack-destination', folder]);
  const [tarball = ''] = readdirSync(folder).filter(file => file.endsWith('.tgz'));
  for (const name of ['shared', ...names])
    cpSync(join(ROOT, 'ecosystem-tests', name), join(folder, name), { recursive: true });
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, workspaces: names, dependencies: { 'outcome-router': `file:${tarball}` } }),
  );
  run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'], { cwd: folder });
}

async function report(name: string, trial: Trial): Promise<void> {
  const began = performance.now();
  const problem = await problemOf(name, trial).catch((error: Error) => error.message);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`  ${problem === undefined ? 'ok' : 'FAILED'}  ${trial.what} (${seconds} s)`);
  if (problem === undefined) return;
  console.error(problem);
  failed++;
}

/** `undefined` where all is as it must be. */
async function problemOf(name: string, { what, command, isCheck = false }: Trial): Promise<string | undefined> {
  await using provider = await startFakeProvider({ models: MODELS });
  const ledger = join(folder, `${what.replaceAll(/\W+/g, '-')}.db`);
  const [file = '', ...args] = command.map(part =>
    part
      .replace('BASE_URL', provider.openaiBaseURL)
      .replace('LEDGER', ledger)
      .replace(/^BIN/, join(folder, 'node_modules'))
      .replace(/^node_modules/, join(folder, 'node_modules')),
  );
  const { stdout } = await promisify(execFile)(file, args, { cwd: join(folder, name), timeout: 300_000 });
  if (isCheck) return undefined;
  await provider.idle();
  const { totalNanoUsd, requests } = provider.bill();
  const result = JSON.parse(stdout) as Result;
  const expected = { intents: 10, outcomes: 10, spendNanoUsd: Number(totalNanoUsd), plans: 2, isOneClass: true };
  const isAsExpected = JSON.stringify(result) === JSON.stringify(expected);
  return isAsExpected && requests.length >= 10
    ? undefined
    : `${JSON.stringify(result)}\nin place of\n${JSON.stringify(expected)}`;
}
