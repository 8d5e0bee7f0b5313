import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as prices from '../../../src/cli/commands/prices.ts';
import { modelNamed, WELL_KNOWN_PROVIDERS } from '../../../src/cli/commands/prices-check.ts';
import { lookUp } from '../../../src/prices/book.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { runCommand } from './run-command.ts';

const run = (...args: string[]) => runCommand(prices, ['prices', 'check', ...args]);
const folder = temporaryFolder();

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

test('models with a known price give exit code 0', async () => {
  const { code, stdout } = await run('openai/gpt-5-mini', 'anthropic/claude-opus-4-5');
  expect(code).toBe(0);
  expect(stdout).toContain('known');
});

test('an unknown price gives exit code 1, and its reason is printed below the table', async () => {
  const { code, stdout } = await run('openai/gpt-5-mini', 'anthropic/claude-sonnet-5-7');
  expect(code).toBe(1);
  expect(stdout.split('\n').find(line => line.includes('would take it for'))).toContain('"claude-sonnet-5"');
});

test('--models reads a JSON file of models, or a whole configuration', async () => {
  const models = {
    mini: { provider: 'openai', model: 'gpt-5-mini', price: { inputUsdPerMillion: 9, outputUsdPerMillion: 9 } },
    local: { provider: 'openai', model: 'llama', price: { gpuHourUsd: 2 } },
  };
  for (const content of [models, { models, features: {} }]) {
    const { code, stdout } = await run('--models', file('models.json', content));
    expect(code).toBe(0);
    expect(stdout).toContain('mini: the price book has other rates than the configuration');
    expect(stdout).toContain('self-hosted, by latency');
  }
});

test('--config reads the configuration of the application', async () => {
  const models = { mini: { provider: 'openai', model: 'gpt-5-mini' }, odd: { provider: 'openai', model: 'gpt-none' } };
  const path = file('router.config.mjs', `export default ${JSON.stringify({ models, features: {} })};`);
  const { code, stdout } = await run('--config', path);
  expect(code).toBe(1);
  expect(stdout).toMatch(/mini +│ known/);
  expect(stdout).toContain('the price of "gpt-none" is unknown');
});

test('--json prints the checks and keeps the exit code', async () => {
  const { code, stdout } = await run('openai/gpt-9', '--json');
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ models: [{ name: 'openai/gpt-9', status: 'unknown' }] });
});

const LIST = {
  source: 'our prices',
  asOf: '2026-11-20',
  models: [{ provider: 'openai', model: 'gpt-9', prices: [{ inputUsdPerMillion: 3, outputUsdPerMillion: 4 }] }],
};

test('the age of every price list is reported, in the order in which the lists are searched', async () => {
  const { stdout } = await run('openai/gpt-5-mini', '--at', '2026-11-30', '--json');
  const { lists } = JSON.parse(stdout) as { lists: readonly { name: string; ageDays: number }[] };
  expect(lists).toMatchObject([
    { name: 'additions to the price book', asOf: '2026-11-22', ageDays: 8 },
    { name: 'genai-prices 0.1.8', asOf: '2026-09-23', ageDays: 68 },
  ]);
  const { stdout: text } = await run('openai/gpt-5-mini', '--at', '2026-11-30');
  expect(text).toContain('genai-prices 0.1.8: as of 2026-09-23, 68 days old');
});

test('--price-list reads a price list, which is looked up first', async () => {
  const { code, stdout } = await run('openai/gpt-9', '--at', '2026-11-30', '--price-list', file('prices.json', LIST));
  expect(code).toBe(0);
  expect(stdout).toMatch(/openai\/gpt-9 +│ known +│ +\$3\.00 +│ +\$4\.00/);
  expect(stdout).toContain('our prices: as of 2026-11-20, 10 days old');
});

test('the price list of a configuration is used', async () => {
  const models = { nine: { provider: 'openai', model: 'gpt-9' } };
  const { code } = await run('--config', file('router.config.json', { models, features: {}, priceList: LIST }));
  expect(code).toBe(0);
});

test('rates that a model lacks are listed', async () => {
  const { stdout } = await run('openai/gpt-5-mini', 'perplexity/sonar');
  expect(stdout).toContain('openai/gpt-5-mini: no rate of its own for code sessions, image tool: output');
  expect(stdout).toMatch(/perplexity\/sonar: no rate of its own for cached input, .*request fees/);
});

describe('mistakes', () => {
  test.each<[string, () => readonly string[]]>([
    ['no models to check', () => []],
    ['there is no such file', () => ['--models', join(folder, 'missing.json')]],
    ['the file is not JSON', () => ['--models', file('broken.json', '{')]],
    ['this is not an object of models', () => ['--models', file('list.json', [1])]],
    ['list.json: mini', () => ['--models', file('list.json', { mini: { model: 'x' } })]],
    ['there is no such file', () => ['openai/gpt-5', '--price-list', join(folder, 'missing.json')]],
    ['the file is not JSON', () => ['openai/gpt-5', '--price-list', file('broken.json', '{')]],
    ['old.json.asOf', () => ['openai/gpt-5', '--price-list', file('old.json', { ...LIST, asOf: 'May' })]],
  ])('a mistake gives one message and exit code 1: %s', async (message, args) => {
    const { code, stdout, stderr } = await run(...args());
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(message);
  });
});

test('the name of a model begins with its provider and may contain slashes', () => {
  expect(modelNamed('openrouter/openai/gpt-5-mini')).toEqual({ provider: 'openrouter', model: 'openai/gpt-5-mini' });
  expect(() => modelNamed('/gpt-5')).toThrow('does not name a provider and a model');
});

test('a misspelled provider gets a suggestion, and every provider that is suggested is in the price book', () => {
  expect(() => modelNamed('opnai/gpt-5-mini')).toThrow('no provider is named "opnai", did you mean "openai"?');
  expect(modelNamed('acme/gpt-5-mini')).toEqual({ provider: 'acme', model: 'gpt-5-mini' });
  for (const provider of WELL_KNOWN_PROVIDERS) expect(modelNamed(`${provider}/any`).provider).toBe(provider);
  const unknown = WELL_KNOWN_PROVIDERS.filter(provider => lookUp(provider, 'any').kind === 'unknown-provider');
  expect(unknown).toEqual([]);
});
