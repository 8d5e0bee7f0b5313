/** The overview of the HTML report: totals, features, trend, largest possible savings, measured savings. */
import { relativeDifference } from '../../core/math/relative-difference.ts';
import { failuresAtZeroNote, unlabelledNote } from '../../core/report/notes.ts';
import type { RouterReport } from '../../core/report/router-report.ts';
import { printTotals, SAVINGS_SOURCE, savingCells, totalWords } from '../../core/report/savings-words.ts';
import { trendNote, trendRows } from '../../core/report/trend-words.ts';
import { formatChange } from '../../core/report/verdict.ts';
import {
  describePlan,
  formatCount,
  formatFigure,
  formatPercent,
  formatPoints,
  formatTotal,
  formatUsd,
  POSSIBLE_SAVINGS,
} from '../../core/report/wording.ts';
import { partsOfCost } from './cost-parts.ts';
import { escapeHtml, htmlTable } from './html-text.ts';
import { legend, stackedBar } from './svg-plots.ts';

export function overviewSection(report: RouterReport): string {
  const tiles = [
    ['Model spend', formatTotal(report.spendUsd)],
    ['Failure cost', formatTotal(report.failureUsd)],
    ['Total cost', formatTotal(report.totalUsd)],
    ['Intents', formatCount(report.intents)],
    ...(report.pending === 0 ? [] : [['Waiting for an outcome', formatCount(report.pending)] as const]),
    ...(report.unknown === 0 ? [] : [['No outcome (closed)', formatCount(report.unknown)] as const]),
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
      { title: 'Cumulative', align: 'right' },
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
    .join(
      '',
    )}</ul>${notInTotal(report)}${table}<div class="pairs"><div>${costBars(report)}</div><div>${trend(report)}</div><div>${possibleSavings(report)}</div></div>${savings(report)}</section>`;
}

/** Bars on one scale, so that their lengths can be compared. */
function costBars({ features }: RouterReport): string {
  const largest = Math.max(...features.map(({ totalCost }) => Number(totalCost.totalUsd)), 1e-9);
  const bars = features.map(({ feature, totalCost }) => {
    const parts = partsOfCost(totalCost);
    const bar = stackedBar(`Total cost of ${feature}`, parts, Number(totalCost.totalUsd) / largest);
    return `<div class="cost"><span>${escapeHtml(feature)}</span><span class="n">${escapeHtml(formatTotal(totalCost.totalUsd))}</span>${bar}</div>`;
  });
  const used = new Set(features.flatMap(({ totalCost }) => partsOfCost(totalCost).map(({ name }) => name)));
  const names = partsOfCost(features[0]?.totalCost, true).filter(({ name }) => used.has(name));
  return `<h2>Where the money goes</h2>${legend(names.map(({ name, colour }) => ({ name, colour })))}${bars.join('')}`;
}

function notInTotal(report: RouterReport): string {
  const notes = [failuresAtZeroNote(report) ?? [], unlabelledNote(report) ?? []].flat();
  return notes.map(note => `<p>${escapeHtml(note)}</p>`).join('');
}

function trend({ trend: found }: RouterReport): string {
  if (found === undefined) return '';
  const right = (title: string) => ({ title, align: 'right' as const });
  const columns = [{ title: 'Feature' }, right('Before'), right('Now'), right('Difference'), { title: 'Significant?' }];
  const brief = htmlTable(
    trendNote(found),
    [{ title: 'Feature' }, right('Cost per success'), right('Success'), right('Model spend per intent')],
    found.features.map(each => [
      each.feature,
      formatChange(relativeDifference(each.costPerSuccessUsd.now, each.costPerSuccessUsd.before)),
      formatFigure(each.success.difference, formatPoints),
      formatChange(relativeDifference(each.spendPerIntentUsd.now, each.spendPerIntentUsd.before)),
    ]),
  );
  const full = htmlTable('Every figure before and now', columns, trendRows(found.features));
  return `<h2>Changes since the period before</h2>${brief}<details><summary>Every figure before and now</summary>${full}</details>`;
}

function possibleSavings({ possibleSavings: gains }: RouterReport): string {
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

function savings({ savings: found, intents }: RouterReport): string {
  if (found === undefined) return '';
  const baseline = describePlan(found.baseline);
  const totals = printTotals(found);
  const answersFirst = found.features
    .map((saving, i) => [saving, i] as const)
    .toSorted(([a], [b]) => Number(a.kind === 'refused') - Number(b.kind === 'refused'));
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
    answersFirst.map(([saving, i]) => [
      saving.feature,
      formatCount(saving.intents),
      ...savingCells(saving),
      totals.features[i] ?? '–',
    ]),
  );
  const words = totalWords(found, intents);
  const all = words === undefined ? '' : `<p>${escapeHtml(words)}</p>`;
  const notes = found.features.flatMap(saving =>
    saving.kind === 'refused'
      ? [`<li>${escapeHtml(`${saving.feature}, no estimate: ${saving.reason}`)}</li>`]
      : saving.note === undefined
        ? []
        : [`<li>${escapeHtml(`${saving.feature}: ${saving.note}`)}</li>`],
  );
  return `<h2>Saved against always ${escapeHtml(baseline)}</h2>${all}${table}${notes.length === 0 ? '' : `<ul class="notes">${notes.join('')}</ul>`}`;
}
