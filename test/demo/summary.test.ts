import { describe, expect, test } from 'vitest';
import type { DecidedRecord } from '../../src/core/ledger/records.ts';
import type { FeatureReport } from '../../src/core/report/feature-report.ts';
import type { RouterReport } from '../../src/core/report/router-report.ts';
import type { DemoRun } from '../../src/demo/drive.ts';
import { summarise } from '../../src/demo/summary.ts';

const decided = (feature: string, plan: string): DecidedRecord =>
  ({ feature, decision: { plan: plan.split('>') } }) as unknown as DecidedRecord;

function run(different: Partial<DemoRun> = {}): DemoRun {
  const features = [
    { feature: 'support.reply', intents: 100, costPerIntentUsd: { value: 1, low: 0.7, high: 1.4 } },
    { feature: 'docs.answer', intents: 200, costPerIntentUsd: { value: 0.5, low: 0.3, high: 0.65 } },
  ] as unknown as readonly FeatureReport[];
  return {
    report: { spendUsd: '12.000000345', features } as RouterReport,
    decided: [],
    billedNanoUsd: 12_000_000_345n,
    billedRequests: 7,
    outcomes: { late: 1, corrected: 2, never: 3 },
    ...different,
  };
}

describe('the bill', () => {
  test('ledger and bill count as equal only if they agree to the nano-dollar', () => {
    expect(summarise(run()).bill).toEqual({
      ledgerNanoUsd: 12_000_000_345n,
      providerNanoUsd: 12_000_000_345n,
      requests: 7,
      equal: true,
    });
    expect(summarise(run({ billedNanoUsd: 12_000_000_346n })).bill.equal).toBe(false);
  });
});

test('the learning curve is the traffic of the best plan per tenth of the intents', () => {
  const plans = [
    ...Array<string>(10).fill('mini'),
    ...Array<string>(5).fill('mini'),
    ...Array<string>(85).fill('reasoning'),
  ];
  const others = Array.from({ length: 30 }, () => decided('docs.answer', 'gpt-4.1'));
  const { learning } = summarise(run({ decided: [...others, ...plans.map(plan => decided('support.reply', plan))] }));
  expect(learning[0]).toEqual({
    feature: 'support.reply',
    bestPlan: 'reasoning',
    traffic: [0, 0.5, 1, 1, 1, 1, 1, 1, 1, 1],
  });
  expect(learning[1]?.traffic).toEqual(Array(10).fill(0));
});

test('alternative choices are priced by the known rates of the demo, and the router’s choices by the ledger', () => {
  const { comparison, totals } = summarise(run());
  expect(comparison[0]).toMatchObject({
    alwaysCheap: { plan: 'mini' },
    alwaysPremium: { plan: 'reasoning' },
    best: { plan: 'reasoning' },
    routedCostPerIntentUsd: { value: 1 },
  });
  expect(comparison[0]?.alwaysCheap.costPerIntentUsd).toBeCloseTo(4.5019, 4);
  expect(totals.alwaysPremiumUsd).toBeCloseTo(
    100 * 0.764 + 200 * (comparison[1]?.alwaysPremium.costPerIntentUsd ?? 0),
    6,
  );
  // 100 × 1 + 200 × 0.5, with half-widths 30 and 40, 40 and 30.
  expect(totals.routedUsd).toEqual({ value: 200, low: 150, high: 250 });
});

test('a feature that the demo does not define is left out', () => {
  const { report } = run();
  const features = [...report.features, { feature: 'other', intents: 5 } as FeatureReport];
  expect(summarise(run({ report: { ...report, features } })).comparison).toHaveLength(2);
});
