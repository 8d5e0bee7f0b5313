import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as replaySessions from '../../../src/cli/commands/replay-sessions.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { runCommand } from './run-command.ts';

const directory = temporaryFolder();

function traces(models: readonly string[]): string {
  const requests = [{ inputTokens: 2000, outputTokens: 40 }];
  const lines = Array.from({ length: 12 }, (_, i) => ({
    session: `s${i % 3}`,
    feature: 'chat',
    atMs: 1e12 + 10_000 * i,
    answers: Object.fromEntries(models.map((model, k) => [model, { success: k, requests }])),
  }));
  const file = join(directory, 'sessions.jsonl');
  writeFileSync(file, lines.map(line => JSON.stringify(line)).join('\n'));
  return file;
}

const run = (file: string, ...args: string[]) =>
  runCommand(replaySessions, ['replay-sessions', file, '--failure-cost', '1', '--runs', '1', ...args]);

test('vendors’ names of models are priced by the price book; every strategy has a row', async () => {
  const { stdout } = await run(traces(['gpt-5-mini', 'claude-sonnet-4-5']));
  expect(stdout).toContain('12 intents of 3 sessions; one run.');
  // A single run cannot show how much chance has moved a figure.
  expect(stdout).not.toContain(' to ');
  for (const name of ['with sessions', 'without sessions', 'stay with their first model', 'always claude-sonnet-4-5'])
    expect(stdout).toContain(name);
});

test('models under the application’s own names need its configuration', async () => {
  const config = join(directory, 'router.config.json');
  const models = { mini: { provider: 'openai', model: 'gpt-5-mini' }, premium: { provider: 'openai', model: 'gpt-5' } };
  writeFileSync(config, JSON.stringify({ models, features: {} }));
  const { strategies } = JSON.parse((await run(traces(['mini', 'premium']), '--config', config, '--json')).stdout);
  expect(strategies.at(-1)).toMatchObject({ strategy: 'always:premium', successRate: 1 });
});

test('a model without a known price is refused, and the error says what is missing', async () => {
  const { code, stderr } = await run(traces(['mini', 'premium']));
  expect(code).toBe(1);
  expect(stderr).toContain('--config');
});
