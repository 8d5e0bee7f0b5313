import { expect, test } from 'vitest';
import { reportFeature } from '../../../src/core/report/feature-report.ts';
import { combineReports } from '../../../src/core/report/router-report.ts';
import { renderReportHtml } from '../../../src/exports/html/report-html.ts';
import { cellsOf, FAILURE, made, many, SUCCESS } from '../../core/support/cells.ts';

const evil = '<img src=x onerror=alert(1)>';
const cells = cellsOf(many(30, { evidence: [SUCCESS] }), many(12, { evidence: [{ ...FAILURE, costNanoUsd: 40e9 }] }), [
  made({ hour: 30, plan: ['premium'], versions: { premium: evil } }),
  made({ hour: 31, plan: ['premium'] }),
]);
const render = (): string =>
  renderReportHtml(
    combineReports([reportFeature(evil, cells, { facts: { plans: ['mini', 'premium'], failureCostUsd: 15 } })], {
      madeAtMs: Date.UTC(2026, 2, 1),
      gains: new Map(),
    }),
  );

test('the report has no script and loads nothing', () => {
  const html = render();
  // Links lead within the page.
  expect(html.replaceAll('src=x', '').replaceAll('href="#', '')).not.toMatch(
    /<script|<link|<img|src=|href=|url\(|@import/i,
  );
});

test('names from the ledger are escaped', () => {
  const html = render();
  expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
  expect(html).not.toContain(evil);
});

test('every plot has a table with its figures, or a legend with its amounts', () => {
  const html = render();
  const captions = [...html.matchAll(/<caption><span>([^<]*)</g)].map(([, caption]) => caption);
  expect(captions).toHaveLength(3);
  // Two bars, whose amounts are in legends and beside them; the plans; two plots over time.
  expect([...html.matchAll(/role="img"/g)]).toHaveLength(5);
});

test('the report states its creation time and explains its terms', () => {
  const html = render();
  expect(html).toContain('<dt>Generated</dt><dd>2026-03-01 00:00 UTC</dd>');
  expect(html).toContain('<dt>Period</dt><dd>all intents, 2027-01-15 08:00 until 2027-01-16 16:00 UTC</dd>');
  for (const state of ['learning', 'estimating', 'settled']) expect(html).toContain(`<strong>${state}</strong>: `);
});

test('a report of a ledger without intents says so', () => {
  const empty = renderReportHtml(combineReports([], { madeAtMs: 0, gains: new Map() }), { title: 'March & April' });
  expect(empty).toContain('The ledger has no intents yet.');
  expect(empty).toContain('<title>March &amp; April</title>');
});
