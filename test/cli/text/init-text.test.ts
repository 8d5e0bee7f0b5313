import { expect, test } from 'vitest';
import type { InitResult } from '../../../src/cli/text/init-text.ts';
import { configFile, renderInit, routerFile } from '../../../src/cli/text/init-text.ts';

const CONFIG = {
  feature: "it's",
  cheap: { provider: 'openai', model: 'a\\b' },
  premium: { provider: 'anthropic', model: 'c' },
  failureCostUsd: 0.5,
} as const;

test('names are written as string literals with their special characters escaped', () => {
  const text = configFile(CONFIG, { isCommonJs: false });
  expect(text).toContain("    cheap: { provider: 'openai', model: 'a\\\\b' },\n");
  expect(text).toContain("    'it\\'s': {\n");
  expect(text).toContain('export default defineConfig({\n');
});

test('CommonJS files have no import and no export statement', () => {
  const files = [
    configFile(CONFIG, { isCommonJs: true }),
    routerFile({ isCommonJs: true, isNext: false, extension: '.js', configModule: './c.js' }),
  ];
  for (const file of files) expect(file).not.toMatch(/^(?:import|export) /m);
  expect(files[0]).toContain('module.exports = defineConfig({');
  expect(files[1]).toContain('exports.router = createRouter(');
});

const RESULT: InitResult = {
  folder: '.',
  written: [],
  kept: [],
  clients: [],
  unread: [],
  diff: '',
  calls: Array.from({ length: 12 }, (_, line) => ({ file: 'a.ts', line, model: 'gpt-5' })),
  feature: 'chat',
  isInstalled: true,
};

test('ten calls are listed and the others counted, and the text does not ask to install a package that is installed', () => {
  const text = renderInit(RESULT);
  expect(text.match(/^ {2}a\.ts:\d+ {2}model: 'gpt-5'$/gm)).toHaveLength(10);
  expect(text).toContain('  … and 2 more\n');
  expect(text).toContain("router.feature('chat')");
  expect(text).not.toContain('npm install');
  expect(renderInit({ ...RESULT, isInstalled: false })).toContain('- npm install outcome-router\n');
});

test('Windows line endings do not show in a diff, and a docs page is named by its path in node_modules', () => {
  const text = renderInit({ ...RESULT, diff: '-a\r\n+b\r\n' });
  expect(text).toContain('-a\n+b\n');
  expect(text).toContain('node_modules/outcome-router/docs/getting-started.md');
});

test('a diff comes with the command that applies it, and file names cannot control the terminal', () => {
  const text = renderInit({ ...RESULT, diff: '--- a/x', unread: [{ file: '\u001B[2J.ts', why: 'a reason' }] });
  expect(text).toContain('--- a/x\n\nTo make this change: npx outcome-router init --apply\n');
  expect(text).not.toContain('\u001B');
});
