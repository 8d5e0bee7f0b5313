import { describe, expect, test } from 'vitest';
import { reportFeature } from '../../../src/core/report/feature-report.ts';
import { combineReports } from '../../../src/core/report/router-report.ts';
import { trendOf } from '../../../src/core/report/trend.ts';
import { renderReportHtml } from '../../../src/exports/html/report-html.ts';
import { cellsOf, FAILURE, made, many, SUCCESS } from '../../core/support/cells.ts';

const evil = '<img src=x onerror=alert(1)>';
const cells = cellsOf(many(30, { evidence: [SUCCESS] }), many(12, { evidence: [{ ...FAILURE, costNanoUsd: 40e9 }] }), [
  made({ hour: 30, plan: ['premium'], versions: { premium: evil } }),
  made({ hour: 31, plan: ['premium'] }),
]);
const html = renderReportHtml(
  combineReports([reportFeature(evil, cells, { facts: { plans: ['mini', 'premium'], failureCostUsd: 15 } })], {
    madeAtMs: Date.UTC(2026, 2, 1),
    gains: new Map(),
  }),
);

describe('the page', () => {
  test('is whole: it loads nothing and runs nothing', () => {
    expect(html.replaceAll('src=x', '')).not.toMatch(/<script|<link|<img|src=|href=|url\(|@import/i);
    expect(html).toContain("default-src 'none'");
  });

  test('shows names as text, however they are written', () => {
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(html).not.toContain(evil);
  });

  test('has every plot’s figures as a table too', () => {
    const captions = [...html.matchAll(/<caption>([^<]*)</g)].map(([, caption]) => caption);
    expect(captions).toHaveLength(4);
    expect([...html.matchAll(/role="img"/g)]).toHaveLength(4);
  });

  test('says that the failure cost is wrong, what changed, and how to read it', () => {
    expect(html).toContain('12 recorded failures cost $40.00 on average');
    expect(html).toContain('premium changed from');
    expect(html).toContain('fewer than 100 outcomes');
  });

  test('knows both colour schemes and paper', () => {
    expect(html).toContain('@media (prefers-color-scheme:dark)');
    expect(html).toContain('@media print');
  });
});

test('savings come with their interval, and a refusal with its reason', () => {
  const figure = { value: 2, low: -1, high: 5 };
  const savings = {
    baseline: 'premium',
    features: [
      { feature: 'a', intents: 200, kind: 'estimate', perIntentUsd: figure, inAllUsd: figure },
      { feature: 'b', intents: 20, kind: 'refused', reason: 'too few intents' },
      { feature: 'c', intents: 9, kind: 'estimate', perIntentUsd: figure, inAllUsd: figure, note: '3 left out' },
    ],
    total: { intents: 200, savedUsd: figure },
  } as const;
  const report = combineReports([reportFeature('f', cells)], { madeAtMs: 0, gains: new Map() });
  const page = renderReportHtml({ ...report, savings });
  expect(page).toContain('Saved against always premium');
  expect(page).toContain('In all $2.00 (−1.00 to 5.00) on 200 intents.');
  expect(page).toContain('too few intents');
  expect(page).toContain('<p>c: 3 left out</p>');
});

test('what has changed since the period before is a table, where it was asked for', () => {
  const report = combineReports([reportFeature('f', cells)], { madeAtMs: 0, gains: new Map() });
  const features = report.features.map(feature => trendOf(feature, feature));
  const page = renderReportHtml({ ...report, trend: { before: { fromMs: 0, toMs: 3_600_000 }, features } });
  expect(page).toContain('<h2>What has changed</h2>');
  expect(page).toContain('Before: 1970-01-01 00:00 until 1970-01-01 01:00 UTC.');
  expect(page).toContain('0.0 points (');
  expect(html).not.toContain('What has changed');
});

test('a ledger without intents makes a page that says so', () => {
  const empty = renderReportHtml(combineReports([], { madeAtMs: 0, gains: new Map() }), { title: 'March & April' });
  expect(empty).toContain('The ledger has no intents yet.');
  expect(empty).toContain('<title>March &amp; April</title>');
});
