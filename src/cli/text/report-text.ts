/** The report for the terminal. */
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
  formatPercent,
  formatTotal,
  formatUsd,
  STATE_MEANINGS,
} from '../../core/report/wording.ts';
import type { Column } from './table.ts';
import { renderTable } from './table.ts';

const right = (title: string): Column => ({ title, align: 'right' });

/** All features in one table, then each feature with its plans and its bill. */
export function renderReport(report: RouterReport): string {
  if (report.features.length === 0) return 'The ledger has no intents yet.';
  return [
    renderOverview(report),
    renderTrend(report),
    ...report.features.map(renderFeature),
    renderToGain(report),
    renderSavings(report),
    'Intervals are 95 %. ' +
      Object.entries(STATE_MEANINGS)
        .map(([state, meaning]) => `${state}: ${meaning}`)
        .join('; ') +
      '.',
  ]
    .filter(part => part !== '')
    .join('\n\n');
}

/** The features in one table, with a line on the whole. */
function renderOverview(report: RouterReport): string {
  const { intents, pending, unknown, spendUsd, failureUsd, totalUsd } = report;
  const whole =
    `${formatCount(intents)} intents cost ${formatTotal(totalUsd)}: ${formatTotal(spendUsd)} for models and ` +
    `${formatTotal(failureUsd)} for failures. ${formatCount(pending)} have no outcome yet, ` +
    `${formatCount(unknown)} will have none.`;
  const table = renderTable(
    [
      { title: 'Feature' },
      right('Intents'),
      right('Success'),
      right('Cost per intent'),
      right('Cost per success'),
      { title: 'Status' },
      right('Bill'),
      right('of all'),
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
    ]),
  );
  return `${whole}\n${table}`;
}

function renderTrend({ trend }: RouterReport): string {
  if (trend === undefined) return '';
  const columns = [{ title: 'Feature' }, right('Before'), right('Now'), right('Difference'), { title: '' }];
  return `${renderTable(columns, trendRows(trend))}\n${trendNote(trend)}`;
}

/** One feature: its plans, where its money goes, and what a reader should know besides. */
export function renderFeature(feature: FeatureReport): string {
  const plans = renderTable(
    [
      { title: 'Plan' },
      right('Share'),
      right('Outcomes'),
      right('Success'),
      right('Model spend'),
      right('Cost per intent'),
      right('Cost per success'),
      { title: 'Status' },
    ],
    feature.plans.map(plan => [
      describePlan(plan.plan),
      formatPercent(plan.traffic),
      formatCount(plan.labelled),
      formatFigure(plan.success, formatPercent),
      formatFigure(plan.spendUsd, formatUsd),
      formatFigure(plan.costPerIntentUsd, formatUsd),
      formatFigure(plan.costPerSuccessUsd, formatUsd),
      plan.state,
    ]),
  );
  return [feature.feature, plans, renderTotalCost(feature), ...renderNotes(feature)].join('\n');
}

const BAR_WIDTH = 40;

/** A bar per part of the total cost; a full-width bar is the whole of it. */
function renderTotalCost({ totalCost }: FeatureReport): string {
  const shown = totalCost.lines.filter(line => Number(line.usd) !== 0);
  const width = Math.max(...shown.map(line => COST_PART_NAMES[line.part].length), 0);
  return shown
    .map(line => {
      const filled = Math.max(1, Math.round(line.fraction * BAR_WIDTH));
      const name = COST_PART_NAMES[line.part].padEnd(width);
      return `  ${name}  ${'█'.repeat(filled)} ${formatTotal(line.usd)} (${formatPercent(line.fraction)})`;
    })
    .join('\n');
}

function renderNotes(feature: FeatureReport): readonly string[] {
  const notes = [
    ...featureNotes(feature),
    ...[mismatchNote(feature) ?? []].flat(),
    ...feature.drift.slice(-DRIFT_SHOWN).map(describeDrift),
  ];
  return notes.map(note => `  ${note}`);
}

/** The latest are what matters here; all are in the JSON. */
const DRIFT_SHOWN = 5;

function renderToGain({ toGain }: RouterReport): string {
  if (toGain.length === 0) return '';
  const table = renderTable(
    [{ title: 'Most to gain' }, { title: 'by' }, right('per intent'), right('in 7 days')],
    toGain.map(gain => [
      gain.feature,
      describePlan(gain.plan),
      formatFigure(gain.perIntentUsd, formatUsd),
      formatFigure(gain.inAllUsd, formatUsd),
    ]),
  );
  return `${table}\nWhat the last 7 days of intents would have cost less at the plan that is believed to be the cheapest now.`;
}

function renderSavings({ savings }: RouterReport): string {
  if (savings === undefined) return '';
  const table = renderTable(
    [
      { title: `Saved against always ${describePlan(savings.baseline)}` },
      right('Intents'),
      right('per intent'),
      right('in all'),
    ],
    savings.features.map(saving => [
      saving.feature,
      formatCount(saving.intents),
      ...(saving.kind === 'refused'
        ? ['the log cannot say', '–']
        : [formatFigure(saving.perIntentUsd, formatUsd), formatFigure(saving.inAllUsd, formatUsd)]),
    ]),
  );
  const remarks = savings.features.flatMap(saving => {
    const said = saving.kind === 'refused' ? `${saving.reason}.` : saving.note;
    return said === undefined ? [] : [`\n${saving.feature}: ${said}`];
  });
  const { total } = savings;
  const all =
    total === undefined
      ? ''
      : `\nIn all ${formatFigure(total.savedUsd, formatUsd)} on ${formatCount(total.intents)} intents.`;
  return `${table}${remarks.join('')}${all}\nAn off-policy estimate from the logged propensities, on intents with an outcome.`;
}
