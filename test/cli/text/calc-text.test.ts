import { expect, test } from 'vitest';
import type { Calculation } from '../../../src/cli/text/calc-text.ts';
import { renderCalculation } from '../../../src/cli/text/calc-text.ts';
import { compareSetUps, costsOf } from '../../../src/core/calculator/calculator.ts';

const setUp = { tokenCostUsd: 0.014, successRate: 0.95, failureCostUsd: 15, sampleSize: 100 };
const one: Calculation = { setUps: [{ name: 'reasoning', setUp, costs: costsOf(setUp) }] };

test('a figure with a sample size is printed with its interval', () => {
  const text = renderCalculation(one);
  expect(text).toMatch(/Cost per intent\s+│ \$0\.76 \(0\.34–1\.69\)/);
  expect(text).not.toContain('against');
});

test('break-even points that do not exist are left out', () => {
  const text = renderCalculation({
    setUps: [...one.setUps, { name: 'other', setUp, costs: costsOf(setUp) }],
    comparison: { costPerIntentSaving: 0, costPerSuccessSaving: 0, tokenCostRatio: 1 },
  });
  expect(text).toContain('other against reasoning: 1.0 times the token cost');
  expect(text).toContain('0 % less per intent, 0 % less per success');
  expect(text).not.toContain('both cost the same');
});

test('break-even points are those of the cost per success', () => {
  const second = { tokenCostUsd: 0.02, successRate: 0.99, failureCostUsd: 15 };
  const text = renderCalculation({
    setUps: [...one.setUps, { name: 'other', setUp: second, costs: costsOf(second) }],
    comparison: compareSetUps(setUp, second),
  });
  // Equal cost per success, (0.014 + 0.05·H)/0.95 = (0.02 + 0.01·H)/0.99; per intent it would be $0.15.
  expect(text).toContain('  both cost the same per success if a failure costs $0.13\n');
  expect(text).toContain('both cost the same per success if reasoning succeeds 99.0 % of the time');
});

test('notes on claims are printed below the table', () => {
  const text = renderCalculation({
    ...one,
    claims: [
      { label: 'interval', published: '±$0.05', calculated: '±$0.64', verdict: 'does not hold', note: 'too few' },
    ],
  });
  expect(text.split('\n').at(-1)).toBe('interval: too few');
});

test('a negative saving is printed as more cost', () => {
  const text = renderCalculation({
    setUps: [...one.setUps, { name: 'other', setUp, costs: costsOf(setUp) }],
    comparison: { costPerIntentSaving: 0.8303, costPerSuccessSaving: -0.12, tokenCostRatio: 1 },
  });
  expect(text).toContain('83.0 % less per intent, 12.0 % more per success');
});
