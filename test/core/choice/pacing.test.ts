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
  test('spend ahead of the budget raises λ, and spend behind it lowers λ, never below 0', () => {
    const ahead = after(50, 0.02);
    expect(ahead.lambda).toBeGreaterThan(0);
    expect(after(50, 0.001, ahead).lambda).toBeLessThan(ahead.lambda);
    expect(after(50, 0.001).lambda).toBe(0);
  });

  test('λ moves by η(c − ρ) with η = 20/(ρ√T)', () => {
    const { lambda } = pace(startPacing(BUDGET), 0.03);
    expect(lambda).toBeCloseTo((20 / (0.01 * Math.sqrt(1000))) * (0.03 - 0.01), 12);
  });

  test('a saved budget may be spent later: ρ is the budget left per intent still expected', () => {
    const saved = after(500, 0.002);
    expect(pace(saved, 0.017).lambda).toBe(0);
    expect(pace(saved, 0.019).lambda).toBeGreaterThan(0);
  });

  test('the whole remaining budget may be spent on the last intent and on every later one, and nothing once it is spent', () => {
    const last = after(1000, 0.008);
    expect(pace(last, 1.99).lambda).toBe(0);
    expect(pace(last, 2.01).lambda).toBeGreaterThan(0);
    expect(pace(after(1100, 0.001), 8.89).lambda).toBe(0);
    // Overspent by 1 USD: ρ is 0, not −1.
    const over = { ...startPacing(BUDGET, 2), spentUsd: 11, intents: 500 };
    expect(pace(over, 0).lambda).toBe(2);
  });

  test('λ never exceeds 10,000', () => {
    expect(pace(startPacing(BUDGET), 1e6).lambda).toBe(1e4);
    expect(pace(startPacing(BUDGET, 9_999.9), 0.02).lambda).toBe(1e4);
  });

  test('pace counts each intent and its cost, and leaves the budget itself unchanged', () => {
    expect(pace({ ...startPacing(BUDGET), spentUsd: 3, intents: 7 }, 0.5)).toMatchObject({
      ...BUDGET,
      spentUsd: 3.5,
      intents: 8,
    });
  });

  test('a new period starts with the λ of the previous period', () => {
    expect(startPacing(BUDGET, 3.5)).toMatchObject({ lambda: 3.5, spentUsd: 0, intents: 0 });
  });
});

test('the cost multiplier is 1 + λ to the nearest power of 1.01', () => {
  for (const lambda of [0, 0.02, 0.7, 31, 9999]) {
    const exact = 1 + lambda;
    const multiplier = costMultiplier({ ...startPacing(BUDGET), lambda });
    expect(Math.abs(multiplier / exact - 1)).toBeLessThan(0.0051);
    const steps = Math.log(multiplier) / Math.log(1.01);
    expect(steps).toBeCloseTo(Math.round(steps), 9);
  }
  expect(costMultiplier(startPacing(BUDGET))).toBe(1);
});

describe('affordablePlans', () => {
  const costs = { costUsd: [0.02, 0.001, 0.05] };

  test('every eligible plan is affordable while there is budget left', () => {
    expect(affordablePlans(after(100, 0.01), { ...costs, eligible: 0b101 })).toBe(0b101);
  });

  test('only the cheapest eligible plan is affordable once the budget is spent', () => {
    const spent = after(1000, 0.01001);
    expect(affordablePlans(spent, { ...costs, eligible: 0b111 })).toBe(0b010);
    expect(affordablePlans(spent, { ...costs, eligible: 0b101 })).toBe(0b001);
    expect(affordablePlans({ ...startPacing(BUDGET), spentUsd: 10 }, { ...costs, eligible: 0b111 })).toBe(0b010);
    // Two plans cost the same: the first one is chosen.
    expect(affordablePlans(spent, { costUsd: [2, 1, 1], eligible: 0b111 })).toBe(0b010);
  });
});
