/** The overview of the HTML report: totals, features, trend, largest possible savings, measured savings. */
import { unlabelledNote } from '../../core/report/notes.ts';
import type { RouterReport } from '../../core/report/router-report.ts';
import { printTotals, SAVINGS_SOURCE, savingCells } from '../../core/report/savings-words.ts';
import { trendNote, trendRows } from '../../core/report/trend-words.ts';
import {
  describePlan,
  formatCount,
  formatFigure,
  formatPercent,
  formatTotal,
  formatUsd,
  POSSIBLE_SAVINGS,
} from '../../core/report/wording.ts';
import { escapeHtml, htmlTable } from './html-text.ts';

export function overviewSection(report: RouterReport): string {
  const tiles = [
    ['Total cost', formatTotal(report.totalUsd)],
    ['Model spend', formatTotal(report.spendUsd)],
    ['Failure cost', formatTotal(report.failureUsd)],
    ['Intents', formatCount(report.intents)],
    ['No outcome yet', formatCount(report.pending)],
    ['No outcome recorded (window expired)', formatCount(report.unknown)],
  ] as const;
  const table = htmlTable(
    'Features by total cost',
    [
      { title: 'Feature' },
      { title: 'Intents', align: 'right' },
      { title: 'Success', align: 'right' },
      { title: 'Cost per intent', align: 'right' },
      { title: 'Cost per success', align: 'right' },
      { title: 'Status' },
      { title: 'Total cost', align: 'right' },
      { title: '% of total', align: 'right' },
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
    .join('')}</ul>${notInTotal(report)}${table}${trend(report)}${toGain(report)}${savings(report)}</section>`;
}

function notInTotal(report: RouterReport): string {
  const note = unlabelledNote(report);
  return note === undefined ? '' : `<p>${escapeHtml(note)}</p>`;
}

function trend({ trend: found }: RouterReport): string {
  if (found === undefined) return '';
  const right = (title: string) => ({ title, align: 'right' as const });
  const columns = [{ title: 'Feature' }, right('Before'), right('Now'), right('Difference'), { title: 'Significant?' }];
  return `<h2>Changes since the period before</h2>${htmlTable(trendNote(found), columns, trendRows(found.features))}`;
}

function toGain({ toGain: gains }: RouterReport): string {
  if (gains.length === 0) return '';
  const table = htmlTable(
    POSSIBLE_SAVINGS,
    [
      { title: 'Feature' },
      { title: 'Plan' },
      { title: 'Per intent', align: 'right' },
      { title: 'Over 7 days', align: 'right' },
    ],
    gains.map(gain => [
      gain.feature,
      describePlan(gain.plan),
      formatFigure(gain.perIntentUsd, formatUsd),
      formatFigure(gain.inAllUsd, formatUsd),
    ]),
  );
  return `<h2>Largest possible savings</h2>${table}`;
}

function savings({ savings: found }: RouterReport): string {
  if (found === undefined) return '';
  const baseline = describePlan(found.baseline);
  const totals = printTotals(found);
  const table = htmlTable(
    SAVINGS_SOURCE,
    [
      { title: 'Feature' },
      { title: 'Intents', align: 'right' },
      { title: 'It would have cost', align: 'right' },
      { title: 'Cost per intent', align: 'right' },
      { title: 'Saved per intent', align: 'right' },
      { title: 'Total', align: 'right' },
    ],
    found.features.map((saving, i) => [
      saving.feature,
      formatCount(saving.intents),
      ...savingCells(saving, saving.kind === 'refused' ? saving.reason : ''),
      totals.features[i] ?? '–',
    ]),
  );
  const { total } = found;
  const all =
    total === undefined
      ? ''
      : `<p>In total ${escapeHtml(totals.total ?? '–')} on ${formatCount(total.intents)} intents.</p>`;
  const notes = found.features.flatMap(saving =>
    saving.kind === 'refused' || saving.note === undefined
      ? []
      : [`<p>${escapeHtml(`${saving.feature}: ${saving.note}`)}</p>`],
  );
  return `<h2>Saved against always ${escapeHtml(baseline)}</h2>${all}${table}${notes.join('')}`;
}
