/** One feature's section of the HTML report: its figures, costs, plans and history. */
import { describeDrift } from '../../core/report/drift-words.ts';
import type { FeatureReport } from '../../core/report/feature-report.ts';
import { featureNotes, mismatchNote } from '../../core/report/notes.ts';
import type { HistoryStep } from '../../core/report/history.ts';
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
import { partsOfCost } from './cost-parts.ts';
import { escapeHtml, figureHtml, htmlTable } from './html-text.ts';
import type { Part } from './svg-figure.ts';
import { band, legend, stackedColumns, stackedBar, whiskers } from './svg-plots.ts';

export function featureSection(feature: FeatureReport): string {
  const { totalCost, drift } = feature;
  const name = escapeHtml(feature.feature);
  const mismatch = mismatchNote(feature);
  const warn = mismatch === undefined ? '' : `<p class="warn">${escapeHtml(mismatch)}</p>`;
  const notes = featureNotes(feature);
  const changes = drift.length === 0 ? '' : `<h3>Changes</h3>${list(drift.map(describeDrift))}`;
  return `<section class="feature"><h2 id="${idOf(feature.feature)}">${name} <a class="up" href="#contents">contents</a></h2>
<ul class="figures">
<li><span>Cost per success</span><strong>${figureHtml(formatFigure(feature.costPerSuccessUsd, formatUsd))}</strong></li>
<li><span>Success</span><strong>${figureHtml(formatFigure(feature.success, formatPercent))}</strong></li>
<li><span>Cost per intent</span><strong>${figureHtml(formatFigure(feature.costPerIntentUsd, formatUsd))}</strong></li>
<li><span>Status</span><strong>${feature.state}</strong><small>${escapeHtml(STATE_MEANINGS[feature.state])}</small></li>
</ul>
${warn}${notes.length === 0 ? '' : list(notes)}
<h3>Where the money goes: ${escapeHtml(formatTotal(totalCost.totalUsd))}</h3>
${costPlot(feature)}
<div class="plots">
<div><h3>Cost per intent by plan</h3>${planPlot(feature)}</div>
${overTimePlots(feature)}
</div>
${planTable(feature)}
${changes}
${overTimeTable(feature)}
</section>`;
}

/** The anchor of a feature's section. */
export function idOf(feature: string): string {
  return `feature-${encodeURIComponent(feature)}`;
}

function list(items: readonly string[]): string {
  return `<ul class="notes">${items.map(item => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`;
}

/** Width of a plot that has another one beside it, pixels. */
const HALF = 460;

function costPlot({ feature, totalCost }: FeatureReport): string {
  const parts = partsOfCost(totalCost);
  return stackedBar(`Where the money of ${feature} goes`, parts) + legend(parts);
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
    HALF,
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

function overTimePlots({ feature, plans, history }: FeatureReport): string {
  const { steps, widthMs } = history;
  if (steps.length < 2) return '';
  const day = dayOf(widthMs);
  const parts = partsOf(plans);
  return `<div><h3>Cost per intent over time</h3>${band(
    `Cost per intent of ${feature} over time, with its interval`,
    steps.map(step => ({ fromMs: step.fromMs, ...step.costPerIntentUsd })),
    { format: formatUsd, formatMoment: day, width: HALF },
  )}</div>
<div><h3>Traffic by plan over time</h3>${stackedColumns(
    `Traffic by plan of ${feature} over time`,
    steps.map(step => ({ fromMs: step.fromMs, fractions: fractionsOf(step, plans) })),
    { parts, format: day, width: HALF },
  )}${legend(parts)}</div>`;
}

function overTimeTable({ feature, plans, history: { steps } }: FeatureReport): string {
  if (steps.length < 2) return '';
  const table = htmlTable(
    `${feature} over time`,
    [
      { title: 'From (UTC)' },
      { title: 'Intents', align: 'right' },
      { title: 'Success', align: 'right' },
      { title: 'Cost per intent', align: 'right' },
      ...partsOf(plans).map(part => ({ title: part.name, align: 'right' as const })),
    ],
    steps.map(step => [
      formatMoment(step.fromMs),
      formatCount(step.intents),
      formatFigure(step.success, formatPercent),
      formatFigure(step.costPerIntentUsd, formatUsd),
      ...fractionsOf(step, plans).map(formatPercent),
    ]),
  );
  return `<details><summary>Figures of the plots over time</summary>${table}</details>`;
}

function partsOf(plans: FeatureReport['plans']): readonly Part[] {
  return plans.map((plan, i) => ({ name: describePlan(plan.plan), colour: i % 8 }));
}

function fractionsOf(step: HistoryStep, plans: FeatureReport['plans']): readonly number[] {
  return plans.map(({ plan }) => (step.intents > 0 ? (step.plans[plan] ?? 0) / step.intents : 0));
}

function dayOf(widthMs: number): (atMs: number) => string {
  return atMs => (widthMs < 86_400_000 ? formatMoment(atMs).slice(5) : formatMoment(atMs).slice(0, 10));
}
