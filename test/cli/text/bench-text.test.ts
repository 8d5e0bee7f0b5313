import { expect, test } from 'vitest';
import type { BenchResult } from '../../../src/cli/text/bench-text.ts';
import { benchReport, renderBench } from '../../../src/cli/text/bench-text.ts';
import { outcomeTable } from '../../../src/replay/table/table-builder.ts';
import { namedPolicy } from '../../../src/replay/common/named-policies.ts';
import { replayTable } from '../../../src/replay/table/replay-table.ts';

/** Features of which the last has the most requests: one in `f00`, two in `f01` … */
function resultOf(
  features: number,
  { shuffles = 2, more = {} }: { shuffles?: number; more?: Partial<BenchResult> } = {},
): BenchResult {
  const table = outcomeTable(
    Array.from({ length: features }, (_, f) =>
      Array.from({ length: f + 1 }, (__, i) =>
        ['mini', 'premium'].map(model => ({
          id: `${f}-${i}`,
          feature: `f${String(f).padStart(2, '0')}`,
          model,
          success: model === 'premium' || i % 2 === 0 ? 1 : 0,
          costUsd: model === 'premium' ? 0.02 : 0.001,
        })),
      ),
    ).flat(2),
  );
  const policies = ['thompson', 'always:premium'].map(name => namedPolicy(name, [['mini'], ['premium']]).policy);
  return {
    table: 'outcomes.csv',
    badRows: 0,
    madeBy: 'outcome-router 1.2.3',
    madeAtMs: 0,
    options: '--shuffles 2',
    ...replayTable(table, policies, { failureCostUsd: 1, shuffles }),
    ...more,
  };
}

test('every policy’s cost is shown as a multiple of the best model per feature in hindsight, with its standard error', () => {
  const text = renderBench(resultOf(4));
  expect(text).toMatch(/thompson +│ +\d+\.\d{3} ± \d+\.\d{3} /);
  // A single model costs the same in any order.
  expect(text).toMatch(/always:premium +│ +\d+\.\d{3} ± 0\.000 │ +100 % │ +\$0\.020 │ +\$0\.020 │ +\$0\.020/);
  expect(text).toContain('10 requests of 4 features, models mini, premium; a failure costs $1.00;');
  expect(text).toContain('Means of 2 runs in shuffled order');
});

test('a single run is labelled as one run and shows no standard error', () => {
  const text = renderBench(resultOf(1, { shuffles: 0 }));
  expect(text).toContain('1 request of 1 feature,');
  expect(text).toContain('One run, in the order of the table');
  expect(text).not.toContain('±');
});

test('skipped requests and dropped rows are reported only if there are any', () => {
  expect(renderBench(resultOf(2))).not.toMatch(/left out|dropped/);
  const text = renderBench(
    resultOf(2, {
      more: { skipped: 1200, badRows: 3, firstBadRow: 'outcomes.csv row 7, column success: 2 is too much' },
    }),
  );
  expect(text).toContain('1,200 requests are left out: no plan has all its replies in the table.');
  expect(text).toContain('3 bad rows were dropped, the first: outcomes.csv row 7, column success: 2 is too much.');
});

test('the page shows the cost of every policy for the thirty features with the most intents', () => {
  const { features = [], shares = [], regret = [] } = benchReport(resultOf(33));
  expect(features).toHaveLength(30);
  expect(features[0]?.feature).toBe('f32');
  expect(features.map(({ feature }) => feature)).not.toContain('f02');
  const premium = features[0]?.policies.find(({ policy }) => policy === 'always:premium');
  expect(premium?.costPerSuccessUsd.value).toBeCloseTo(0.02, 9);
  expect(shares.map(({ policy }) => policy)).toEqual(['thompson']);
  expect(regret.at(-1)?.usd).toHaveLength(2);
});

test('the page names its table, when it was made, by which version and with which options', () => {
  expect(benchReport(resultOf(1)).facts).toEqual([
    ['Table', 'outcomes.csv'],
    ['Generated', '1970-01-01 00:00 UTC by outcome-router 1.2.3'],
    ['Options', '--shuffles 2'],
  ]);
});
