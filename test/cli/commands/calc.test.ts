import { describe, expect, test } from 'vitest';
import * as calc from '../../../src/cli/commands/calc.ts';
import { runCommand } from './run-command.ts';

const run = (...args: string[]) => runCommand(calc, ['calc', ...args]);
const json = async (...args: string[]) => JSON.parse((await run(...args, '--json')).stdout);

test('`calc` computes the costs of one set-up', async () => {
  const { setUps, comparison } = await json('--token-cost', '0.014', '--success', '95%', '--failure-cost', '15');
  expect(setUps[0].costs.costPerIntentUsd).toBeCloseTo(0.764, 10);
  expect(setUps[0].costs.intervals).toBeUndefined();
  expect(comparison).toBeUndefined();
});

test('every option sets its field', async () => {
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

test('--by-turns uses rates for each number of turns, including how cost and failure are correlated', async () => {
  const byTurns = '0.02:95%:60%,0.07:80%:30%,0.4:40%:10%';
  const { setUps } = await json('--by-turns', byTurns, '--failure-cost', '15', '--samples', '400');
  expect(setUps[0].costs.costPerIntentUsd).toBeCloseTo(0.073 + 15 * 0.15, 10);
  expect(setUps[0].setUp.correlation).toBeGreaterThan(0.4);
});

test.each([
  ['has spend, success and weight', ['--by-turns', '0.02:95%']],
  ['no --token-cost, --turns, --success', ['--by-turns', '0.02:95%:1', '--turns', '2']],
  ['groups[0].successRate', ['--by-turns', '1:2:1']],
])('a mistake in --by-turns is refused: %s', async (message, args) => {
  const { code, stderr } = await run(...args, '--failure-cost', '1');
  expect(code).not.toBe(0);
  expect(stderr).toContain(message);
});

test('--versus overrides only the named options', async () => {
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

test('a preset prints its tables and the article’s claims that do not hold', async () => {
  const { code, stdout } = await run('--preset', 'article', '--precision', '0.2');
  expect(code).toBe(0);
  for (const text of [
    '$4.50',
    '$6.43',
    '83.0 % less per intent',
    '±$0.64',
    'does not hold',
    '1,027 labelled intents',
  ]) {
    expect(stdout).toContain(text);
  }
});

test('the invoice preset states its assumption', async () => {
  expect((await run('--preset', 'invoice')).stdout).toMatch(/total, before: the article does not print all its parts/);
});

describe('mistakes', () => {
  test.each<[string, readonly string[]]>([
    ['--token-cost is required without --preset', ['--success', '0.5']],
    ['--failure-cost is required', ['--token-cost', '1', '--success', '0.5']],
    ['Not a number', ['--token-cost', 'cheap']],
    ['--success: 70 is not accepted', ['--token-cost', '1', '--success', '70', '--failure-cost', '1']],
    ['Did you mean article?', ['--preset', 'artcle']],
    [
      'It names no option that differs.',
      ['--token-cost', '1', '--success', '1', '--failure-cost', '1', '--versus', ''],
    ],
    ['turns has no value', ['--token-cost', '1', '--success', '1', '--failure-cost', '1', '--versus', 'turns']],
    ['Did you mean turns?', ['--token-cost', '1', '--success', '1', '--failure-cost', '1', '--versus', 'trns=2']],
    [
      '--versus success: 2 is not accepted',
      ['--token-cost', '1', '--success', '1', '--failure-cost', '1', '--versus', 'success=2'],
    ],
    [
      '--success: 3 is not accepted',
      ['--token-cost', '1', '--success', '3', '--failure-cost', '1', '--versus', 'success=2'],
    ],
    ['a preset has its own values', ['--preset', 'article', '--turns', '2']],
    ['a preset has its own values', ['--preset', 'article', '--versus', 'turns=2']],
    ['"other" is not one of article, invoice.', ['--preset', 'other']],
    [
      '"cheap" is not one of token-cost',
      ['--token-cost', '1', '--success', '1', '--failure-cost', '1', '--versus', 'cheap=1'],
    ],
    ['--precision: 0 is not accepted', ['--preset', 'article', '--precision', '0']],
  ])('a mistake gives one message and exit code 1: %s', async (message, args) => {
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(message);
  });
});
