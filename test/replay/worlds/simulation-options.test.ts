import { expect, test } from 'vitest';
import { checkRun, checkStart } from '../../../src/replay/worlds/simulation-options.ts';
import { refusal } from '../../support/refusal.ts';

test.each([
  [{}, 'simulate.seed'],
  [{ seed: 1, stepMs: 0 }, 'simulate.stepMs'],
  [{ seed: 1, budget: { budgetUsd: 1, expectedIntents: 0 } }, 'simulate.budget.expectedIntents'],
  [{ seed: 1, objektive: 'cost-per-intent' }, 'simulate.objektive'],
])('a simulation with the options %j is refused', (options, path) => {
  expect(refusal(() => checkStart(options, 'simulate')).path).toBe(path);
});

test('a simulation that runs to its end needs a number of intents', () => {
  expect(() => checkRun({ seed: 1, intents: 0 }, 'simulate')).not.toThrow();
  for (const intents of [undefined, -1, 1.5, Number.POSITIVE_INFINITY, '10'])
    expect(refusal(() => checkRun({ seed: 1, intents }, 'simulate')).path).toBe('simulate.intents');
});
