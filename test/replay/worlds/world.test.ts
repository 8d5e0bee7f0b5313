import { expect, test } from 'vitest';
import { seededRandom } from '../../../src/core/math/random.ts';
import { explicitly, modelsWorld } from '../../../src/replay/worlds/world.ts';
import { measured } from './measured.ts';

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

test('the segment and the failure cost of an intent determine what its replies cost and how often they succeed', () => {
  const hard = { segment: 'hard', failureCostUsd: 8 };
  const world = modelsWorld({
    name: 'segments',
    failureCostUsd: 2,
    costLogSd: 0,
    arrival: step => (step % 2 === 0 ? hard : { segment: 'easy', failureCostUsd: 1 }),
    models: [
      {
        name: 'a',
        costUsd: (_, { segment }) => (segment === 'hard' ? 3 : 0.5),
        success: (_, { failureCostUsd }) => (failureCostUsd > 5 ? 0 : 1),
      },
    ],
  });
  const random = seededRandom(1);
  expect(world.arrival?.(0, random)).toEqual(hard);
  expect(world.truth(0, hard)).toEqual([{ costUsd: 3, fail: 1 }]);
  expect(world.intent(0, random, hard)('a')).toEqual({ costUsd: 3, success: false, accepted: true });
  // Without an arrival, that of the world: no segment and its own failure cost, as the prior cost is of.
  expect(world.truth(0)).toEqual([{ costUsd: 0.5, fail: 0 }]);
  expect(world.priorCostUsd).toEqual({ a: 0.5 });
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
