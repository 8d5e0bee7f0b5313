import { expect, test } from 'vitest';
import { reportFeature } from '../../../src/core/report/feature-report.ts';
import { combineReports } from '../../../src/core/report/router-report.ts';
import { trendOf } from '../../../src/core/report/trend.ts';
import { overviewSection } from '../../../src/exports/html/report-overview.ts';
import { cellsOf, FAILURE, many, SUCCESS } from '../../core/support/cells.ts';
import { readable, tablesOf } from './html-tables.ts';

const cells = cellsOf(many(30, { evidence: [SUCCESS] }), many(12, { evidence: [{ ...FAILURE, costNanoUsd: 40e9 }] }));
const feature = reportFeature('f', cells);
const report = combineReports([feature], { madeAtMs: 0, gains: new Map() });

test('the overview has the total cost, its two parts, and the intents without an outcome', () => {
  const tiles = [...overviewSection(report).matchAll(/<li><span>([^<]*)<\/span><strong>([^<]*)</g)];
  expect(tiles.map(([, name, value]) => [name, value])).toEqual([
    ['Model spend', '$0.42'],
    ['Failure cost', '$480.00'],
    ['Total cost', '$480.42'],
    ['Intents', '42'],
  ]);
});

test('the overview has a row per feature and only the sections that have figures', () => {
  const html = overviewSection(report);
  expect(html.match(/<tbody><tr>/g)).toHaveLength(1);
  expect([...html.matchAll(/<h2>([^<]*)/g)].map(([, title]) => title)).toEqual(['Where the money goes']);
});

test('the largest possible savings are shown with the plan, per intent and in total', () => {
  const gain = { feature: 'f', plan: 'mini>premium', intents: 70, perIntentUsd: { value: 1, low: 0, high: 2 } };
  const gains = [{ ...gain, inAllUsd: { value: 70, low: 0, high: 140 } }];
  const html = readable(overviewSection({ ...report, possibleSavings: gains }));
  expect(html).toContain('<h2>Largest possible savings</h2>');
  for (const text of ['mini, then premium if needed', '$1.00 (0–2.00)', '$70.00 (0–140.00)'])
    expect(html).toContain(text);
});

/** Of a saving of $2 per intent. */
const amounts = { baselineCostPerIntentUsd: { value: 3, low: 0, high: 6 }, costPerIntentUsd: 1 };

test('measured savings are shown with their interval, or with the reason why there is no estimate', () => {
  const figure = { value: 2, low: -1, high: 5 };
  const savings = {
    baseline: 'premium',
    features: [
      { feature: 'a', intents: 200, kind: 'estimate', ...amounts, perIntentUsd: figure, inAllUsd: figure },
      { feature: 'b', intents: 20, kind: 'refused', reason: 'too few intents' },
      {
        feature: 'c',
        intents: 9,
        kind: 'estimate',
        ...amounts,
        perIntentUsd: figure,
        inAllUsd: figure,
        note: '3 left out',
      },
    ],
    total: { intents: 200, savedUsd: figure },
  } as const;
  const page = overviewSection({ ...report, savings });
  expect(page).toContain('Saved against always premium');
  expect(page).toContain(': $4.00 (−1.00 to 5.00); 1 feature has no estimate.');
  expect(page).toContain('<li>b, no estimate: too few intents</li>');
  // A refusal is a short cell below the answers: a sentence would make its column wider than the page.
  expect(page.indexOf('<th scope="row">a</th>')).toBeLessThan(page.indexOf('<th scope="row">b</th>'));
  expect(page).toContain('<td class="n">no estimate</td>');
  expect(page).toContain('<li>c: 3 left out</li>');
});

test('the difference to the previous period is shown as a table, if the report has one', () => {
  const features = [trendOf(feature, feature)];
  const html = readable(overviewSection({ ...report, trend: { before: { fromMs: 0, toMs: 3_600_000 }, features } }));
  expect(html).toContain('<h2>Changes since the period before</h2>');
  expect(html).toContain('Before: 1970-01-01 00:00 until 1970-01-01 01:00 UTC.');
  expect(html).toContain('0.0 points (');
});

test('the tables of the overview have a row per feature, saving and difference, each with as many cells as the header', () => {
  const figure = { value: 2, low: 1, high: 3 };
  const gain = { feature: 'f', plan: 'mini', intents: 70, perIntentUsd: figure, inAllUsd: figure };
  const estimate = {
    feature: 'f',
    intents: 9,
    kind: 'estimate',
    ...amounts,
    perIntentUsd: figure,
    inAllUsd: figure,
  } as const;
  const savings = { baseline: 'premium', features: [estimate] };
  const trend = { before: { fromMs: 0, toMs: 1 }, features: [trendOf(feature, feature)] };
  const html = overviewSection({ ...report, possibleSavings: [gain], savings, trend });
  const tables = [...tablesOf(html).values()];
  expect(tables).toHaveLength(5);
  for (const { header, rows } of tables) for (const row of rows) expect(row).toHaveLength(header.length);
  const [features, changes, , gains, saved] = tables;
  // Compared with itself.
  expect(changes?.rows[0]?.map(cell => cell.split(' (')[0])).toEqual(['f', '+0 %', '0.0 points', '+0 %']);
  expect(features?.rows[0]?.slice(5)).toEqual([feature.state, '$480.42', '100 %', '100 %']);
  expect(gains?.rows).toEqual([['f', 'mini', '$2.00 (1.00–3.00)', '$2.00 (1.00–3.00)']]);
  expect(saved?.rows).toEqual([['f', '9', '$3.00 (0.00–6.00)', '$1.00', '$2.00 (1.00–3.00)', '$2.00 (1.00–3.00)']]);
  // No total and no note, so no paragraph.
  expect(html).not.toContain('<p>');
});
