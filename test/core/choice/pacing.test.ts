import { describe, expect, test } from 'vitest';
import type { Pacing } from '../../../src/core/choice/pacing.ts';
import { affordablePlans, costMultiplier, pace, startPacing } from '../../../src/core/choice/pacing.ts';

const BUDGET = { budgetUsd: 10, expectedIntents: 1000 };

function after(intents: number, costUsd: number, from: Pacing = startPacing(BUDGET)): Pacing {
  let pacing = from;
  for (let i = 0; i < intents; i++) pacing = pace(pacing, costUsd);
  return pacing;
}

describe('pace', () => {
  test('spend ahead of the budget raises the price of spend, spend behind lowers it, never below none', () => {
    const ahead = after(50, 0.02);
    expect(ahead.lambda).toBeGreaterThan(0);
    expect(after(50, 0.001, ahead).lambda).toBeLessThan(ahead.lambda);
    expect(after(50, 0.001).lambda).toBe(0);
  });

  test('one step is η(c − ρ) with η = 20/(ρ√T)', () => {
    const { lambda } = pace(startPacing(BUDGET), 0.03);
    expect(lambda).toBeCloseTo((20 / (0.01 * Math.sqrt(1000))) * (0.03 - 0.01), 12);
  });

  test('what was saved may be spent later: ρ is what is left per intent still expected', () => {
    const saved = after(500, 0.002);
    expect(pace(saved, 0.017).lambda).toBe(0);
    expect(pace(saved, 0.019).lambda).toBeGreaterThan(0);
  });

  test('more intents than expected, or no budget at all, do no harm', () => {
    const late = after(1100, 0.01);
    expect(Number.isFinite(late.lambda)).toBe(true);
    expect(late.spentUsd).toBeCloseTo(11, 9);
    expect(late.lambda).toBeLessThanOrEqual(1e4);
  });

  test('a new period begins with the price the last one ended with', () => {
    expect(startPacing(BUDGET, 3.5)).toMatchObject({ lambda: 3.5, spentUsd: 0, intents: 0 });
  });
});

test('the multiplier is 1 + λ within half a percent, in steps', () => {
  for (const lambda of [0, 0.02, 0.7, 31, 9999]) {
    const exact = 1 + lambda;
    expect(Math.abs(costMultiplier({ ...startPacing(BUDGET), lambda }) / exact - 1)).toBeLessThan(0.0051);
  }
  expect(costMultiplier(startPacing(BUDGET))).toBe(1);
});

describe('affordablePlans', () => {
  const costs = { costUsd: [0.02, 0.001, 0.05] };

  test('all of the eligible while there is budget left', () => {
    expect(affordablePlans(after(100, 0.01), { ...costs, eligible: 0b101 })).toBe(0b101);
  });

  test('only the cheapest of the eligible once it is spent', () => {
    const spent = after(1000, 0.01001);
    expect(affordablePlans(spent, { ...costs, eligible: 0b111 })).toBe(0b010);
    expect(affordablePlans(spent, { ...costs, eligible: 0b101 })).toBe(0b001);
  });
});
