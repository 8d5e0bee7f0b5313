import { expect, test } from 'vitest';
import type { DemoResult } from '../../../src/cli/text/demo-text.ts';
import { renderDemo } from '../../../src/cli/text/demo-text.ts';
import { knownPlans } from '../../../src/demo/world.ts';

const [alwaysCheap, alwaysPremium] = knownPlans('support.reply');
if (alwaysCheap === undefined || alwaysPremium === undefined) throw new Error('two plans');

const result: DemoResult = {
  seed: '1',
  seconds: 4.25,
  db: 'router.db',
  report: {
    version: 1,
    madeAtMs: 0,
    intents: 1_234,
    labelled: 0,
    pending: 0,
    unknown: 0,
    totalUsd: '0',
    spendUsd: '0',
    failureUsd: '0',
    features: [],
    costByFeature: [],
    possibleSavings: [],
  },
  learning: [{ feature: 'support.reply', bestPlan: 'reasoning', traffic: [0, 0.5, 1] }],
  comparison: [
    {
      feature: 'support.reply',
      intents: 100,
      alwaysCheap,
      alwaysPremium,
      best: alwaysPremium,
      routedCostPerIntentUsd: { value: 0.9, low: 0.7, high: 1.2 },
      source: 'somewhere',
    },
  ],
  totals: { alwaysCheapUsd: 450, alwaysPremiumUsd: 76, bestUsd: 76, routedUsd: { value: 90, low: 70, high: 120 } },
  outcomes: { late: 3, corrected: 2, never: 1 },
  bill: { ledgerNanoUsd: 1_000_000_005n, providerNanoUsd: 1_000_000_005n, requests: 1_500, equal: true },
};

test('the traffic of the best plan is drawn per feature, with figures for the first and last tenth of the intents', () => {
  expect(renderDemo(result)).toMatch(/support\.reply │ reasoning +│ ▁▅█ +│ +0 % │ +100 %/);
});

test('the comparison separates the exact costs of the fake world from the costs measured in the ledger', () => {
  const text = renderDemo(result);
  expect(text).toMatch(/support\.reply +│ +\$4\.50 │ +\$0\.76 │ +\$0\.76 │ +\$0\.90 \(0\.70–1\.20\)/);
  expect(text).toContain('The first three columns are exact');
});

test('the ledger’s model spend and the provider’s bill are printed to the nano-dollar', () => {
  expect(renderDemo(result)).toContain('Model spend in the ledger: $1.000000005. The provider');
  expect(renderDemo(result)).toContain('1,500 requests: $1.000000005. They are equal to the nano-dollar.');
});

test('a bill that differs from the ledger is printed with the difference', () => {
  const bill = { ...result.bill, providerNanoUsd: 1_000_000_009n, equal: false };
  expect(renderDemo({ ...result, bill })).toContain('They differ by −$0.000000004. This is a bug');
});

test('late, corrected and missing outcomes are counted', () => {
  expect(renderDemo(result)).toContain(
    '1,234 intents in 4.3 s. 3 outcomes arrived late, 2 were corrected, 1 never arrived.',
  );
});
