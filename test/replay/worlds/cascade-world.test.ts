import { expect, test } from 'vitest';
import { measured } from './measured.ts';
import { NESTED } from './nested.ts';

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
