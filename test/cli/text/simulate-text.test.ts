import { expect, test } from 'vitest';
import type { SimulationReport } from '../../../src/cli/text/simulate-text.ts';
import { renderSimulation, simulationReport } from '../../../src/cli/text/simulate-text.ts';

const REPORT: SimulationReport = {
  intents: 1000,
  runs: 2,
  failureCostUsd: 10,
  plans: ['mini', 'premium'],
  madeBy: 'outcome-router 1.2.3',
  madeAtMs: 0,
  options: '',
  policies: [
    {
      policy: 'thompson',
      regretUsd: 50,
      regretError: 4,
      oracleUsd: 500,
      spendUsd: 20,
      successRate: 0.96,
      costPerIntentUsd: 0.42,
      chosen: { mini: 100, premium: 900 },
      curve: [
        { intents: 600, regretUsd: 40, chosen: { mini: 90, premium: 510 } },
        { intents: 1000, regretUsd: 50, chosen: { mini: 100, premium: 900 } },
      ],
    },
    {
      policy: 'always:mini',
      regretUsd: 2000,
      regretError: 0,
      oracleUsd: 500,
      spendUsd: 2,
      successRate: 0,
      costPerIntentUsd: 10.002,
      chosen: { mini: 1000 },
      curve: [
        { intents: 600, regretUsd: 1200, chosen: { mini: 600 } },
        { intents: 1000, regretUsd: 2000, chosen: { mini: 1000 } },
      ],
    },
  ],
};

/** Cells of the row that begins with this policy. */
function rowOf(text: string, policy: string): readonly string[] {
  const line = text.split('\n').find(each => each.includes(`│ ${policy} `) || each.trimStart().startsWith(policy));
  return (line ?? '').split('│').map(cell => cell.trim());
}

test('a policy is shown with its regret (standard error, percent of the optimum) and the traffic of every plan', () => {
  const text = renderSimulation(REPORT);
  expect(text).toContain('1,000 intents, means of 2 runs; plans mini, premium; a failure costs $10.00.');
  const cells = rowOf(text, 'thompson');
  for (const cell of ['$50.00 ± $4.00', '10.0 %', '96.0 %', '$0.020', 'mini 10.0 %, premium 90.0 %']) {
    expect(cells).toContain(cell);
  }
  expect(rowOf(text, 'always:mini')).toContain('mini 100 %, premium 0 %');
});

test('a single run shows no standard error', () => {
  const text = renderSimulation({ ...REPORT, runs: 1 });
  expect(text).toContain('1,000 intents, one run;');
  expect(text).not.toContain('±');
});

test('the page plots the traffic since the previous point, not since the start', () => {
  const { shares = [] } = simulationReport(REPORT);
  expect(shares.map(({ policy }) => policy)).toEqual(['thompson']);
  expect(shares[0]?.steps).toEqual([
    { intents: 600, shares: [0.15, 0.85] },
    { intents: 1000, shares: [10 / 400, 390 / 400] },
  ]);
});

test('the page plots every policy’s regret at every point; a policy without successes has an infinite cost per success', () => {
  const page = simulationReport(REPORT);
  expect(page.regret).toEqual([
    { intents: 600, usd: [40, 1200] },
    { intents: 1000, usd: [50, 2000] },
  ]);
  expect(page.policies.map(({ spendPerIntentUsd }) => spendPerIntentUsd)).toEqual([0.02, 0.002]);
  expect(page.policies[0]?.costPerSuccessUsd).toBeCloseTo(0.42 / 0.96, 12);
  expect(page.policies[1]?.costPerSuccessUsd).toBe(Number.POSITIVE_INFINITY);
});

test('the page says that it shows a simulation, when it was made and by which version', () => {
  expect(simulationReport(REPORT).facts).toEqual([
    ['Source', 'a simulation; no ledger and no outcomes of an application'],
    ['Generated', '1970-01-01 00:00 UTC by outcome-router 1.2.3'],
    ['Options', 'none'],
  ]);
});
