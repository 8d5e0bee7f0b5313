/** The demo's result for the terminal. */
import type { RouterReport } from '../../core/report/router-report.ts';
import { describePlan, formatCount, formatFigure, formatPercent, formatUsd } from '../../core/report/wording.ts';
import type { DemoComparison, DemoLearning, DemoSummary } from '../../demo/summary.ts';
import { renderReport } from './report-text.ts';
import type { Column } from './table.ts';
import { renderTable } from './table.ts';

/** What `--json` prints. */
export interface DemoResult extends DemoSummary {
  readonly seed: string;
  readonly seconds: number;
  /** The ledger. */
  readonly db: string;
  readonly report: RouterReport;
}

const right = (title: string): Column => ({ title, align: 'right' });

export function renderDemo(result: DemoResult): string {
  return [
    renderReport(result.report),
    renderLearning(result.learning),
    renderComparison(result),
    renderOutcomes(result),
    renderBill(result),
    `Look at it again:\n  outcome-router report ${result.db}\n  outcome-router dashboard ${result.db}`,
  ].join('\n\n');
}

function renderLearning(learning: readonly DemoLearning[]): string {
  const table = renderTable(
    [
      { title: 'Feature' },
      { title: 'Right plan in this world' },
      { title: 'How often it was chosen' },
      right('first tenth'),
      right('last tenth'),
    ],
    learning.map(({ feature, rightPlan, shares }) => [
      feature,
      describePlan(rightPlan),
      spark(shares),
      formatPercent(shares[0] ?? Number.NaN),
      formatPercent(shares.at(-1) ?? Number.NaN),
    ]),
  );
  return `What it learnt, from nothing:\n${table}`;
}

const BARS = '▁▂▃▄▅▆▇█';

function spark(shares: readonly number[]): string {
  return shares.map(share => BARS[Math.min(BARS.length - 1, Math.floor(share * BARS.length))] ?? ' ').join('');
}

function renderComparison({ comparison, totals }: DemoSummary): string {
  const table = renderTable(
    [
      { title: 'Cost per intent' },
      right('always the cheapest'),
      right('always the dearest'),
      right('always the right plan'),
      right('routed (ledger)'),
    ],
    [
      ...comparison.map(row),
      [
        'all intents',
        formatUsd(totals.alwaysCheapUsd),
        formatUsd(totals.alwaysPremiumUsd),
        formatUsd(totals.rightUsd),
        formatFigure(totals.routedUsd, formatUsd),
      ],
    ],
  );
  return (
    `${table}\n` +
    'The first three are known, not estimated: they follow from the rates of the fake world, which a real application\n' +
    'does not have. The last is measured in the ledger, exploration included, with its 95 % interval.'
  );
}

function row({ feature, alwaysCheap, alwaysPremium, right: best, routedCostPerIntentUsd }: DemoComparison): string[] {
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
    `${formatCount(report.intents)} intents in ${seconds.toFixed(1)} s. ${formatCount(late)} outcomes came late, ` +
    `${formatCount(corrected)} were corrected, ${formatCount(never)} never came.`
  );
}

function renderBill({ bill }: DemoSummary): string {
  const { ledgerNanoUsd, providerNanoUsd, requests, equal } = bill;
  const verdict = equal
    ? 'equal to the nano-dollar.'
    : `they differ by ${exactUsd(ledgerNanoUsd - providerNanoUsd)}. This should not happen, please report it.`;
  return (
    `The ledger says the models cost ${exactUsd(ledgerNanoUsd)}; the provider's own bill for ` +
    `${formatCount(requests)} requests says ${exactUsd(providerNanoUsd)}: ${verdict}`
  );
}

/** Every digit: `$49.470862100`. */
export function exactUsd(nanoUsd: bigint): string {
  const digits = String(nanoUsd < 0n ? -nanoUsd : nanoUsd).padStart(10, '0');
  return `${nanoUsd < 0n ? '−' : ''}$${digits.slice(0, -9)}.${digits.slice(-9)}`;
}
