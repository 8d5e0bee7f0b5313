/** `init` on whole applications: they compile and run before and after, and the clients route once a call names a feature. */
import { execFile, execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import * as init from '../../../src/cli/commands/init.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import type { FakeProvider } from '../../../src/testing/fake-provider.ts';
import { startFakeProvider } from '../../../src/testing/fake-provider.ts';
import { capture } from '../../../tools/run.ts';
import { ROOT } from '../../../tools/sources.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import type { Ran } from './run-command.ts';
import { runCommand } from './run-command.ts';

let fake: FakeProvider;
beforeAll(async () => {
  const models = ['gpt-5', 'gpt-5-mini', 'claude-haiku-4-5'];
  fake = await startFakeProvider({
    models: Object.fromEntries(models.map(model => [model, { price: { input: '1', output: '1' }, success: 1 }])),
  });
});
afterAll(async () => {
  await fake.close();
});

type Files = Readonly<Record<string, string>>;

/** An application with its SDKs and this package, in a repository with one commit. */
function application(files: Files): string {
  const folder = temporaryFolder();
  const own = join(folder, 'node_modules', 'outcome-router');
  const write = (file: string, content: string): void => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), content);
  };
  for (const [file, content] of Object.entries(files)) write(file, content);
  write('.gitignore', 'node_modules\nrouter.db*\n');
  const manifest = {
    name: 'outcome-router',
    type: 'module',
    exports: { '.': './src/index.ts', './stores/*': './src/stores/*.ts' },
  };
  write('node_modules/outcome-router/package.json', JSON.stringify(manifest));
  symlinkSync(join(ROOT, 'src'), join(own, 'src'));
  for (const name of ['openai', '@anthropic-ai/sdk', '@types/node']) {
    mkdirSync(dirname(join(folder, 'node_modules', name)), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  }
  commit(folder);
  return folder;
}

function commit(folder: string): void {
  const git = (...args: readonly string[]) => execFileSync('git', args, { cwd: folder });
  git('init', '-q');
  git('add', '-A');
  git('-c', 'user.name=Test', '-c', 'user.email=test@example.com', 'commit', '-qm', 'the application', '--allow-empty');
}

const runInit = async (folder: string, ...args: readonly string[]): Promise<Ran> =>
  runCommand(init, ['init', folder, ...args]);

/** What the application prints; its calls go to the fake provider, with the model that it is given. */
async function runApplication(folder: string, file: string, model: string): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--experimental-strip-types', '--disable-warning=ExperimentalWarning', file],
    {
      cwd: folder,
      env: {
        ...process.env,
        OPENAI_API_KEY: 'k',
        OPENAI_BASE_URL: fake.openaiBaseURL,
        ANTHROPIC_API_KEY: 'k',
        ANTHROPIC_BASE_URL: fake.anthropicBaseURL,
        MODEL: model,
      },
    },
  );
  return stdout;
}

/** The errors that the compiler finds in the application. */
function compiled(folder: string): string {
  return capture('tsc', ['-p', folder, '--pretty', 'false'], { cwd: folder }).stdout;
}

function tsconfig(options: object): string {
  // The published declarations, if they are built: with the sources, the compiler takes six times as long.
  const paths = {
    'outcome-router': [join(ROOT, 'dist/index.d.ts'), join(ROOT, 'src/index.ts')],
    'outcome-router/*': [join(ROOT, 'dist/*.d.ts'), join(ROOT, 'src/*.ts')],
  };
  const common = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: 'es2023',
    lib: ['es2024', 'esnext.array', 'esnext.disposable'],
  };
  return JSON.stringify({
    compilerOptions: { ...common, types: ['node'], allowImportingTsExtensions: true, paths, ...options },
  });
}

const ASK =
  "const reply = await openai.chat.completions.create({ model: process.env['MODEL'] ?? '', messages: [{ role: 'user', content: 'Hello' }] });\nconsole.log(reply.choices[0]?.message.content?.slice(0, 8), reply.model);\n";

describe('an application in TypeScript', () => {
  const FILES: Files = {
    'package.json': '{ "type": "module", "dependencies": { "outcome-router": "1", "openai": "*" } }',
    'tsconfig.json': tsconfig({ module: 'nodenext' }),
    'src/clients.ts': `import Anthropic, { type ClientOptions } from '@anthropic-ai/sdk';
import { OpenAI as Client, AzureOpenAI } from 'openai';
import * as sdk from 'openai';
import { settings } from './settings.ts';

export const openai: Client = new Client(settings);
export class Clients {
  readonly other = new sdk.OpenAI({ ...settings, timeout: 10 });
  readonly options: ClientOptions = {};
  anthropic(): Anthropic { return new Anthropic(this.options); }
  azure(): AzureOpenAI { return new AzureOpenAI({ apiVersion: 'v1', endpoint: 'https://a.example', apiKey: 'k' }); }
}
`,
    'src/settings.ts': 'export const settings = { maxRetries: 1 };\n',
    'src/main.ts': `import { Clients, openai } from './clients.ts';\n${ASK}
console.log(typeof new Clients().anthropic().messages.create, new Clients().other.timeout);\n`,
  };

  test('the application compiles and runs as before, and its clients route once a call names a feature', async () => {
    const folder = application(FILES);
    expect(compiled(folder)).toBe('');
    const before = await runApplication(folder, 'src/main.ts', 'gpt-5');

    const shown = await runInit(folder, '--yes', '--feature', 'chat.reply');
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    expect(shown.stdout).toContain('wrote src/router.config.ts\nwrote src/model-router.ts\n');
    expect(shown.stdout).toContain('\n+export const openai: Client = router.wrap(new Client(settings));\n');
    expect(shown.stdout).toContain('stays as it is: its addresses name a deployment');
    expect(readFileSync(join(folder, 'src/clients.ts'), 'utf8')).toBe(FILES['src/clients.ts']);

    const applied = await runInit(folder, '--apply');
    expect(applied.stdout).toContain('kept src/router.config.ts, which was there already\n');
    expect(applied.stdout).toContain("router.feature('chat.reply').intent().model");
    expect(applied.stdout.match(/^wrapped (?:OpenAI|Anthropic) in src\/clients\.ts:\d+$/gm)).toHaveLength(3);
    expect(compiled(folder)).toBe('');
    expect(await runApplication(folder, 'src/main.ts', 'gpt-5')).toBe(before);

    expect(await runApplication(folder, 'src/main.ts', 'feature:chat.reply')).toMatch(/^\[solved\] gpt-5(-mini)?\n/);
    const ledger = sqlite(join(folder, 'router.db'));
    expect(await ledger.intents({ feature: 'chat.reply', limit: 10 })).toHaveLength(1);
    await ledger.close();

    const changed = readFileSync(join(folder, 'src/clients.ts'), 'utf8');
    commit(folder);
    const again = await runInit(folder, '--apply');
    expect(again.stdout.match(/ is wrapped already$/gm)).toHaveLength(3);
    expect(readFileSync(join(folder, 'src/clients.ts'), 'utf8')).toBe(changed);
  });
});

describe('an application in JavaScript', () => {
  test('an application with ES modules runs as before, and routes', async () => {
    const folder = application({
      'package.json': '{ "type": "module" }',
      'main.js': `import OpenAI from "openai"\nconst router = 'taken'\nconst openai = new OpenAI()\n${ASK}`,
    });
    const before = await runApplication(folder, 'main.js', 'gpt-5');
    expect(await runInit(folder, '--yes', '--apply')).toMatchObject({ code: 0 });
    expect(readFileSync(join(folder, 'main.js'), 'utf8')).toContain(
      'import { router as modelRouter } from "./model-router.js"\n',
    );
    expect(await runApplication(folder, 'main.js', 'gpt-5')).toBe(before);
    expect(await runApplication(folder, 'main.js', 'feature:support.reply')).toMatch(/^\[solved\] /);
  });

  test('an application with require runs as before, and routes', async () => {
    const folder = application({
      'package.json': '{}',
      'lib/client.js': "'use strict'\nconst { OpenAI } = require('openai')\nmodule.exports = new OpenAI()\n",
      'main.js': `const openai = require('./lib/client');\n(async () => {\n${ASK}})();\n`,
    });
    const before = await runApplication(folder, 'main.js', 'gpt-5');
    expect(await runInit(folder, '--yes', '--apply')).toMatchObject({ code: 0 });
    expect(readFileSync(join(folder, 'lib/client.js'), 'utf8')).toContain(
      "const { router } = require('../model-router.js');\n",
    );
    expect(await runApplication(folder, 'main.js', 'gpt-5')).toBe(before);
    expect(await runApplication(folder, 'main.js', 'feature:support.reply')).toMatch(/^\[solved\] /);
  });
});

describe('an application of several files', () => {
  test('a Next.js application keeps one router in spite of reloads, and calls on a client of another file are listed', async () => {
    const folder = application({
      'package.json': '{ "dependencies": { "next": "16" } }',
      'tsconfig.json': tsconfig({ module: 'esnext', moduleResolution: 'bundler' }),
      'lib/openai.ts': "import OpenAI from 'openai';\nexport const openai = new OpenAI();\n",
      'app/api/ask/route.ts':
        "import { openai } from '../../../lib/openai';\nexport const ask = () =>\n  openai.chat.completions.create({ model: 'gpt-4o', messages: [] });\n",
    });
    const { stdout } = await runInit(folder, '--yes', '--apply');
    expect(stdout).toContain("  app/api/ask/route.ts:3  model: 'gpt-4o'\n");
    expect(readFileSync(join(folder, 'model-router.ts'), 'utf8')).toContain(
      'export const router = kept.modelRouter ??= opened();\n',
    );
    expect(compiled(folder)).toBe('');
  });

  test('at the root of a workspace, the packages that create clients are named, and nothing is written', async () => {
    const files = { 'packages/api/package.json': '{}', 'packages/api/src/a.js': CLIENT };
    const folder = application({ 'package.json': '{ "workspaces": ["packages/*"] }', ...files });
    const { code, stderr } = await runInit(folder, '--yes');
    expect([code, stderr]).toEqual([1, expect.stringContaining(`init ${join(folder, 'packages/api')})`)]);
    expect(existsSync(join(folder, 'router.config.js'))).toBe(false);
    expect((await runInit(join(folder, 'packages/api'), '--yes')).code).toBe(0);
    const own = application({ 'package.json': '{ "workspaces": ["packages/*"] }', 'a.js': CLIENT, ...files });
    expect((await runInit(own, '--yes')).code).toBe(0);
  });
});

const CLIENT = "import Anthropic from '@anthropic-ai/sdk';\nexport const client = new Anthropic();\n";

describe('what is never done', () => {
  const files = { 'package.json': '{ "type": "module" }', 'a.js': CLIENT };
  const contentOf = (folder: string): string => readFileSync(join(folder, 'a.js'), 'utf8');

  test('without git, or with changes that are not committed, `init` applies and writes nothing, unless forced', async () => {
    const folder = application(files);
    renameSync(join(folder, '.git'), join(folder, 'no-git'));
    const refused = await runInit(folder, '--yes', '--apply');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('--apply: this is not a git repository, so that the change could not be undone');
    renameSync(join(folder, 'no-git'), join(folder, '.git'));
    writeFileSync(join(folder, 'a.js'), `${CLIENT}// more\n`);
    expect((await runInit(folder, '--yes', '--apply')).stderr).toContain('a.js has changes that are not committed');
    expect([existsSync(join(folder, 'router.config.js')), contentOf(folder)]).toEqual([false, `${CLIENT}// more\n`]);
    expect(await runInit(folder, '--yes', '--apply', '--force')).toMatchObject({ code: 0 });
    expect(contentOf(folder)).toContain('router.wrap(new Anthropic())');
  });

  test('an existing configuration is kept, and a file without a router is not mistaken for one', async () => {
    const folder = application({
      ...files,
      'router.config.js': '// mine\n',
      'model-router.js': 'export const other = 1;\n',
    });
    const refused = await runInit(folder, '--yes');
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining('model-router.js: the file exports no router'),
    ]);
    writeFileSync(join(folder, 'model-router.js'), 'const router = 1;\nexport { router };\n');
    expect((await runInit(folder, '--yes')).code).toBe(0);
    expect(readFileSync(join(folder, 'router.config.js'), 'utf8')).toBe('// mine\n');
  });

  test('a file that cannot be read stays as it is, and the others are changed', async () => {
    const broken = `${CLIENT}const a = ;\n`;
    const folder = application({ ...files, 'b.js': broken });
    const { stdout } = await runInit(folder, '--yes', '--apply');
    expect(stdout).toContain('b.js stays as it is: Unexpected token');
    expect([readFileSync(join(folder, 'b.js'), 'utf8'), contentOf(folder)]).toEqual([
      broken,
      expect.stringContaining('router.wrap'),
    ]);
  });

  test('the mode of a file is kept, and no temporary file is left behind', async () => {
    const folder = application(files);
    chmodSync(join(folder, 'a.js'), 0o755);
    expect(await runInit(folder, '--yes', '--apply', '--force')).toMatchObject({ code: 0 });
    expect(contentOf(folder)).toContain('router.wrap');
    expect(statSync(join(folder, 'a.js')).mode & 0o777).toBe(0o755);
    expect(readdirSync(folder).filter(name => name.endsWith('.part'))).toEqual([]);
  });

  test('a symbolic link stays as it is, and its target imports the router by a path from the target’s own folder', async () => {
    const folder = application({ 'package.json': files['package.json'], 'lib/client.js': CLIENT });
    const outside = application(files);
    symlinkSync('lib/client.js', join(folder, 'z.js'));
    symlinkSync(join(outside, 'a.js'), join(folder, 'outside.js'));
    commit(folder);
    expect(await runInit(folder, '--yes', '--apply')).toMatchObject({ code: 0 });
    expect(readFileSync(join(folder, 'lib/client.js'), 'utf8')).toContain("from '../model-router.js';");
    expect(lstatSync(join(folder, 'z.js')).isSymbolicLink()).toBe(true);
    expect(contentOf(outside)).toBe(CLIENT);
  });

  test('a file that is saved while init runs is not overwritten', async () => {
    const folder = application(files);
    const bin = temporaryFolder();
    // Simulates an editor: the file is saved just after git was asked about it.
    const git = execFileSync('which', ['git'], { encoding: 'utf8' }).trim();
    const saving = `[ "$1" = status ] && echo '// saved' >> a.js`;
    writeFileSync(join(bin, 'git'), `#!/bin/sh\n'${git}' "$@"\ncode=$?\n${saving}\nexit $code\n`, { mode: 0o755 });
    vi.stubEnv('PATH', `${bin}:${process.env['PATH']}`);
    const { code, stderr } = await runInit(folder, '--yes', '--apply').finally(() => vi.unstubAllEnvs());
    expect([code, stderr]).toEqual([1, expect.stringContaining('a.js: the file has changed since it was read')]);
    expect([contentOf(folder), existsSync(join(folder, 'router.config.js'))]).toEqual([`${CLIENT}// saved\n`, false]);
  });
});

describe('questions', () => {
  const files = { 'package.json': '{ "type": "module" }', 'a.js': CLIENT };
  const OPTIONS = [
    '--feature',
    'invoice.extract',
    '--cheap',
    'gpt-5-mini',
    '--premium',
    'claude-sonnet-4-5',
    '--failure-cost',
    '2.5',
  ];

  test('where `init` cannot ask questions, it needs every option or --yes', async () => {
    const folder = application(files);
    const refused = await runInit(folder, ...OPTIONS.slice(2));
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('or --yes for the defaults')]);
    expect(await runInit(folder, ...OPTIONS)).toMatchObject({ code: 0 });
    const config = readFileSync(join(folder, 'router.config.js'), 'utf8');
    expect(config).toContain("    cheap: { provider: 'openai', model: 'gpt-5-mini' },\n");
    expect(config).toContain("    premium: { provider: 'anthropic', model: 'claude-sonnet-4-5' },\n");
    expect(config).toContain("    'invoice.extract': {\n");
    expect(config).toContain('failureCostUsd: 2.5,');
  });

  test('the defaults are models of the vendor whose client the application has', async () => {
    const folder = application(files);
    await runInit(folder, '--yes');
    expect(readFileSync(join(folder, 'router.config.js'), 'utf8')).toContain("model: 'claude-haiku-4-5'");
  });

  test.each([
    [['--feature', 'two words'], '--feature: not a name'],
    [['--cheap', 'gpt-5-mimi'], 'models.cheap.price: the price of "gpt-5-mimi" is unknown'],
    [['--failure-cost', '-1'], 'failureCostUsd'],
    [['--failure-cost', 'much'], 'Not a number'],
  ])('an answer that no router could use is refused before anything is written: %j', async (args, message) => {
    const folder = application(files);
    const { code, stderr } = await runInit(folder, '--yes', ...args);
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
    expect(existsSync(join(folder, 'router.config.js'))).toBe(false);
  });

  test('--json prints one document', async () => {
    const folder = application(files);
    const { stdout } = await runInit(folder, '--yes', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      written: ['router.config.js', 'model-router.js'],
      kept: [],
      clients: [{ file: 'a.js', line: 2, client: 'Anthropic', state: 'open' }],
      diff: expect.stringContaining('+export const client = router.wrap(new Anthropic());'),
      isInstalled: false,
    });
  });

  test('an application without a client gets a configuration and a router', async () => {
    const folder = application({ 'package.json': '{}' });
    const { stdout } = await runInit(folder, '--yes');
    expect(stdout).toContain('No `new OpenAI()` and no `new Anthropic()` was found.');
    expect(stdout).toContain('LangChain');
    expect(readFileSync(join(folder, 'model-router.js'), 'utf8')).toContain(
      "const config = require('./router.config.js');",
    );
  });
});
