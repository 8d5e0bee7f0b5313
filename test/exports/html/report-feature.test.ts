import { expect, test } from 'vitest';
import { reportFeature } from '../../../src/core/report/feature-report.ts';
import { featureSection } from '../../../src/exports/html/report-feature.ts';
import { cellsOf, FAILURE, made, many, SUCCESS } from '../../core/support/cells.ts';

const cells = cellsOf(many(30, { evidence: [SUCCESS] }), many(12, { evidence: [{ ...FAILURE, costNanoUsd: 40e9 }] }), [
  made({ hour: 30, plan: ['premium'], versions: { premium: 'premium@2' } }),
  made({ hour: 31, plan: ['premium'] }),
]);
const feature = reportFeature('support', cells, { facts: { plans: ['mini', 'premium'], failureCostUsd: 15 } });
const html = featureSection(feature);

test('a section warns of a wrong failure cost and lists the changes of versions', () => {
  expect(html).toContain('12 recorded failures cost $40.00 on average');
  expect(html).toContain('<h3>Changes</h3>');
  expect(html).toContain('premium changed from');
  expect(featureSection({ ...feature, drift: [] })).not.toContain('<h3>Changes</h3>');
});

test('a section has the state of the comparison with its meaning', () => {
  expect(html).toContain('fewer than 100 outcomes');
});

test('the cost parts that are not 0 have a bar and a legend, and all of them are in the table', () => {
  const bars = html.slice(html.indexOf('<svg class="bar"'), html.indexOf('<ul class="legend">'));
  expect(bars.match(/<rect /g)).toHaveLength(2);
  const table = html.slice(html.indexOf('<caption>Total cost of support'));
  expect(table.slice(0, table.indexOf('</table>')).match(/<tr>/g)).toHaveLength(1 + feature.totalCost.lines.length);
});

test('a plan without outcomes is in the plot by name, without a figure', () => {
  expect(html).toContain('premium: no outcome yet');
});

test('a section shows the traffic per plan over time, with figures, from two steps on', () => {
  expect(feature.history.steps.length).toBeGreaterThan(1);
  expect(html).toContain('<h3>Over time</h3>');
  expect(html).toContain('<caption>support over time</caption>');
  const [first] = feature.history.steps;
  const short = { ...feature, history: { ...feature.history, steps: first === undefined ? [] : [first] } };
  expect(featureSection(short)).not.toContain('Over time');
});

test.each([
  [3_600_000, /<text class="tick"[^>]*>\d\d-\d\d \d\d:\d\d</],
  [86_400_000, /<text class="tick"[^>]*>\d{4}-\d\d-\d\d</],
])('steps of %i ms are labelled with the time below a day and with the date above', (widthMs, label) => {
  expect(featureSection({ ...feature, history: { ...feature.history, widthMs } })).toMatch(label);
});
