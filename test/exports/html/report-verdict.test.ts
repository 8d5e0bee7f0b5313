import { expect, test } from 'vitest';
import { reportFeature } from '../../../src/core/report/feature-report.ts';
import { combineReports } from '../../../src/core/report/router-report.ts';
import { trendOf } from '../../../src/core/report/trend.ts';
import { verdictSection } from '../../../src/exports/html/report-verdict.ts';
import { cellsOf, FAILURE, many, SUCCESS } from '../../core/support/cells.ts';

const facts = { failureCostUsd: 15 };
const of = (successes: number, failures: number) =>
  reportFeature('a & b', cellsOf(many(successes, { evidence: [SUCCESS] }), many(failures, { evidence: [FAILURE] })), {
    facts,
  });
const now = of(900, 100);
const report = combineReports([now], { madeAtMs: 0, gains: new Map() });

test('a report with a trend begins with the cost per success and its change since the period before, and lists its features', () => {
  const trend = { before: { fromMs: 0, toMs: 1 }, features: [trendOf(now, of(800, 200))] };
  const html = verdictSection({ ...report, trend });
  expect(html).toMatch(/^<section><p class="verdict">1 of 1 feature costs less per success/);
  expect(html).toContain('<a href="#feature-a%20%26%20b">a &amp; b</a> – A success costs 55 % less');
});

test('a report without problems states that nothing needs attention, and other reports list what does', () => {
  expect(verdictSection(report)).toContain('Nothing needs attention');
  const none = reportFeature('none', cellsOf(many(5, {})), { facts });
  const html = verdictSection(combineReports([none], { madeAtMs: 0, gains: new Map() }));
  expect(html).toContain('<strong>none</strong>: None of 5 intents has an outcome');
});

test('a report of a period without intents does not state that every feature has outcomes', () => {
  const empty = reportFeature('none', [], { facts });
  const html = verdictSection(combineReports([empty], { madeAtMs: 0, gains: new Map() }));
  expect(html).toContain('This period has no intents.');
  expect(html).not.toContain('every feature has outcomes');
});
