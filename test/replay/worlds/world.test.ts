import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/core/math/random.ts';
import type { World } from '../../../src/replay/worlds/world.ts';
import { cascadeWorld, explicitly, modelsWorld } from '../../../src/replay/worlds/world.ts';

/** Simulates many intents of a plan and returns their mean spend and failure rate. */
function measured(world: World, plan: number, intents = 200_000): { costUsd: number; fail: number } {
  const random = seededRandom('measured');
  let [costUsd, failures] = [0, 0];
  for (let i = 0; i < intents; i++) {
    const ask = world.intent(i, random);
    let success = false;
    for (const model of world.plans[plan] ?? []) {
      const reply = ask(model);
      costUsd += reply.costUsd + world.judgeCostUsd;
      ({ success } = reply);
      if (reply.accepted) break;
    }
    if (!success) failures++;
  }
  return { costUsd: costUsd / intents, fail: failures / intents };
}

const NESTED = cascadeWorld({
  name: 'nested',
  cheap: { name: 'A', costUsd: 0.0019, success: 0.7 },
  premium: { name: 'B', costUsd: 0.014, successIfCheapDid: 1, successIfNot: 0.8333 },
  sensitivity: 0.9,
  specificity: 0.95,
  judgeCostUsd: 0.0005,
  failureCostUsd: 15,
});

describe('the truth of a world', () => {
  test('the true cost of a cascade is the mean over 200,000 simulated intents', () => {
    NESTED.plans.forEach((_, plan) => {
      const { costUsd, fail } = measured(NESTED, plan);
      const truth = NESTED.truth(0)[plan]!;
      expect(Math.abs(fail - truth.fail)).toBeLessThan(4 * Math.sqrt(truth.fail / 200_000));
      expect(costUsd / truth.costUsd).toBeCloseTo(1, 1);
    });
  });

  test('the true cost of a two-step plan follows its formula', () => {
    const [p1, se, sp, p2f, p2s] = [0.7, 0.9, 0.95, 0.8333, 1];
    const fail = (1 - p1) * (1 - se) + (1 - p1) * se * (1 - p2f) + p1 * (1 - sp) * (1 - p2s);
    const climb = (1 - p1) * se + p1 * (1 - sp);
    const climbing = NESTED.truth(0)[NESTED.plans.findIndex(plan => plan.length === 2)]!;
    expect(climbing.fail).toBeCloseTo(fail, 12);
    expect(climbing.costUsd).toBeCloseTo(0.0019 + 0.0005 + climb * 0.0145, 12);
  });

  test('the true cost of single models follows their rates at each step', () => {
    const world = modelsWorld({
      name: 'drift',
      failureCostUsd: 1,
      models: [{ name: 'a', costUsd: 0.5, success: step => (step < 10 ? 0.9 : 0.2) }],
    });
    expect(world.truth(9)).toEqual([{ costUsd: 0.5, fail: 1 - 0.9 }]);
    expect(world.truth(10)).toEqual([{ costUsd: 0.5, fail: 0.8 }]);
    expect(measured(world, 0).fail).toBeCloseTo(0.8, 2);
  });
});

test('explicit evidence labels the given fraction of intents after the given delay', () => {
  const random = seededRandom('labels');
  const evidence = explicitly({ fraction: 0.3, delaySteps: stream => 5 + 2 * stream.next() });
  const evidenceLists = Array.from({ length: 10_000 }, () => evidence(true, random, 'a'));
  const labelled = evidenceLists.filter(({ length }) => length > 0).length;
  expect(Math.abs(labelled - 3000)).toBeLessThan(4 * Math.sqrt(2100));
  expect(new Set(evidenceLists.flat().map(({ afterSteps }) => afterSteps))).toEqual(new Set([5, 6]));
  expect(explicitly({})(false, random, 'a')).toEqual([
    { afterSteps: 0, evidence: { source: 'explicit', success: false } },
  ]);
});

test('the prior costs of a world are the true costs times the given factor', () => {
  const options = { name: 'w', failureCostUsd: 1, models: [{ name: 'a', costUsd: 0.5, success: 1 }] };
  expect(modelsWorld(options).priorCostUsd).toEqual({ a: 0.5 });
  expect(modelsWorld({ ...options, priorCostFactor: 3 }).priorCostUsd).toEqual({ a: 1.5 });
});
