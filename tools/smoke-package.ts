/**
 * The packed tarball as an application would have it: installed into an empty project, imported subpath by subpath,
 * its command run, a consumer type-checked. Nothing is downloaded: the dependencies that the manifest declares are
 * linked from this project's node_modules, so one that is used and not declared is not found.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { unsupportedNode } from '../src/cli/io/node-version.ts';
import type { Result } from './run.ts';
import { capture, OLDEST_NODE, run } from './run.ts';
import { ROOT } from './sources.ts';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** A first application. It must compile under `strict`, with every declaration file checked too. */
const CONSUMER = `
import { createRouter, RouterError, thompson } from 'outcome-router';
import { sqlite } from 'outcome-router/stores/sqlite';

const router = createRouter({
  models: { mini: { provider: 'openai', model: 'gpt-5-mini' }, premium: { provider: 'openai', model: 'gpt-5' } },
  features: { 'support.reply': { candidates: ['mini', 'premium'], failureCostUsd: 15, signals: { stars: (n: number) => n >= 4 } } },
  policy: thompson(),
  store: sqlite('router.db'),
});
await router.feature('support.reply').intent().signal('stars', 5);
// @ts-expect-error: a feature that is not configured
router.feature('support.replies');
export const isOurs: (error: unknown) => boolean = RouterError.isInstance;
`;

/**
 * Maximum number of type instantiations for the consumer above, without the declarations: an editor repeats them at every
 * keystroke.
 */
const MAX_INSTANTIATIONS = 620;

/** Ends this process with a message when a condition does not hold. */
function expectThat(holds: boolean, what: string, result?: Result): void {
  console.log(`  ${holds ? 'ok' : 'FAILED'}  ${what}`);
  if (holds) return;
  if (result !== undefined) console.error(result.stdout + result.stderr);
  process.exit(1);
}

export function smokeTest(tarball: string, folder: string): void {
  const app = join(folder, 'app');
  const modules = join(app, 'node_modules');
  const installed = join(modules, 'outcome-router');
  mkdirSync(installed, { recursive: true });
  run('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1']);
  writeFileSync(join(app, 'package.json'), '{ "type": "module" }\n');
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Manifest;
  const isOptional = (name: string): boolean => manifest.peerDependenciesMeta[name]?.optional === true;
  const peers = Object.keys(manifest.peerDependencies);

  link(modules, [...Object.keys(manifest.dependencies), ...peers.filter(name => !isOptional(name))]);
  importAll(app, manifest, peers.filter(isOptional));
  demoAsksForClients(app, installed, manifest);
  link(modules, [...peers.filter(isOptional), '@types/node', 'undici-types']);
  importAll(app, manifest, []);
  requireAndReport(app, manifest);
  tryOldestPeers(app);
  runCommand(app, installed, manifest);
  runDemo(app);
  typeCheck(app);
}

/** The first command a new user runs, before anything else is installed. */
function demoAsksForClients(app: string, installed: string, manifest: Manifest): void {
  const command = join(installed, Object.values(manifest.bin)[0] ?? '');
  const result = capture('node', [command, 'demo'], { cwd: app });
  expectThat(
    result.status === 1 && result.stdout === '' && result.stderr.includes('npm install openai @anthropic-ai/sdk'),
    'the demo without the clients says how to get them',
    result,
  );
}

function runDemo(app: string): void {
  const bin = join(app, 'node_modules', '.bin', 'outcome-router');
  for (const node of ['node', OLDEST_NODE]) {
    const db = join(app, node === 'node' ? 'newest.db' : 'oldest.db');
    const result = capture(node, [bin, 'demo', '--intents', '50', '--db', db], { cwd: app });
    expectThat(
      result.status === 0 && result.stdout.includes('equal to the nano-dollar'),
      `the demo on ${node === 'node' ? 'this Node' : 'the oldest Node'}: the ledger equals the provider's bill`,
      result,
    );
  }
}

function link(modules: string, names: readonly string[]): void {
  for (const name of names) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name), 'dir');
  }
}

/** Imports every subpath on the newest and the oldest Node. Only the core must load without its optional peers. */
function importAll(app: string, manifest: Manifest, absent: readonly string[]): void {
  const script =
    'const names = Object.keys(await import(process.argv[1])); if (names.length === 0) throw new Error("exports nothing");';
  for (const subpath of Object.keys(manifest.exports).filter(name => !name.endsWith('.json'))) {
    const specifier = manifest.name + subpath.slice(1);
    for (const node of ['node', OLDEST_NODE]) {
      const result = capture(node, ['--input-type=module', '-e', script, specifier], { cwd: app });
      const missing = absent.find(name => result.stderr.includes(`Cannot find package '${name}'`));
      const excused = subpath !== '.' && missing !== undefined;
      const where = `${specifier} on ${node === OLDEST_NODE ? 'the oldest Node' : 'this Node'}`;
      expectThat(
        result.status === 0 || excused,
        excused ? `${where} asks for its peer ${missing}` : `import ${where}`,
        result,
      );
    }
  }
}

/** A CommonJS application requires the core, whose report loads at its first use. */
function requireAndReport(app: string, manifest: Manifest): void {
  const script = `
    const models = { mini: { provider: 'openai', model: 'gpt-5-mini' } };
    const features = { 'support.reply': { candidates: ['mini'], failureCostUsd: 15 } };
    const router = require(process.argv[1]).createRouter({ models, features });
    Promise.all([router.report(), router.report()]).then(async () => router.close());`;
  for (const node of ['node', OLDEST_NODE]) {
    const result = capture(node, ['--input-type=commonjs', '-e', script, manifest.name], { cwd: app });
    const where = node === OLDEST_NODE ? 'the oldest Node' : 'this Node';
    expectThat(result.status === 0, `require ${manifest.name} and report on ${where}`, result);
  }
}

/** Checks a correct and a wrong configuration with the oldest allowed and the newest release of each peer. */
const WITH_PEERS = `
import assert from 'node:assert/strict';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { createRouter, RouterError } from 'outcome-router';

const models = { mini: { provider: 'openai', model: 'gpt-5-mini' } };
const router = createRouter({ models, features: { 'support.reply': { candidates: ['mini'], failureCostUsd: 15 } } });
assert(router.wrap(new OpenAI({ apiKey: 'key' })) instanceof OpenAI);
assert(router.wrap(new Anthropic({ apiKey: 'key' })) instanceof Anthropic);
await router.close();
const wrong = () => createRouter({ models, features: { 'support.reply': { candidates: ['mini'], failureCostUsd: -3 } } });
assert.throws(wrong, error => RouterError.isInstance(error) && /failureCostUsd/.test(error.message));
`;

function tryOldestPeers(app: string): void {
  const script = join(app, 'peers.mjs');
  writeFileSync(script, WITH_PEERS);
  for (const age of ['oldest', 'newest'] as const) {
    for (const [name, oldest] of Object.entries({
      zod: 'zod-oldest',
      openai: 'openai-oldest',
      '@anthropic-ai/sdk': 'anthropic-oldest',
    })) {
      const place = join(app, 'node_modules', name);
      rmSync(place, { recursive: true });
      // An alias is copied, not linked, because a package may import itself by its own name.
      if (age === 'oldest') cpSync(join(ROOT, 'node_modules', oldest), place, { recursive: true });
      else symlinkSync(join(ROOT, 'node_modules', name), place, 'dir');
    }
    const result = capture('node', [script], { cwd: app });
    expectThat(
      result.status === 0,
      `a router and wrapped clients with the ${age} zod, openai and @anthropic-ai/sdk`,
      result,
    );
  }
}

function runCommand(app: string, installed: string, manifest: Manifest): void {
  const [name = '', path = ''] = Object.entries(manifest.bin)[0] ?? [];
  const bin = join(app, 'node_modules', '.bin', name);
  mkdirSync(dirname(bin), { recursive: true });
  symlinkSync(join(installed, path), bin);
  expectThat(
    capture(bin, ['--version'], { cwd: app }).stdout === `${manifest.version}\n`,
    `${name} --version runs by its shebang`,
  );
  for (const node of ['node', OLDEST_NODE]) {
    const help = capture(node, [bin, '--help'], { cwd: app });
    expectThat(
      help.status === 0 && help.stdout.includes('Usage:'),
      `${name} --help loads every command on ${node}`,
      help,
    );
  }
  const older = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map(folder => join(folder, 'node'))
    .filter(node => unsupportedNode(versionOf(node), manifest.engines.node) !== undefined);
  const pretend = ['--require', join(ROOT, 'test', 'cli', 'pretend-node-20.cjs')];
  for (const [node, flags] of [['node', pretend] as const, ...older.map(path => [path, []] as const)]) {
    const result = capture(node, [...flags, bin, '--version'], { cwd: app });
    const told =
      result.status === 1 &&
      result.stdout === '' &&
      /^outcome-router needs Node\.js [\d.]+ or newer; this is [\d.]+\.\n$/.test(result.stderr);
    expectThat(
      told,
      `${name} on ${flags.length > 0 ? 'a pretended old Node' : `${node} (${versionOf(node)})`} says which Node it needs`,
      result,
    );
  }
  if (older.length === 0) console.log('  note: this machine has no older Node, so only the pretended one was tried');
}

/** Version of a Node binary; where there is none, a version that supports everything. */
function versionOf(node: string): string {
  try {
    return capture(node, ['-p', 'process.versions.node']).stdout.trim();
  } catch {
    return '9999.0.0';
  }
}

function typeCheck(app: string): void {
  writeFileSync(join(app, 'consumer.ts'), CONSUMER);
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: 'es2022',
    module: 'nodenext',
    types: ['node'],
    skipLibCheck: false,
    exactOptionalPropertyTypes: true,
  };
  writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['consumer.ts'] }));
  const result = capture('tsc', ['-p', app]);
  expectThat(result.status === 0, 'a consumer compiles under strict, declaration files included', result);
  const diagnostics = capture('tsc', ['-p', app, '--skipLibCheck', '--extendedDiagnostics']).stdout;
  const instantiations = Number(/Instantiations:\s+(\d+)/.exec(diagnostics)?.[1]);
  expectThat(
    instantiations <= MAX_INSTANTIATIONS,
    `its own types cost ${instantiations} instantiations, at most ${MAX_INSTANTIATIONS}`,
  );
}
