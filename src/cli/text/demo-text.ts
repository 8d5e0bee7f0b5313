/** The demo's result for the terminal. */
import type { RouterReport } from '../../core/report/router-report.ts';
import { describePlan, formatCount, formatFigure, formatPercent, formatUsd } from '../../core/report/wording.ts';
import type { DemoComparison, DemoLearning, DemoSummary } from '../../demo/summary.ts';
import { renderReport } from './report-text.ts';
import { left, renderTable, right } from './table.ts';

/** The JSON that the command prints. */
export interface DemoResult extends DemoSummary {
  readonly seed: string;
  readonly seconds: number;
  /** Path of the ledger. */
  readonly db: string;
  readonly report: RouterReport;
}

export function renderDemo(result: DemoResult): string {
  return [
    renderReport(result.report),
    renderLearning(result.learning),
    renderComparison(result),
    renderOutcomes(result),
    renderAccounts(result),
    `To see it again:\n  npx outcome-router report ${result.db}\n  npx outcome-router dashboard ${result.db}`,
  ].join('\n\n');
}

function renderLearning(learning: readonly DemoLearning[]): string {
  const table = renderTable(
    [
      left('Feature'),
      left('Best plan in this world'),
      left('How often it was chosen'),
      right('First tenth'),
      right('Last tenth'),
    ],
    learning.map(({ feature, bestPlan, traffic }) => [
      feature,
      describePlan(bestPlan),
      spark(traffic),
      formatPercent(traffic[0] ?? Number.NaN),
      formatPercent(traffic.at(-1) ?? Number.NaN),
    ]),
  );
  return `What the router learnt, starting without data:\n${table}`;
}

const BARS = '▁▂▃▄▅▆▇█';

function spark(fractions: readonly number[]): string {
  return fractions.map(fraction => BARS[Math.min(BARS.length - 1, Math.floor(fraction * BARS.length))] ?? ' ').join('');
}

function renderComparison({ comparison, totals }: DemoSummary): string {
  const table = renderTable(
    [
      left('Cost per intent'),
      right('Always the cheapest'),
      right('Always the most expensive'),
      right('Always the best plan'),
      right('Routed (ledger)'),
    ],
    [
      ...comparison.map(row),
      [
        'All intents',
        formatUsd(totals.alwaysCheapUsd),
        formatUsd(totals.alwaysPremiumUsd),
        formatUsd(totals.bestUsd),
        formatFigure(totals.routedUsd, formatUsd),
      ],
    ],
  );
  return (
    `${table}\n` +
    'The first three columns are exact: they follow from the rates of the fake world, which a real application does not\n' +
    'know. The last one is measured in the ledger, exploration included, with its 95 % interval.'
  );
}

function row({ feature, alwaysCheap, alwaysPremium, best, routedCostPerIntentUsd }: DemoComparison): string[] {
  return [
    feature,
    formatUsd(alwaysCheap.costPerIntentUsd),
    formatUsd(alwaysPremium.costPerIntentUsd),
    formatUsd(best.costPerIntentUsd),
    formatFigure(routedCostPerIntentUsd, formatUsd),
  ];
}

function renderOutcomes({ outcomes, report, seconds }: DemoResult): string {
  const { late, corrected, never } = outcomes;
  return (
    `${formatCount(report.intents)} intents in ${seconds.toFixed(1)} s. ${formatCount(late)} outcomes arrived late, ` +
    `${formatCount(corrected)} were corrected, ${formatCount(never)} never arrived.`
  );
}

function renderAccounts({ bill }: DemoSummary): string {
  const { ledgerNanoUsd, providerNanoUsd, requests, equal } = bill;
  const verdict = equal
    ? 'They are equal to the nano-dollar.'
    : `They differ by ${exactUsd(ledgerNanoUsd - providerNanoUsd)}. This is a bug, please report it.`;
  return (
    `Model spend in the ledger: ${exactUsd(ledgerNanoUsd)}. The provider's own bill for ` +
    `${formatCount(requests)} requests: ${exactUsd(providerNanoUsd)}. ${verdict}`
  );
}

/** An amount with every digit down to the nano-dollar: `$49.470862100`. */
export function exactUsd(nanoUsd: bigint): string {
  const digits = String(nanoUsd < 0n ? -nanoUsd : nanoUsd).padStart(10, '0');
  return `${nanoUsd < 0n ? '−' : ''}$${digits.slice(0, -9)}.${digits.slice(-9)}`;
}
