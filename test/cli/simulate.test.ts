import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { SimulatedPolicy, SimulationReport } from '../../src/cli/simulate-text.ts';
import * as simulate from '../../src/cli/simulate.ts';
import type { Ran } from './run-command.ts';
import { runCommand } from './run-command.ts';

const directory = mkdtempSync(join(tmpdir(), 'simulate-'));
afterAll(() => rmSync(directory, { recursive: true }));

const command = async (...args: readonly string[]): Promise<Ran> => runCommand(simulate, ['simulate', ...args]);

async function reportOf(...args: readonly string[]): Promise<SimulationReport> {
  const { code, stdout, stderr } = await command(...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as SimulationReport;
}

function policyOf(report: SimulationReport, name: string): SimulatedPolicy {
  const found = report.policies.find(({ policy }) => policy === name);
  if (found === undefined) throw new Error(`no policy ${name}`);
  return found;
}

const SMALL = ['--intents', '400', '--runs', '2'];
/** What an intent is expected to cost in the published example: $15 per failure, 70 % against 95 % success. */
const MINI_USD = 0.0019 + 0.3 * 15;
const REASONING_USD = 0.014 + 0.05 * 15;

describe('the published example', () => {
  test('regret is the expected cost over that of the best plan, by hand', async () => {
    const report = await reportOf(...SMALL, '--policy', 'always:mini', 'always:reasoning');
    expect(report).toMatchObject({ intents: 400, runs: 2, failureCostUsd: 15, plans: ['mini', 'reasoning'] });
    expect(policyOf(report, 'always:mini').regretUsd).toBeCloseTo(400 * (MINI_USD - REASONING_USD), 6);
    expect(policyOf(report, 'always:mini').regretError).toBeCloseTo(0, 9);
    expect(policyOf(report, 'always:reasoning').regretUsd).toBeCloseTo(0, 9);
    expect(policyOf(report, 'always:reasoning').oracleUsd).toBeCloseTo(400 * REASONING_USD, 6);
    expect(policyOf(report, 'always:reasoning').chosen).toEqual({ mini: 0, reasoning: 400 });
  });

  test('a learning policy loses less than chance does, and more than nothing', async () => {
    const report = await reportOf(...SMALL);
    const mixed = policyOf(report, 'random-mix').regretUsd;
    expect(mixed / (400 * (MINI_USD - REASONING_USD))).toBeCloseTo(0.5, 0);
    expect(policyOf(report, 'thompson').regretUsd).toBeLessThan(mixed / 2);
    expect(policyOf(report, 'thompson').regretUsd).toBeGreaterThan(0);
  });

  test('curves end at the last intent, also when the points do not divide it', async () => {
    const report = await reportOf('--intents', '130', '--runs', '3', '--policy', 'thompson', 'random-mix');
    for (const { curve, regretUsd, chosen } of report.policies) {
      expect(curve.at(-1)?.intents).toBe(130);
      expect(curve.at(-1)?.regretUsd).toBeCloseTo(regretUsd, 6);
      expect(Object.values(chosen).reduce((sum, count) => sum + count, 0)).toBeCloseTo(130, 9);
    }
  });
});

describe('worlds', () => {
  test('a success rate that changes half-way makes another plan the best', async () => {
    const models = ['--model', 'a:0.01:0.2:0.9', '--model', 'b:0.01:0.8'];
    const report = await reportOf(...models, ...SMALL, '--failure-cost', '10', '--policy', 'always:a', 'always:b');
    // Best: b (fails 0.2) for 200 intents, then a (fails 0.1).
    expect(policyOf(report, 'always:a').regretUsd).toBeCloseTo(200 * 10 * 0.6, 6);
    expect(policyOf(report, 'always:b').regretUsd).toBeCloseTo(200 * 10 * 0.1, 6);
  });

  test('a verdict adds the plan that climbs', async () => {
    const report = await reportOf(...SMALL, '--verdict', '0.9,0.95', '--policy', 'thompson');
    expect(report.plans).toContain('mini>reasoning');
  });

  test('nothing can be learnt from outcomes that never come', async () => {
    const seen = policyOf(await reportOf(...SMALL, '--policy', 'commit-after-20'), 'commit-after-20');
    const unseen = policyOf(
      await reportOf(...SMALL, '--policy', 'commit-after-20', '--labelled', '0', '--delay', '5'),
      'commit-after-20',
    );
    // Without outcomes it mixes for ever.
    expect(seen.chosen.reasoning).toBeGreaterThan(300);
    expect(unseen.chosen.reasoning).toBeLessThan(260);
  });

  test('one seed gives one result, another seed another', async () => {
    const args = [...SMALL, '--policy', 'thompson'];
    const first = await reportOf(...args, '--seed', 'x');
    expect(await reportOf(...args, '--seed', 'x')).toEqual(first);
    expect(await reportOf(...args, '--seed', 'y')).not.toEqual(first);
  });
});

test('--html writes the page beside the table that is printed', async () => {
  const file = join(directory, 'simulation.html');
  const { code, stdout } = await command(...SMALL, '--html', file);
  expect(code).toBe(0);
  expect(stdout).toContain('400 intents, means of 2 runs; plans mini, reasoning');
  expect(readFileSync(file, 'utf8')).toContain('<caption>Cost over the best fixed choice</caption>');
});

test.each([
  ['one model', ['--model', 'a:1:0.5'], 'one model leaves nothing to choose'],
  ['two models of one name', ['--model', 'a:1:0.5', '--model', 'a:2:0.5'], 'two models have one name'],
  ['a success above 1', ['--model', 'a:1:1.7'], '1.7 is not between 0 and 1'],
  ['a model without a success rate', ['--model', 'a:1'], 'Not NAME:USD:SUCCESS'],
  ['a negative price', ['--model', 'a:-1:0.5'], '-1 is not an amount in USD'],
  ['a negative failure cost', ['--failure-cost', '-3'], '-3 is not an amount in USD'],
  ['a policy with a typo', ['--policy', 'tompson'], '"thompson"?'],
  ['no runs', ['--runs', '0'], 'nothing to run'],
  [
    'a verdict on three models',
    ['--verdict', '0.9,0.9', '--model', 'a:1:0.5', '--model', 'b:2:0.6', '--model', 'c:3:0.7'],
    'a verdict needs two models',
  ],
])('%s is refused and named', async (_, args, message) => {
  const ran = await command(...args);
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain(message);
  expect(ran.stdout).toBe('');
});
