import { expect, test } from 'vitest';
import type { Calculation } from '../../../src/cli/text/calc-text.ts';
import { renderCalculation } from '../../../src/cli/text/calc-text.ts';
import { costsOf } from '../../../src/core/calculator/calculator.ts';

const setUp = { tokenCostUsd: 0.014, successRate: 0.95, failureCostUsd: 15, sampleSize: 100 };
const one: Calculation = { setUps: [{ name: 'reasoning', setUp, costs: costsOf(setUp) }] };

test('figures stand with their limits', () => {
  const text = renderCalculation(one);
  expect(text).toMatch(/cost per intent\s+│ \$0\.764 \(\$0\.337 to \$1\.69\)/);
  expect(text).not.toContain('against');
});

test('what is not known is left out', () => {
  const text = renderCalculation({
    setUps: [...one.setUps, { name: 'other', setUp, costs: costsOf(setUp) }],
    comparison: { costPerIntentSaving: 0, costPerSuccessSaving: 0, tokenCostRatio: 1 },
  });
  expect(text).toContain('other against reasoning: 1.0 times the tokens');
  expect(text).not.toContain('equal where');
});

test('claims keep their notes below the table, so that it fits', () => {
  const text = renderCalculation({
    ...one,
    claims: [
      { label: 'interval', published: '±$0.05', calculated: '±$0.64', verdict: 'does not hold', note: 'too few' },
    ],
  });
  expect(text.split('\n').at(-1)).toBe('interval: too few');
});
