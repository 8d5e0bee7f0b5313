/** One feature's section of the HTML report: its figures, costs, plans and history. */
import { describeDrift } from '../../core/report/drift-words.ts';
import type { FeatureReport } from '../../core/report/feature-report.ts';
import { featureNotes, mismatchNote } from '../../core/report/notes.ts';
import type { CostPart } from '../../core/report/total-cost.ts';
import { COST_PART_NAMES } from '../../core/report/total-cost.ts';
import {
  describePlan,
  formatCount,
  formatFigure,
  formatMoment,
  formatPercent,
  formatTotal,
  formatUsd,
  STATE_MEANINGS,
} from '../../core/report/wording.ts';
import { escapeHtml, htmlTable } from './html-text.ts';
import { band, legend, stackedColumns, stackedBar, whiskers } from './svg-plots.ts';

export function featureSection(feature: FeatureReport): string {
  const { totalCost, drift } = feature;
  const name = escapeHtml(feature.feature);
  const mismatch = mismatchNote(feature);
  const warn = mismatch === undefined ? '' : `<p class="warn">${escapeHtml(mismatch)}</p>`;
  const notes = featureNotes(feature);
  const changes = drift.length === 0 ? '' : `<h3>Changes</h3>${list(drift.map(describeDrift))}`;
  return `<section><h2 id="${name}">${name}</h2>
<ul class="figures">
<li><span>Success</span><strong>${escapeHtml(formatFigure(feature.success, formatPercent))}</strong></li>
<li><span>Cost per intent</span><strong>${escapeHtml(formatFigure(feature.costPerIntentUsd, formatUsd))}</strong></li>
<li><span>Cost per success</span><strong>${escapeHtml(formatFigure(feature.costPerSuccessUsd, formatUsd))}</strong></li>
<li><span>${escapeHtml(STATE_MEANINGS[feature.state])}</span><strong>${feature.state}</strong></li>
</ul>
${warn}${notes.length === 0 ? '' : list(notes)}
<h3>Where the money goes</h3>
${costPlot(feature)}
${htmlTable(
  `Total cost of ${feature.feature}: ${formatTotal(totalCost.totalUsd)}`,
  [{ title: 'Part' }, { title: 'USD', align: 'right' }, { title: 'of the total', align: 'right' }],
  totalCost.lines.map(line => [COST_PART_NAMES[line.part], formatTotal(line.usd), formatPercent(line.fraction)]),
)}
<h3>Plans</h3>
${planPlot(feature)}
${planTable(feature)}
${overTime(feature)}
${changes}
</section>`;
}

function list(items: readonly string[]): string {
  return `<ul class="notes">${items.map(item => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`;
}

/** Palette index per cost component: the same in every plot, with a conspicuous colour for failures. */
const PART_COLOURS: Readonly<Record<CostPart, number>> = {
  first: 0,
  'later-turns': 1,
  retry: 2,
  cascade: 3,
  judge: 5,
  failure: 4,
};

function costPlot({ feature, totalCost }: FeatureReport): string {
  const parts = totalCost.lines.map(line => ({
    name: COST_PART_NAMES[line.part],
    colour: PART_COLOURS[line.part],
    fraction: line.fraction,
    label: `${formatTotal(line.usd)} (${formatPercent(line.fraction)})`,
  }));
  const shown = parts.filter(part => part.fraction > 0);
  return stackedBar(`Where the money of ${feature} goes`, parts) + legend(shown);
}

function planPlot({ feature, plans }: FeatureReport): string {
  return whiskers(
    `Cost per intent of every plan of ${feature}, with its interval`,
    plans.map((plan, i) => ({
      name: describePlan(plan.plan),
      colour: i % 8,
      ...plan.costPerIntentUsd,
      label: plan.labelled === 0 ? 'no outcome yet' : formatFigure(plan.costPerIntentUsd, formatUsd),
    })),
    formatUsd,
  );
}

function planTable({ feature, plans }: FeatureReport): string {
  return htmlTable(
    `Plans of ${feature}`,
    [
      { title: 'Plan' },
      { title: 'Traffic', align: 'right' },
      { title: 'Intents', align: 'right' },
      { title: 'Outcomes', align: 'right' },
      { title: 'Success', align: 'right' },
      { title: 'Model spend', align: 'right' },
      { title: 'Cost per intent', align: 'right' },
      { title: 'Cost per success', align: 'right' },
      { title: 'Status' },
    ],
    plans.map(plan => [
      describePlan(plan.plan),
      formatPercent(plan.traffic),
      formatCount(plan.n),
      formatCount(plan.labelled),
      formatFigure(plan.success, formatPercent),
      formatFigure(plan.spendUsd, formatUsd),
      formatFigure(plan.costPerIntentUsd, formatUsd),
      formatFigure(plan.costPerSuccessUsd, formatUsd),
      plan.state,
    ]),
  );
}

function overTime({ feature, plans, history }: FeatureReport): string {
  const { steps, widthMs } = history;
  if (steps.length < 2) return '';
  const day = (atMs: number): string =>
    widthMs < 86_400_000 ? formatMoment(atMs).slice(5) : formatMoment(atMs).slice(0, 10);
  const parts = plans.map((plan, i) => ({ name: describePlan(plan.plan), colour: i % 8 }));
  const traffic = steps.map(step => ({
    fromMs: step.fromMs,
    fractions: plans.map(({ plan }) => (step.intents > 0 ? (step.plans[plan] ?? 0) / step.intents : 0)),
  }));
  const table = htmlTable(
    `${feature} over time`,
    [
      { title: 'From (UTC)' },
      { title: 'Intents', align: 'right' },
      { title: 'Success', align: 'right' },
      { title: 'Cost per intent', align: 'right' },
      ...parts.map(part => ({ title: part.name, align: 'right' as const })),
    ],
    steps.map((step, i) => [
      formatMoment(step.fromMs),
      formatCount(step.intents),
      formatFigure(step.success, formatPercent),
      formatFigure(step.costPerIntentUsd, formatUsd),
      ...(traffic[i]?.fractions ?? []).map(formatPercent),
    ]),
  );
  return `<h3>Over time</h3>
<p class="muted">Traffic per plan</p>${legend(parts)}
${stackedColumns(`Traffic per plan of ${feature} over time`, traffic, { parts, format: day })}
<p class="muted">Cost per intent, with its interval</p>
${band(
  `Cost per intent of ${feature} over time, with its interval`,
  steps.map(step => ({ fromMs: step.fromMs, ...step.costPerIntentUsd })),
  { format: formatUsd, formatMoment: day },
)}
<details><summary>Figures of both plots</summary>${table}</details>`;
}
