/** The figures of docs/failure-cost.md: three set-ups, each at a failure cost from a quarter to four times the estimate. */
import { compareSetUps } from '../src/core/calculator/calculator.ts';
import { formatPercent, formatUsd } from '../src/core/report/wording.ts';
import type { FigureBlock } from './figure-blocks.ts';
import { markdownTable } from './figure-blocks.ts';

interface Case {
  readonly failureCostUsd: number;
  readonly first: { readonly tokenCostUsd: number; readonly successRate: number };
  readonly second: { readonly tokenCostUsd: number; readonly successRate: number };
}

/** The cases of the page. The second and the third are assumptions; the first is the published case of the README. */
const CASES: Readonly<Record<'ticket' | 'draft' | 'review', Case>> = {
  ticket: {
    failureCostUsd: 15,
    first: { tokenCostUsd: 0.0019, successRate: 0.7 },
    second: { tokenCostUsd: 0.014, successRate: 0.95 },
  },
  draft: {
    failureCostUsd: 0.2,
    first: { tokenCostUsd: 0.0019, successRate: 0.93 },
    second: { tokenCostUsd: 0.014, successRate: 0.95 },
  },
  review: {
    failureCostUsd: 2.5,
    first: { tokenCostUsd: 0.004, successRate: 0.96 },
    second: { tokenCostUsd: 0.06, successRate: 0.975 },
  },
};

/** How far an estimate may be off. */
const FACTORS = [0.25, 0.5, 1, 2, 4];

export const FAILURE_COST_FIGURES: Readonly<Record<string, FigureBlock>> = Object.fromEntries(
  Object.entries(CASES).map(([name, each]) => [
    `failure-cost-${name}`,
    { command: calcCommand(each), exact: true, make: () => sensitivityTable(each) },
  ]),
);

function calcCommand({ failureCostUsd, first, second }: Case): string {
  return (
    `npx outcome-router calc --token-cost ${first.tokenCostUsd} --success ${percent(first.successRate)} ` +
    `--failure-cost ${failureCostUsd} --versus token-cost=${second.tokenCostUsd},success=${percent(second.successRate)}`
  );
}

function percent(rate: number): string {
  return `${Number((rate * 100).toFixed(2))}%`;
}

function sensitivityTable({ failureCostUsd, first, second }: Case): string {
  const rows = FACTORS.map(factor => {
    const cost = failureCostUsd * factor;
    const compared = compareSetUps({ ...first, failureCostUsd: cost }, { ...second, failureCostUsd: cost });
    const [cheap, premium] = [compared.first.costPerIntentUsd, compared.second.costPerIntentUsd];
    const cells = [formatUsd(cost), formatUsd(cheap), formatUsd(premium), cheap < premium ? 'cheap' : 'premium'];
    return factor === 1 ? cells.map(cell => `**${cell}**`) : cells;
  });
  const { breakEvenFailureCostUsd = Number.NaN } = compareSetUps(
    { ...first, failureCostUsd },
    { ...second, failureCostUsd },
  );
  return (
    `${markdownTable(['a failure costs', `cheap (${formatPercent(first.successRate)})`, `premium (${formatPercent(second.successRate)})`, 'lower cost per intent'], rows)}\n\n` +
    `Both cost the same per success at ${formatUsd(breakEvenFailureCostUsd)} a failure.`
  );
}
