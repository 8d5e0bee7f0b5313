/**
 * Runs the examples as a user of the installed package does: built, in a project of their own, on the Node that runs the
 * tests, without a key.
 */
import { execFile } from 'node:child_process';
import { cpSync, globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../tools/bundle.ts';
import { postgres } from '../src/stores/postgres.ts';
import { ROOT } from '../tools/sources.ts';
import { describeOnPostgres, postgresUrl } from './support/postgres.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

/** What each prints, in this order. */
const PRINTS: Readonly<Record<string, readonly RegExp[]>> = {
  'drop-in-openai': [
    /^mini: \d+ % of the intents, \d+ % right, a success costs \$\d+\.\d\d \(\$\d+\.\d\d to \$\d+\.\d\d\)$/m,
    /^premium: \d+ % of the intents, \d+ % right/m,
    /^models: \$0\.\d+$/m,
  ],
  effort: [
    /^first: (mini|low|high), which is gpt-5(-mini)? with (effort=(low|high)|no parameters of its own)$/m,
    /^mini: share \d\.\d\d, .+\nlow: share \d\.\d\d, .+\nhigh: share \d\.\d\d, /m,
  ],
  'drop-in-anthropic': [
    /^\[solved\] /m,
    /^first: (haiku|sonnet), provider-fault, \$0\.000000\nretry: \1, ok, \$0\.00\d+$/m,
    /^why: share 0\.\d+ of 2 plans/m,
  ],
  'chat-with-thumbs': [
    /^listening on http:\/\/127\.0\.0\.1:\d+$/m,
    /^reply: \[(not )?solved\] /m,
    /^after a thumb down: failure$/m,
  ],
  'extract-invoice': [
    /^page \d+: mini rejected: lines add up to 107250, not 57250\npage \d+: premium (accepted|rejected)/m,
    /^mini>premium: \d+ % of the pages, \$\d\.\d\d each \(\$\d\.\d\d to \$\d\.\d\d\)$/m,
  ],
  agent: [
    /^turn 1: write_file$/m,
    /^turn 2: \[solved\] /m,
    /^outcome: success$/m,
    /^first: \$0\.0\d+$/m,
    /^later-turns: \$0\.0\d+$/m,
  ],
  'ai-sdk': [/^generated: \[solved\] /m, /^streamed: \[solved\] /m, /^2 intents, 2 outcomes, \$0\.0\d+$/m],
  langchain: [/^invoked: \[solved\] /m, /^streamed: \[solved\] /m, /^2 intents, 2 outcomes, \$0\.0\d+$/m],
  'own-policy': [
    /^softmax gives mini \d+ %: \$\d\.\d\d an intent$/m,
    /^softmax gives premium \d+ %: \$\d\.\d\d an intent$/m,
  ],
  'own-observer': [
    /^llm_attempts_total\{feature="support.reply",model="mini",kind="first",status="ok"\} \d+$/m,
    /^llm_spend_nano_usd_total\{feature="support.reply",model="mini"\} \d+$/m,
    /^llm_outcomes_total\{feature="support.reply",outcome="success"\} \d+$/m,
  ],
  'replay-yesterday': [
    /^support\.reply, always:mini: (no estimate: what is recorded is worth only \d+ of the other policy's own choices|\$\d\.\d\d an intent)/m,
    /^support\.reply, always:premium: \$\d\.\d\d an intent \(\$\d\.\d\d to \$\d\.\d\d\), against \$\d\.\d\d as it was$/m,
  ],
  serverless: [/^answered: \[(not )?solved\] /m, /^\d+ intents, \d+ outcomes, \$0\.\d+$/m],
  hono: [
    /^answered: \[(not )?solved\] /m,
    /^webhook: 200 (success|failure)\nwebhook: 200 \1\nwebhook: 404 unknown-intent$/m,
    /^1 intents, 1 outcomes, \$0\.0\d+$/m,
  ],
  express: [
    /^ticket: 200 \{"state":"success"\}\nunknown: 404 \{"error":"unknown-intent"\}\nmalformed: 400 \{"error":"invalid-value"\}$/m,
    /^outcome: 200 \{"outcome":\{"state":"failure","source":"explicit","escalated":false\}\}$/m,
    /^2 intents, 2 outcomes, \$0\.0\d+$/m,
  ],
  'nextjs/visit': [
    /^loaded twice: true, one router: true$/m,
    /^outcome: 200 \{"outcome":\{"state":"success",/m,
    /^1 intent, 1 outcome$/m,
  ],
  'queue-worker': [
    /^again: mail-0, the database is down\n(?:done: mail-\d\n){3}3 intents, 3 outcomes, \$0\.0\d+\nthe provider's own bill: 4 calls$/m,
  ],
  langgraph: [/^report: \[(not )?solved\] /m, /^1 intents, 1 outcomes, \$0\.0\d+\nthe provider's own bill: 2 calls$/m],
  'openai-agents': [/^answered: \[(not )?solved\] /m, /^1 intents, 1 outcomes, \$0\.0\d+$/m],
  'outcomes-from-python': [/^2 recorded, 1 refused$/m, /^2 intents, 2 outcomes, \$0\.0\d+$/m],
  'local-models': [/^local: \d+ % of the intents, \d+ % right$/m, /^models: \$0\.\d+$/m],
  'two-endpoints': [/^(?:(?:east provider-fault, then )?west ok\n){3}$/],
  'prompt-version': [/^v1: 30 intents, \d+ % right, a success costs \$\d/m, /^v2: 30 intents, \d+ % right/m],
  'several-processes': [
    /^2 web processes, 120 intents, 120 outcomes, \$0\.\d+$/m,
    /^the provider's own bill: \d+ nano-dollars$/m,
  ],
};

const project = temporaryFolder();

beforeAll(async () => {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
    readonly peerDependencies: Readonly<Record<string, string>>;
  };
  const used = ['@langchain/openai', '@langchain/langgraph', '@openai/agents', 'express', 'hono', '@hono/node-server'];
  const installed = join(project, 'node_modules', 'outcome-router');
  for (const name of [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies), ...used]) {
    mkdirSync(dirname(join(project, 'node_modules', name)), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), join(project, 'node_modules', name), 'dir');
  }
  await bundle(join(installed, 'dist'));
  cpSync(join(ROOT, 'package.json'), join(installed, 'package.json'));
  cpSync(join(ROOT, 'examples'), join(project, 'examples'), { recursive: true });
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
});

async function run(
  name: string,
  args: readonly string[] = [],
  more: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { OPENAI_API_KEY: _, ANTHROPIC_API_KEY: __, DATABASE_URL: ___, ...env } = process.env;
  const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [...flags, join('examples', `${name}.ts`), ...args],
    { cwd: project, env: { ...env, ...more }, timeout: 240_000 },
  );
  expect(stderr).toBe('');
  return stdout;
}

/** The code of the only `ts` block of a Markdown file that contains `part`. */
function documented(file: string, part: string): string {
  const blocks = [...readFileSync(join(ROOT, file), 'utf8').matchAll(/```ts\n([^]*?)```/g)].map(
    ([, code = '']) => code,
  );
  const found = blocks.filter(code => code.includes(part));
  expect(found).toHaveLength(1);
  return found[0] ?? '';
}

const APPLICATION = `
import { createRouter } from 'outcome-router';
import config from './router.config.ts';
const router = createRouter(config);
console.log(router.feature('support.reply').model);
await router.close();
`;

test('the configuration file of the FinOps guide works for the application and for the commands', async () => {
  writeFileSync(join(project, 'router.config.ts'), documented('docs/finops.md', 'defineConfig('));
  writeFileSync(join(project, 'application.ts'), APPLICATION);
  const node = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)(process.execPath, args, { cwd: project })).stdout;

  expect(await node('application.ts')).toBe('feature:support.reply\n');
  const command = join('node_modules', 'outcome-router', 'dist', 'cli', 'main.js');
  const checked = await node(command, 'prices', 'check', '--config', 'router.config.ts', '--json');
  const { models } = JSON.parse(checked) as { readonly models: readonly { readonly name: string }[] };
  expect(models.map(({ name }) => name)).toEqual(['mini', 'premium']);
});

describe('examples', () => {
  test('every example file is run by this test', () => {
    const files = globSync('**/*.ts', { cwd: join(ROOT, 'examples') });
    // The files of an application, which the example beside them loads.
    const isPart = (file: string): boolean => /^nextjs\/(?:app|lib)\//.test(file);
    expect(files.filter(file => !isPart(file)).toSorted()).toEqual(
      Object.keys(PRINTS)
        .map(name => `${name}.ts`)
        .toSorted(),
    );
  });

  test.each(Object.keys(PRINTS))(
    '%s prints the expected lines and exits',
    async name => {
      const stdout = await run(name, name === 'chat-with-thumbs' ? ['--visit'] : []);
      for (const line of PRINTS[name] ?? []) expect(stdout).toMatch(line);
    },
    60_000,
  );
});

describeOnPostgres('the serverless function on PostgreSQL', () => {
  test('all that an invocation recorded is in the database when its handler has answered', async () => {
    const url = await postgresUrl();
    const [before, stdout] = [await intentsIn(url), await run('serverless', [], { DATABASE_URL: url })];
    expect(stdout).toMatch(new RegExp(`^${before + 2} intents, ${before + 2} outcomes`, 'm'));
    expect(await intentsIn(url)).toBe(before + 2);
  });
});

async function intentsIn(url: string): Promise<number> {
  const store = postgres(url);
  try {
    return (await store.intents({ feature: 'support.reply', limit: 1000 })).length;
  } finally {
    await store.close();
  }
}
