import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as prices from '../../../src/cli/commands/prices.ts';
import { modelNamed } from '../../../src/cli/commands/prices-check.ts';
import { runCommand } from './run-command.ts';

const run = (...args: string[]) => runCommand(prices, ['prices', 'check', ...args]);
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'prices-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

test('all known: exit code 0', async () => {
  const { code, stdout } = await run('openai/gpt-5-mini', 'anthropic/claude-opus-4-5');
  expect(code).toBe(0);
  expect(stdout).toContain('known');
});

test('one unknown: exit code 1, with the reason below the table', async () => {
  const { code, stdout } = await run('openai/gpt-5-mini', 'anthropic/claude-sonnet-5-7');
  expect(code).toBe(1);
  expect(stdout.split('\n').find(line => line.includes('would take it for'))).toContain('"claude-sonnet-5"');
});

test('the models of a configuration, with or without the rest of it', async () => {
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

test('the configuration itself, as the application has it', async () => {
  const models = { mini: { provider: 'openai', model: 'gpt-5-mini' }, odd: { provider: 'openai', model: 'gpt-none' } };
  const path = file('router.config.mjs', `export default ${JSON.stringify({ models, features: {} })};`);
  const { code, stdout } = await run('--config', path);
  expect(code).toBe(1);
  expect(stdout).toMatch(/mini +│ known/);
  expect(stdout).toContain('the price of "gpt-none" is not known');
});

test('--json prints the checks, and still ends with 1', async () => {
  const { code, stdout } = await run('openai/gpt-9', '--json');
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject([{ name: 'openai/gpt-9', status: 'unknown' }]);
});

describe('misuse ends with 1 and one message', () => {
  test.each<[string, () => readonly string[]]>([
    ['no models to check', () => []],
    ['there is no such file', () => ['--models', join(folder, 'missing.json')]],
    ['this is no JSON', () => ['--models', file('broken.json', '{')]],
    ['these are no models', () => ['--models', file('list.json', [1])]],
    ['list.json: mini', () => ['--models', file('list.json', { mini: { model: 'x' } })]],
  ])('%s', async (message, args) => {
    const { code, stdout, stderr } = await run(...args());
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(message);
  });
});

test('a model is named with its provider, and may have slashes of its own', () => {
  expect(modelNamed('openrouter/openai/gpt-5-mini')).toEqual({ provider: 'openrouter', model: 'openai/gpt-5-mini' });
  expect(() => modelNamed('/gpt-5')).toThrow('has no provider');
});
