/** The report for the terminal. */
import type { PlanKey } from '../../core/ledger/vocabulary.ts';
import { planOfKey } from '../../core/ledger/vocabulary.ts';
import type { Attention } from '../../core/report/attention.ts';
import { attentionOf, sortedAttention } from '../../core/report/attention.ts';
import { COST_PART_NAMES } from '../../core/report/total-cost.ts';
import { describeDrift } from '../../core/report/drift-words.ts';
import { failuresAtZeroNote, featureNotes, mismatchNote, unlabelledNote } from '../../core/report/notes.ts';
import type { Breakdown } from '../../core/report/breakdown.ts';
import { periodWords } from '../../core/report/period-words.ts';
import type { FeatureReport } from '../../core/report/feature-report.ts';
import type { RouterReport } from '../../core/report/router-report.ts';
import { printTotals, SAVINGS_SOURCE, savingCells, totalWords } from '../../core/report/savings-words.ts';
import { trendNote, trendRows } from '../../core/report/trend-words.ts';
import {
  describePlan,
  formatCount,
  formatFigure,
  formatIntents,
  formatMoment,
  formatPercent,
  formatPeriod,
  formatTotal,
  formatUsd,
  POSSIBLE_SAVINGS,
  STATE_MEANINGS,
} from '../../core/report/wording.ts';
import { renderBreakdown } from './breakdown-text.ts';
import { left, renderTable, right } from './table.ts';

/** A report, with additions that only the command needs. */
export interface PrintedReport extends RouterReport {
  readonly breakdown?: Breakdown;
  /** Name of the ledger, the program that made the report, and the options as they were typed. */
  readonly ledger?: string;
  readonly madeBy?: string;
  readonly options?: string;
  /** If no intent was decided in the period: the time of the latest decision of all. */
  readonly latestDecisionMs?: number;
}

/** All features in one table, then each feature with its plans and its total cost. */
export function renderReport(report: PrintedReport): string {
  if (report.features.length === 0) return 'The ledger has no intents yet.';
  if (report.period !== undefined && report.latestDecisionMs !== undefined)
    return `No intent was decided in this period (${formatPeriod(report.period)}); the last one of all was at ${formatMoment(report.latestDecisionMs)} UTC.`;
  const attention = sortedAttention(report.features.flatMap(feature => attentionOf(feature, feature.drift)));
  return [
    renderSource(report),
    renderOverview(report, attention),
    renderAttention(attention, report.features.length),
    renderTrend(report),
    ...(report.breakdown === undefined
      ? [...report.features.map(renderFeature), renderPossibleSavings(report)]
      : [renderBreakdown(report.breakdown)]),
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

/** The origin of the report. */
function renderSource({ ledger, madeBy, madeAtMs, options = '' }: PrintedReport): string {
  if (ledger === undefined || madeBy === undefined) return '';
  return `${ledger}${options === '' ? '' : ` (${options})`}, made at ${formatMoment(madeAtMs)} UTC by ${madeBy}. Amounts are in USD.`;
}

/** The features in one table, below a line with the totals. */
function renderOverview(report: RouterReport, attention: readonly Attention[]): string {
  const { intents, pending, unknown, spendUsd, failureUsd, totalUsd, period, coveredPeriod } = report;
  const totals =
    `${formatIntents(intents)}. Total cost ${formatTotal(totalUsd)} = model spend ${formatTotal(spendUsd)} + ` +
    `failure cost ${formatTotal(failureUsd)}. No outcome yet: ${formatCount(pending)}; ` +
    `no outcome recorded (window expired): ${formatCount(unknown)}.${period === undefined ? '' : ` Period: ${periodWords(period, coveredPeriod)}.`}`;
  const table = renderTable(
    [
      left('Feature'),
      right('Intents'),
      right('Success'),
      right('Cost per intent'),
      right('Cost per success'),
      left('Status'),
      right('Total cost'),
      right('% of total'),
    ],
    report.features.map((feature, i) => [
      `${attention.some(each => each.feature === feature.feature) ? '! ' : ''}${feature.feature}`,
      formatCount(feature.intents),
      formatFigure(feature.success, formatPercent),
      formatFigure(feature.costPerIntentUsd, formatUsd),
      formatFigure(feature.costPerSuccessUsd, formatUsd),
      feature.state,
      formatTotal(feature.totalCost.totalUsd),
      formatPercent(report.costByFeature[i]?.fraction ?? 0),
    ]),
  );
  return [totals, failuresAtZeroNote(report) ?? [], unlabelledNote(report) ?? [], table].flat().join('\n');
}

/** The features that need attention first, marked with an exclamation mark in the table above. */
function renderAttention(items: readonly Attention[], features: number): string {
  if (items.length === 0) return '';
  const named = new Set(items.map(({ feature }) => feature)).size;
  const lines = items.map(({ feature, sentence }) => `  ! ${feature === undefined ? '' : `${feature}: `}${sentence}`);
  return `${formatCount(named)} of ${formatCount(features)} ${features === 1 ? 'feature' : 'features'} ${named === 1 ? 'needs' : 'need'} attention:\n${lines.join('\n')}`;
}

function renderTrend({ trend }: RouterReport): string {
  if (trend === undefined) return '';
  const columns = [left('Feature'), right('Before'), right('Now'), right('Difference'), left('')];
  return `${renderTable(columns, trendRows(trend.features))}\n${trendNote(trend)}`;
}

/** One feature: its plans, the parts of its total cost, and notes on how to read them. */
export function renderFeature(feature: FeatureReport): string {
  const clients = clientsByPlan(feature);
  const plans = renderTable(
    [
      left('Plan'),
      right('Traffic'),
      right('Outcomes'),
      right('Success'),
      right('Model spend'),
      right('Cost per intent'),
      right('Cost per success'),
      left('Status'),
      ...(clients === undefined ? [] : [left('Clients')]),
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
      ...(clients === undefined ? [] : [clients(plan.plan)]),
    ]),
  );
  return [feature.feature, plans, renderTotalCost(feature), ...renderNotes(feature)].join('\n');
}

/**
 * The clients that reach all models of a plan; `undefined` where the same clients reach every plan, or no client is known.
 */
function clientsByPlan({ candidates = [] }: FeatureReport): ((plan: PlanKey) => string) | undefined {
  const byModel = new Map(candidates.map(({ model, clients }) => [model, clients]));
  const every = [...new Set(candidates.flatMap(({ clients }) => clients))];
  if (candidates.every(({ clients }) => clients.length === every.length)) return undefined;
  return plan => {
    const reaching = every.filter(client => planOfKey(plan).every(model => byModel.get(model)?.includes(client)));
    return reaching.length === every.length ? 'all' : reaching.join(', ') || 'none';
  };
}

const BAR_WIDTH = 40;

/** One bar for each part of the total cost; a full-width bar would be 100 % of it. */
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

/** The text lists this many of a feature's latest changes; the JSON has all. */
const DRIFT_SHOWN = 5;

function renderPossibleSavings({ possibleSavings }: RouterReport): string {
  if (possibleSavings.length === 0) return '';
  const table = renderTable(
    [left('Largest possible savings'), left('Plan'), right('Per intent'), right('Over 7 days')],
    possibleSavings.map(gain => [
      gain.feature,
      describePlan(gain.plan),
      formatFigure(gain.perIntentUsd, formatUsd),
      formatFigure(gain.inAllUsd, formatUsd),
    ]),
  );
  return `${table}\n${POSSIBLE_SAVINGS}.`;
}

function renderSavings({ savings, intents }: RouterReport): string {
  if (savings === undefined) return '';
  const totals = printTotals(savings);
  const table = renderTable(
    [
      left(`Saved against always ${describePlan(savings.baseline)}`),
      right('Intents'),
      right('It would have cost (95 %)'),
      right('Cost per intent'),
      right('Saved per intent (95 %)'),
      right('In total (95 %)'),
    ],
    savings.features.map((saving, i) => [
      saving.feature,
      formatCount(saving.intents),
      ...savingCells(saving),
      totals.features[i] ?? '–',
    ]),
  );
  const remarks = savings.features.flatMap(saving => {
    const remark = saving.kind === 'refused' ? `${saving.reason}.` : saving.note;
    return remark === undefined ? [] : [`\n${saving.feature}: ${remark}`];
  });
  const words = totalWords(savings, intents);
  const all = words === undefined ? '' : `\n${words}`;
  return `${table}${remarks.join('')}${all}\n${SAVINGS_SOURCE}.`;
}
