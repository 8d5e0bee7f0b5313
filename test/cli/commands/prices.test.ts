import { describe, expect, test } from 'vitest';
import * as prices from '../../../src/cli/commands/prices.ts';
import { runCommand } from './run-command.ts';

const run = (...args: string[]) => runCommand(prices, ['prices', ...args]);
const json = async (...args: string[]) => JSON.parse((await run(...args, '--json')).stdout);

describe('show', () => {
  test('`prices` without a subcommand runs `prices show`', async () => {
    const { code, stdout } = await run('openai/gpt-5-mini');
    expect(code).toBe(0);
    expect(stdout).toBe((await run('show', 'openai/gpt-5-mini')).stdout);
    expect(stdout).toContain('genai-prices');
  });

  test('`prices show` prints the rates valid on a given day, long-context rates included', async () => {
    const before = (await run('show', 'openai/gpt-5.6-luna', '--at', '2026-07-29')).stdout;
    const after = (await run('show', 'openai/gpt-5.6-luna', '--at', '2026-07-30')).stdout;
    expect(before).toMatch(/input, per million tokens\s+│\s+\$1\.00 │\s+\$2\.00/);
    expect(after).toMatch(/input, per million tokens\s+│\s+\$0\.20 │\s+\$0\.40/);
    expect(after).toContain('above 271,999 tokens');
  });

  test('`prices show` prints the rates of a service tier, and refuses a tier without a price', async () => {
    expect((await run('show', 'openai/gpt-5', '--tier', 'flex')).stdout).toContain('$0.625');
    const { code, stderr } = await run('show', 'anthropic/claude-opus-4-5', '--tier', 'priority');
    expect(code).toBe(1);
    expect(stderr).toContain('tier "priority" has no known price');
  });

  test('`prices show --json` prints rates as integer pico-dollars', async () => {
    const [shown] = await json('show', 'openai/gpt-5-mini');
    expect(shown).toMatchObject({
      model: 'openai/gpt-5-mini',
      rates: [{ aboveTokens: -1, rates: { input: 250_000 } }],
    });
  });
});

describe('cost', () => {
  test('`prices cost` prints the cost of one call by meter', async () => {
    const meters = ['--input', '100', '--cache-read', '2000', '--cache-write-5m', '400', '--cache-write-1h', '300'];
    const cost = await json('cost', 'anthropic/claude-opus-4-5', ...meters, '--output', '50');
    expect(cost.costUsd).toBe('0.00825');
    expect(cost.lines).toHaveLength(5);
    expect(cost.unpriced).toEqual([]);
  });

  test('`prices cost` names the meters without a rate of their own', async () => {
    const { stdout } = await run('cost', 'openai/gpt-5-mini', '--output-audio', '5', '--web-search', '1');
    expect(stdout).toContain('without a rate of their own: outputAudio');
    expect(stdout).toContain('0.01001');
  });

  test('`prices cost` multiplies the tier, the speed and the region', async () => {
    const terms = ['--speed', 'fast', '--region', 'us'];
    const { costUsd, unpriced } = await json('cost', 'anthropic/claude-opus-5', '--input', '1000', ...terms);
    expect([costUsd, unpriced]).toEqual(['0.011', []]);
  });

  test('`prices cost` counts one request of a model with a fee per request', async () => {
    expect((await run('cost', 'perplexity/sonar', '--input', '1')).stdout).toContain(
      'without a rate of their own: request',
    );
  });

  test('`prices cost` refuses a negative token count', async () => {
    expect((await run('cost', 'openai/gpt-5-mini', '--input', '-1')).code).toBe(1);
  });
});

describe('mistakes', () => {
  test.each<[string, readonly string[]]>([
    ['"gpt-5" does not name a provider and a model', ['show', 'gpt-5']],
    ['"openai/" does not name a provider and a model', ['show', 'openai/']],
    ['nothing is counted', ['cost', 'openai/gpt-5']],
    ['"gpt-5-mini"', ['show', 'openai/gpt-5-minni']],
    ['Not an ISO date', ['show', 'openai/gpt-5', '--at', 'soon']],
    ['tier "fast" has no known price', ['show', 'openai/gpt-5', '--tier', 'fast']],
    [
      'speed "fast", region "us" has no known price',
      ['show', 'anthropic/claude-haiku-4-5', '--speed', 'fast', '--region', 'us'],
    ],
    ['there is no such file', ['cost', 'openai/gpt-5', '--input', '1', '--price-list', 'missing.json']],
    ["missing required argument 'models'", ['show']],
  ])('a mistake gives one message and exit code 1: %s', async (message, args) => {
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(message);
  });
});
