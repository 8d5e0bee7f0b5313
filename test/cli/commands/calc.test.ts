import { describe, expect, test } from 'vitest';
import * as calc from '../../../src/cli/commands/calc.ts';
import { runCommand } from './run-command.ts';

const run = (...args: string[]) => runCommand(calc, ['calc', ...args]);
const json = async (...args: string[]) => JSON.parse((await run(...args, '--json')).stdout);

test('one set-up: what an intent and a success cost', async () => {
  const { setUps, comparison } = await json('--token-cost', '0.014', '--success', '95%', '--failure-cost', '15');
  expect(setUps[0].costs.costPerIntentUsd).toBeCloseTo(0.764, 10);
  expect(setUps[0].costs.intervals).toBeUndefined();
  expect(comparison).toBeUndefined();
});

test('every option is read', async () => {
  const { setUps } = await json(
    '--token-cost',
    '0.01',
    '--turns',
    '3',
    '--retry-rate',
    '50%',
    '--overhead',
    '0.002',
    '--success',
    '0.8',
    '--escalation',
    '10%',
    '--failure-cost',
    '2',
    '--cost-sd',
    '0.1',
    '--samples',
    '1,000',
    '--precision',
    '0.1',
  );
  expect(setUps[0].setUp).toEqual({
    tokenCostUsd: 0.01,
    turns: 3,
    retryRate: 0.5,
    overheadUsd: 0.002,
    successRate: 0.8,
    escalationRate: 0.1,
    failureCostUsd: 2,
    costSdUsd: 0.1,
    sampleSize: 1_000,
  });
  expect(setUps[0].costs.costPerIntentUsd).toBeCloseTo(0.247, 10);
  expect(setUps[0].costs.intervals.costPerIntentUsd.low).toBeLessThan(0.247);
  expect(setUps[0].samplesNeeded.costPerIntent).toBeGreaterThan(1);
});

test('two set-ups: the second is the first but for what is said of it', async () => {
  const { setUps, comparison } = await json(
    '--token-cost',
    '0.0019',
    '--success',
    '70%',
    '--failure-cost',
    '15',
    '--versus',
    'token-cost=0.014,success=95%',
  );
  expect(setUps[1].setUp).toEqual({ tokenCostUsd: 0.014, successRate: 0.95, failureCostUsd: 15 });
  expect(comparison.costPerIntentSaving).toBeCloseTo(0.8303, 4);
  expect(comparison).not.toHaveProperty('first');
});

test('a preset prints its tables and where the print does not hold', async () => {
  const { code, stdout } = await run('--preset', 'article', '--precision', '0.2');
  expect(code).toBe(0);
  for (const text of ['$4.50', '$6.43', '83 % saved per intent', '±$0.64', 'does not hold', '1,027 labelled intents']) {
    expect(stdout).toContain(text);
  }
});

test('the invoice preset names its assumption', async () => {
  expect((await run('--preset', 'invoice')).stdout).toMatch(/total, before: the article does not print all its parts/);
});

describe('misuse ends with 1 and one message', () => {
  test.each<[string, readonly string[]]>([
    ['--token-cost is needed, or --preset', ['--success', '0.5']],
    ['--failure-cost is needed', ['--token-cost', '1', '--success', '0.5']],
    ['Not a number', ['--token-cost', 'cheap']],
    ['successRate: 70', ['--token-cost', '1', '--success', '70', '--failure-cost', '1']],
    ['a preset brings its own figures', ['--preset', 'article', '--turns', '2']],
    ['a preset brings its own figures', ['--preset', 'article', '--versus', 'turns=2']],
    ['Allowed choices are article, invoice', ['--preset', 'other']],
    [
      '"cheap" is none of token-cost',
      ['--token-cost', '1', '--success', '1', '--failure-cost', '1', '--versus', 'cheap=1'],
    ],
    ['precisionUsd', ['--preset', 'article', '--precision', '0']],
  ])('%s', async (message, args) => {
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(message);
  });
});
