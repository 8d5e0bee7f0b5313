import { describe, expect, test } from 'vitest';
import type { Cell } from '../../../src/core/cells/cell.ts';
import { fixed } from '../../../src/policies/fixed.ts';
import { thompson } from '../../../src/policies/thompson.ts';
import { simulate, startSimulation } from '../../../src/replay/worlds/simulate.ts';
import type { World } from '../../../src/replay/worlds/world.ts';
import { modelsWorld } from '../../../src/replay/worlds/world.ts';
import { NESTED } from './nested.ts';

const ARTICLE = modelsWorld({
  name: 'article',
  failureCostUsd: 15,
  models: [
    { name: 'mini', costUsd: 0.0019, success: 0.7 },
    { name: 'premium', costUsd: 0.014, success: 0.95 },
  ],
});

function cellsOf(world: World, intents: number, policy = thompson()): readonly Cell[] {
  const cells: Cell[] = [];
  simulate(world, policy, { intents, seed: 1, onDelta: delta => void cells.push(...delta) });
  return cells;
}

function total(
  cells: readonly Cell[],
  subject: string,
  name: keyof Cell['sums'],
  scope: 'node' | 'plan' = 'plan',
): bigint {
  return cells
    .filter(({ key }) => key.subject === subject && key.scope === scope)
    .reduce((sum, { sums }) => sum + (sums[name] ?? 0n), 0n);
}

describe('simulate', () => {
  test('the same seed gives the same run, another seed a different one', () => {
    const run = (seed: number) => simulate(ARTICLE, thompson(), { intents: 500, seed });
    expect(run(3)).toEqual(run(3));
    expect(run(3)).not.toEqual(run(4));
  });

  test('the regret of an intent uses its own failure cost, and its segment has separate statistics', () => {
    const segments: string[] = [];
    const world = modelsWorld({
      name: 'users',
      failureCostUsd: 1000,
      costLogSd: 0,
      arrival: step =>
        step % 4 === 0 ? { segment: 'paid', failureCostUsd: 10 } : { segment: 'free', failureCostUsd: 0 },
      models: [
        { name: 'mini', costUsd: 0.01, success: 0.5 },
        { name: 'premium', costUsd: 1, success: 1 },
      ],
    });
    const { regretUsd, oracleUsd } = simulate(world, fixed('premium'), {
      intents: 400,
      seed: 1,
      onDelta: delta => void segments.push(...delta.map(({ key }) => key.segment)),
    });
    expect(oracleUsd).toBeCloseTo(100 * 1 + 300 * 0.01, 9);
    expect(regretUsd).toBeCloseTo(300 * 0.99, 9);
    expect(new Set(segments)).toEqual(new Set(['paid', 'free']));
  });

  test('regret is the expected cost of the chosen plans minus that of the best', () => {
    const always = (model: string) => simulate(ARTICLE, fixed(model), { intents: 1000, seed: 1 });
    expect(always('premium').regretUsd).toBeCloseTo(0, 9);
    expect(always('mini').regretUsd).toBeCloseTo(1000 * (4.5019 - 0.764), 6);
    expect(always('mini').oracleUsd).toBeCloseTo(764, 6);
    expect(always('mini').chosen).toEqual({ mini: 1000, premium: 0 });
  });

  test('the cells contain the whole spend, to the nano-dollar', () => {
    const cells: Cell[] = [];
    const { spendUsd } = simulate(ARTICLE, thompson(), {
      intents: 400,
      seed: 2,
      onDelta: delta => void cells.push(...delta),
    });
    const inCells = total(cells, 'mini', 'cost') + total(cells, 'premium', 'cost');
    expect(Number(inCells) / 1e9).toBeCloseTo(spendUsd, 9);
    expect(total(cells, 'mini', 'n') + total(cells, 'premium', 'n')).toBe(400n);
  });

  test('a learning policy sends nearly all of 3,000 intents to the better model', () => {
    const { chosen } = simulate(ARTICLE, thompson(), { intents: 3000, seed: 5 });
    expect(chosen.premium).toBeGreaterThan(2850);
  });

  test('a rejected reply makes the plan climb, costs a judge call and counts for its node', () => {
    const cells = cellsOf(NESTED, 2000, fixed(['A', 'B']));
    const climbed = total(cells, 'A>B', 'n', 'node');
    expect(total(cells, 'A', 'n', 'node')).toBe(2000n);
    expect(total(cells, 'A', 'rejected', 'node')).toBe(climbed);
    expect(Math.abs(Number(climbed) / 2000 - 0.305)).toBeLessThan(0.04);
    expect(total(cells, 'A>B', 'judgeCost')).toBe(500_000n * (2000n + climbed));
  });
});

describe('evidence', () => {
  test('delayed evidence counts once, when it is due, in the bucket of its decision', () => {
    const world: World = {
      ...ARTICLE,
      evidence: success => [{ afterSteps: 100, evidence: { source: 'explicit', success } }],
    };
    const cells: Cell[] = [];
    const simulation = startSimulation(world, fixed('premium'), {
      seed: 1,
      onDelta: delta => void cells.push(...delta),
    });
    for (let step = 0; step < 100; step++) simulation.step();
    expect(total(cells, 'premium', 'labelled')).toBe(0n);
    for (let step = 0; step < 100; step++) simulation.step();
    expect(total(cells, 'premium', 'labelled')).toBe(100n);
    const firstBucket = cells[0]?.key.bucket;
    expect(cells.find(({ sums }) => sums.labelled === 1n)?.key.bucket).toBe(firstBucket);
  });

  test('the delay of a failure is measured at the first evidence of it, not at a repetition', () => {
    const world: World = {
      ...ARTICLE,
      evidence: () => [10, 30].map(afterSteps => ({ afterSteps, evidence: { source: 'explicit', success: false } })),
    };
    const cells: Cell[] = [];
    const simulation = startSimulation(world, fixed('mini'), {
      seed: 1,
      stepMs: 1000,
      onDelta: delta => void cells.push(...delta),
    });
    for (let step = 0; step < 31; step++) simulation.step();
    expect(total(cells, 'mini', 'labelled', 'node')).toBe(21n);
    expect(total(cells, 'mini', 'failureDelayMs', 'node')).toBe(21n * 10_000n);
  });

  test('an audit overrules the judge, and both labels are kept for the correction', () => {
    const world: World = {
      ...ARTICLE,
      evidence: success => [
        { afterSteps: 0, evidence: { source: 'implicit', success: true } },
        { afterSteps: 0, evidence: { source: 'audit', success } },
      ],
    };
    const cells = cellsOf(world, 500, fixed('mini'));
    expect(total(cells, 'mini', 'audited')).toBe(500n);
    expect(total(cells, 'mini', 'auditedProxySuccesses')).toBe(500n);
    expect(Number(total(cells, 'mini', 'successes')) / 500).toBeLessThan(0.8);
  });
});

test('pacing spends 97 to 102 % of a budget, on the model that fails less', () => {
  const intents = 4000;
  const budgetUsd = intents * 0.008;
  const { spendUsd, chosen } = simulate(ARTICLE, thompson(), {
    intents,
    seed: 3,
    budget: { budgetUsd, expectedIntents: intents },
  });
  expect(spendUsd).toBeLessThan(1.02 * budgetUsd);
  expect(spendUsd).toBeGreaterThan(0.97 * budgetUsd);
  expect(chosen.premium).toBeGreaterThan(0.4 * intents);
});
