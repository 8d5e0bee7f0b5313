import { expect, test } from 'vitest';
import { reportFeature } from '../../../src/core/report/feature-report.ts';
import { describePlan, formatPercent, formatTotal } from '../../../src/core/report/wording.ts';
import { featureSection } from '../../../src/exports/html/report-feature.ts';
import { cellsOf, FAILURE, made, many, SUCCESS } from '../../core/support/cells.ts';
import { tablesOf } from './html-tables.ts';

const cells = cellsOf(many(30, { evidence: [SUCCESS] }), many(12, { evidence: [{ ...FAILURE, costNanoUsd: 40e9 }] }), [
  made({ hour: 30, plan: ['premium'], versions: { premium: 'premium@2' } }),
  made({ hour: 31, plan: ['premium'] }),
]);
const feature = reportFeature('support', cells, { facts: { plans: ['mini', 'premium'], failureCostUsd: 15 } });
const render = (): string => featureSection(feature);

test('a section warns of a wrong failure cost and lists changes of a model, its price or its prompt', () => {
  const html = render();
  expect(html).toContain('12 recorded failures cost $40.00 on average');
  expect(html).toContain('<h3>Changes</h3>');
  expect(html).toContain('premium changed from');
  expect(featureSection({ ...feature, drift: [] })).not.toContain('<h3>Changes</h3>');
});

test('a section explains the state of the comparison of plans', () => {
  const html = render();
  expect(html).toContain('fewer than 100 outcomes');
});

test('cost components that are not 0 are in the bar, and in its legend with their amounts; no row of zeros is printed', () => {
  const html = render();
  const bars = html.slice(html.indexOf('<svg class="bar"'), html.indexOf('<ul class="legend">'));
  expect(bars.match(/<rect /g)).toHaveLength(2);
  expect(html).toContain(`Failure cost ${formatTotal(feature.totalCost.failureUsd)}`);
  expect(html).not.toMatch(/\$0(?:\.00)? \(0 %\)/);
});

test('the status of a feature is shown as a figure, with its explanation below', () => {
  expect(render()).toMatch(/<span>Status<\/span><strong>learning<\/strong><small>fewer than 100 outcomes/);
});

test('a plan without outcomes is named in the plot, without a figure', () => {
  const html = render();
  expect(html).toContain('premium: no outcome yet');
});

test('a section shows the traffic per plan over time, with figures, if there are at least two time steps', () => {
  const html = render();
  expect(feature.history.steps.length).toBeGreaterThan(1);
  expect(html).toContain('<h3>Cost per intent over time</h3>');
  expect(html).toContain('<caption><span>support over time</span></caption>');
  const [first] = feature.history.steps;
  const short = { ...feature, history: { ...feature.history, steps: first === undefined ? [] : [first] } };
  expect(featureSection(short)).not.toContain('over time');
});

test.each([
  [3_600_000, /<text class="tick"[^>]*>\d\d-\d\d \d\d:\d\d</],
  [86_400_000, /<text class="tick"[^>]*>\d{4}-\d\d-\d\d</],
])('time steps of %i ms are labelled with the time if shorter than a day, else with the date', (widthMs, label) => {
  expect(featureSection({ ...feature, history: { ...feature.history, widthMs } })).toMatch(label);
});

test('the tables list the plans and the time steps in full', () => {
  const tables = tablesOf(render());
  const plans = tables.get('Plans of support');
  expect(plans?.header.slice(0, 4)).toEqual(['Plan', 'Traffic', 'Intents', 'Outcomes']);
  expect(plans?.rows.map(row => row.slice(0, 4))).toEqual(
    feature.plans.map(plan => [describePlan(plan.plan), formatPercent(plan.traffic), `${plan.n}`, `${plan.labelled}`]),
  );
  for (const row of plans?.rows ?? []) expect(row).toHaveLength(plans?.header.length ?? 0);
  const steps = tables.get('support over time');
  expect(steps?.header).toEqual(['From (UTC)', 'Intents', 'Success', 'Cost per intent', 'mini', 'premium']);
  const [first] = feature.history.steps;
  expect(steps?.rows[0]?.slice(0, 2)).toEqual(['2027-01-15 08:00', `${first?.intents}`]);
  for (const [index, { intents, plans: counts }] of feature.history.steps.entries())
    expect(steps?.rows[index]?.slice(4)).toEqual(
      ['mini', 'premium'].map(plan => formatPercent(intents === 0 ? 0 : (counts[plan] ?? 0) / intents)),
    );
});

test('the section of a feature without notes and warnings has no list of notes and no warning', () => {
  const plain = reportFeature('plain', cellsOf(many(300, { evidence: [SUCCESS] })), {
    facts: { plans: ['mini'], failureCostUsd: 15 },
  });
  expect(featureSection(plain)).not.toContain('class="warn"');
  expect(render()).toContain('class="warn"');
});
