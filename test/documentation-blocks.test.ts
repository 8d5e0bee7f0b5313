/** Every code block of the documentation runs: with the built package and the official clients, against a fake provider. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startFakeProvider } from '../src/public/testing.ts';
import { bundle } from '../tools/bundle.ts';
import { blocksOf, importsFor } from '../tools/doc-examples.ts';
import { filesMatching, ROOT } from '../tools/sources.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const project = temporaryFolder();

/** What the blocks use without importing it: each has its own. */
const CONTEXT = `
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { createRouter } from 'outcome-router';
import { memory } from 'outcome-router/stores/memory';
export { createRouter, defineConfig, RouterError, thompson } from 'outcome-router';
export { contextual, fixed } from 'outcome-router/policies';
export { resolvePrice } from 'outcome-router/prices';
export { replayLedger } from 'outcome-router/replay';
export { sqlite } from 'outcome-router/stores/sqlite';
export const models = { mini: { provider: 'openai', model: 'gpt-5-mini' }, premium: { provider: 'openai', model: 'gpt-5' } };
export const features = {
  'support.reply': {
    candidates: ['mini', 'premium'],
    failureCostUsd: 15,
    signals: { resolved: true, contactedSupport: false, stars: stars => stars >= 4 },
  },
};
export const store = memory();
export const router = createRouter({ models, features });
const vectors = { object: 'list', model: 'text-embedding-3-small', data: [], usage: { prompt_tokens: 1, total_tokens: 1 } };
/** The fake provider has no embeddings. */
const answered = (url, init) => (String(url).endsWith('/embeddings') ? Response.json(vectors) : fetch(url, init));
export const openai = router.wrap(new OpenAI({ fetch: async (url, init) => answered(url, init) }));
export const anthropic = router.wrap(new Anthropic());
export const messages = [{ role: 'user', content: 'Where is my order?' }];
`;
const CONTEXT_NAMES = [...CONTEXT.matchAll(/export (?:const (\w+)|\{ ([^}]+) \})/g)].flatMap(
  ([, name, names]) => name ?? names?.split(', ') ?? [],
);

/** What a block has declared and not defined, and the addresses and files that it names. */
const STAND_INS: readonly (readonly [pattern: RegExp, by: string])[] = [
  [/declare const converse: .*;/, "const converse = async () => ({ text: 'On Monday.', input: 9, output: 3 });"],
  [/declare const fetchToken: .*;/, "const fetchToken = async () => 'a token';"],
  [/outcome\(intent\)/, "outcome(intent, { apiKey: 'none', baseURL: process.env['OPENAI_BASE_URL'] })"],
  [/\.listen\(\d+\)/, '.listen(0)'],
  [/postgres:\/\/router@db\.internal/, 'postgres://router@127.0.0.1:9'],
  [/postgres\(process\.env\['DATABASE_URL'\] \?\? ''\)/, "postgres('postgres://router@127.0.0.1:9/router')"],
  [/'\/data\//g, "'"],
];

/** What blocks read. */
const FILES: Readonly<Record<string, string>> = {
  'router.config.json': '{ "models": { "mini": { "provider": "openai", "model": "gpt-5-mini" } }, "features": {} }',
  'openai-costs.json': '{ "object": "page", "data": [], "has_more": false, "next_page": null }',
  'node_modules/outcome-router/dist/dashboard/site/index.html': '<!doctype html><title>The built page</title>',
};

/** Makes an archive, imports the blocks in turn, and prints what each failed with. */
const RUNNER = `
import { setImmediate as nextTurn } from 'node:timers/promises';
import { archiveLedger } from 'outcome-router/archive';
import { sqlite } from 'outcome-router/stores/sqlite';
const ledger = sqlite('router.db');
await archiveLedger(ledger, 'archive', { beforeMs: Date.now() - 90 * 86_400_000 });
await ledger.close();
const failures = [];
let now = '';
process.on('unhandledRejection', error => failures.push([now, String(error)]));
for (now of process.argv.slice(2)) {
  try {
    await import('./' + now);
    await nextTurn();
  } catch (error) {
    failures.push([now, String(error?.stack ?? error)]);
  }
}
process.stdout.write('\\nfailures ' + JSON.stringify(failures));
process.exit();
`;

test('every code block of the documentation runs without an error', async () => {
  const installed = join(project, 'node_modules', 'outcome-router');
  mkdirSync(installed, { recursive: true });
  for (const name of [
    '@ai-sdk',
    '@anthropic-ai',
    '@duckdb',
    '@langchain',
    '@openai',
    '@opentelemetry',
    '@standard-schema',
    'ai',
  ])
    symlinkSync(join(ROOT, 'node_modules', name), join(project, 'node_modules', name), 'dir');
  for (const name of ['csv-parse', 'express', 'hono', 'lru-cache', 'openai', 'p-retry', 'pg', 'zod'])
    symlinkSync(join(ROOT, 'node_modules', name), join(project, 'node_modules', name), 'dir');
  await bundle(join(installed, 'dist'));
  cpSync(join(ROOT, 'package.json'), join(installed, 'package.json'));
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
  mkdirSync(join(installed, 'dist', 'dashboard', 'site'), { recursive: true });
  for (const [file, text] of Object.entries(FILES)) writeFileSync(join(project, file), text);
  writeFileSync(join(project, 'context.js'), CONTEXT);
  writeFileSync(join(project, 'runner.js'), RUNNER);

  const blocks = filesMatching('*.md', 'llms.txt', 'docs/*.md').flatMap(file =>
    blocksOf(file, readFileSync(join(ROOT, file), 'utf8')),
  );
  expect(blocks.length).toBeGreaterThan(50);
  const names = blocks.map((block, k) => {
    const name = `${block.file.replace(/\W/g, '-')}-${block.line}.ts`;
    const imports = importsFor(block, new Map([[`./context.js?${k}`, CONTEXT_NAMES]]));
    const code = STAND_INS.reduce((text, [pattern, by]) => text.replace(pattern, by), block.code);
    writeFileSync(join(project, name), `${imports} export {};\n${code}\n`);
    return name;
  });

  await using provider = await startFakeProvider({
    models: Object.fromEntries(
      ['gpt-5-mini', 'gpt-5', 'claude-haiku-4-5', 'text-embedding-3-small'].map(name => [
        name,
        { price: { input: '1', output: '4' } },
      ]),
    ),
  });
  const { DATABASE_URL: _, ...env } = process.env;
  const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, 'runner.js', ...names], {
    cwd: project,
    env: {
      ...env,
      OPENAI_API_KEY: 'none',
      OPENAI_BASE_URL: provider.openaiBaseURL,
      ANTHROPIC_API_KEY: 'none',
      ANTHROPIC_BASE_URL: provider.anthropicBaseURL,
      OUTCOMES_TOKEN: 'a-token-of-the-application',
      AZURE_KEY: 'none',
      TEAM_KEY: 'none',
    },
  });
  expect(JSON.parse(stdout.slice(stdout.lastIndexOf('failures ') + 9))).toEqual([]);
}, 120_000);
