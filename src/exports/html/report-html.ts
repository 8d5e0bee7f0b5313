/** The report as one HTML file: no script, nothing loaded from anywhere, made to be mailed, printed and kept. */
import type { CostPart } from '../../core/report/total-cost.ts';
import { COST_PART_NAMES } from '../../core/report/total-cost.ts';
import { describeDrift } from '../../core/report/drift-words.ts';
import { featureNotes, mismatchNote } from '../../core/report/notes.ts';
import type { FeatureReport } from '../../core/report/feature-report.ts';
import type { RouterReport } from '../../core/report/router-report.ts';
import { trendNote, trendRows } from '../../core/report/trend-words.ts';
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
import { REPORT_STYLE } from './report-style.ts';
import { band, legend, shareColumns, stackedBar, whiskers } from './svg-plots.ts';

/**
 * A self-contained page, ready to be written to a file.
 *
 * @example
 * ```ts
 * import { writeFileSync } from 'node:fs';
 * writeFileSync('report.html', renderReportHtml(await router.report()));
 * ```
 */
export function renderReportHtml(report: RouterReport, options: { readonly title?: string } = {}): string {
  const { title = 'What success costs' } = options;
  const made = `${formatMoment(report.madeAtMs)} UTC`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
<p class="muted">Made ${escapeHtml(made)}. Intervals are 95 %. Every plot has its figures in a table beside it.</p>
</header>
<main>
${report.features.length === 0 ? '<p>The ledger has no intents yet.</p>' : overview(report) + report.features.map(featureSection).join('\n')}
</main>
<footer>${glossary()}</footer>
</body>
</html>
`;
}

function overview(report: RouterReport): string {
  const tiles = [
    ['Whole bill', formatTotal(report.totalUsd)],
    ['for models', formatTotal(report.spendUsd)],
    ['for failures', formatTotal(report.failureUsd)],
    ['Intents', formatCount(report.intents)],
    ['without an outcome yet', formatCount(report.pending)],
    ['outcome unknown for good', formatCount(report.unknown)],
  ] as const;
  const table = htmlTable(
    'Features, the largest bill first',
    [
      { title: 'Feature' },
      { title: 'Intents', align: 'right' },
      { title: 'Success', align: 'right' },
      { title: 'Cost per intent', align: 'right' },
      { title: 'Cost per success', align: 'right' },
      { title: 'Status' },
      { title: 'Bill', align: 'right' },
      { title: 'of all', align: 'right' },
      { title: 'cumulative', align: 'right' },
    ],
    report.features.map((feature, i) => [
      feature.feature,
      formatCount(feature.intents),
      formatFigure(feature.success, formatPercent),
      formatFigure(feature.costPerIntentUsd, formatUsd),
      formatFigure(feature.costPerSuccessUsd, formatUsd),
      feature.state,
      formatTotal(feature.totalCost.totalUsd),
      formatPercent(report.costByFeature[i]?.fraction ?? 0),
      formatPercent(report.costByFeature[i]?.cumulative ?? 0),
    ]),
  );
  return `<section><ul class="figures">${tiles
    .map(([name, value]) => `<li><span>${escapeHtml(name)}</span><strong>${escapeHtml(value)}</strong></li>`)
    .join('')}</ul>${table}${trend(report)}${toGain(report)}${savings(report)}</section>`;
}

function trend({ trend: found }: RouterReport): string {
  if (found === undefined) return '';
  const right = (title: string) => ({ title, align: 'right' as const });
  const columns = [{ title: 'Feature' }, right('Before'), right('Now'), right('Difference'), { title: 'Clear?' }];
  return `<h2>What has changed</h2>${htmlTable(trendNote(found), columns, trendRows(found))}`;
}

function toGain({ toGain: gains }: RouterReport): string {
  if (gains.length === 0) return '';
  const table = htmlTable(
    'What the last 7 days of intents would have cost less at the plan that is believed to be the cheapest now',
    [
      { title: 'Feature' },
      { title: 'Plan' },
      { title: 'Per intent', align: 'right' },
      { title: 'In 7 days', align: 'right' },
    ],
    gains.map(gain => [
      gain.feature,
      describePlan(gain.plan),
      formatFigure(gain.perIntentUsd, formatUsd),
      formatFigure(gain.inAllUsd, formatUsd),
    ]),
  );
  return `<h2>Where there is most to gain</h2>${table}`;
}

function savings({ savings: found }: RouterReport): string {
  if (found === undefined) return '';
  const baseline = describePlan(found.baseline);
  const table = htmlTable(
    'An off-policy estimate from the logged propensities, on intents with an outcome',
    [
      { title: 'Feature' },
      { title: 'Intents', align: 'right' },
      { title: 'Per intent', align: 'right' },
      { title: 'In all', align: 'right' },
    ],
    found.features.map(saving => [
      saving.feature,
      formatCount(saving.intents),
      ...(saving.kind === 'refused'
        ? [saving.reason, '–']
        : [formatFigure(saving.perIntentUsd, formatUsd), formatFigure(saving.inAllUsd, formatUsd)]),
    ]),
  );
  const { total } = found;
  const all =
    total === undefined
      ? ''
      : `<p>In all ${escapeHtml(formatFigure(total.savedUsd, formatUsd))} on ${formatCount(total.intents)} intents.</p>`;
  const notes = found.features.flatMap(saving =>
    saving.kind === 'refused' || saving.note === undefined
      ? []
      : [`<p>${escapeHtml(`${saving.feature}: ${saving.note}`)}</p>`],
  );
  return `<h2>Saved against always ${escapeHtml(baseline)}</h2>${all}${table}${notes.join('')}`;
}

function featureSection(feature: FeatureReport): string {
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

/** The same part has the same colour everywhere; failures stand out. */
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
    share: line.fraction,
    label: `${formatTotal(line.usd)} (${formatPercent(line.fraction)})`,
  }));
  const shown = parts.filter(part => part.share > 0);
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
      { title: 'Share', align: 'right' },
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
  const shares = steps.map(step => ({
    fromMs: step.fromMs,
    shares: plans.map(({ plan }) => (step.intents > 0 ? (step.plans[plan] ?? 0) / step.intents : 0)),
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
      ...(shares[i]?.shares ?? []).map(formatPercent),
    ]),
  );
  return `<h3>Over time</h3>
<p class="muted">Share of the intents per plan</p>${legend(parts)}
${shareColumns(`Share of the intents per plan of ${feature} over time`, shares, { parts, format: day })}
<p class="muted">Cost per intent, with its interval</p>
${band(
  `Cost per intent of ${feature} over time, with its interval`,
  steps.map(step => ({ fromMs: step.fromMs, ...step.costPerIntentUsd })),
  { format: formatUsd, formatMoment: day },
)}
<details><summary>The figures of both plots</summary>${table}</details>`;
}

function glossary(): string {
  const states = Object.entries(STATE_MEANINGS).map(
    ([state, meaning]) => `<strong>${state}</strong>: ${escapeHtml(meaning)}`,
  );
  return `<h2>How to read this</h2>
<p><strong>Cost per intent</strong>: models, retries, turns, judges, and what failures cost, divided by the intents. <strong>Cost per success</strong>: the same divided by the success rate. Outcomes that are pending or unknown are in no rate.</p>
<p>${states.join('. ')}.</p>`;
}
