import { expect, test } from 'vitest';
import type { Intent } from '../../../src/core/ledger/records.ts';
import { sumOf, sumsByPlan } from '../../../src/core/cells/sums.ts';
import { figuresOf } from '../../../src/core/report/sums-figures.ts';
import { cellsOf, FAILURE, many, SUCCESS } from '../support/cells.ts';

const sumsOf = (...intents: (readonly Intent[])[]) => sumOf(sumsByPlan(cellsOf(...intents)).values());

test('figures of intents with two failure costs reflect the actual losses, not one configured cost', () => {
  const figures = figuresOf(
    sumsOf(
      many(80, { evidence: [SUCCESS] }),
      many(15, { evidence: [FAILURE], failureCostNanoUsd: 2_000_000_000 }),
      many(5, { evidence: [FAILURE], failureCostNanoUsd: 50_000_000_000 }),
    ),
  );
  // 100 attempts at one cent; 15 × $2 + 5 × $50.
  expect(figures).toMatchObject({ intents: 100, labelled: 100, successes: 80, spendUsd: '1', failureUsd: '280' });
  expect(figures.costPerIntentUsd.value).toBeCloseTo(0.01 + 2.8, 9);
  expect(figures.costPerSuccessUsd.value).toBeCloseTo(2.81 / 0.8, 9);
});

test('without intents there is no figure and no cost', () => {
  const figures = figuresOf({});
  expect(figures).toMatchObject({ intents: 0, totalUsd: '0' });
  expect([figures.success.value, figures.costPerIntentUsd.value]).toEqual([Number.NaN, Number.NaN]);
});
