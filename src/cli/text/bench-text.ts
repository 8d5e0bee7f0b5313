/** What `bench` says: as text, and as the page's report. */
import { formatCount, formatPercent, formatUsd } from '../../core/report/wording.ts';
import type { TableReplay } from '../../replay/table/replay-table.ts';
import type { OfflineReport } from '../../exports/html/offline-report.ts';
import { sumTallies } from '../../replay/table/replay-table.ts';
import { tallyFigures } from '../../replay/table/tally-figures.ts';
import { renderTable } from './table.ts';

/** What the command prints as JSON. */
export interface BenchResult extends TableReplay {
  readonly table: string;
  readonly badRows: number;
  readonly firstBadRow?: string;
}

/** Features shown on the page: the busiest. */
const MOST_FEATURES = 30;

export function renderBench(result: BenchResult): string {
  const rows = result.policies.map(policy => [
    policy.policy,
    policy.ratio.toFixed(3) + (result.runs > 1 ? ` ± ${policy.ratioError.toFixed(3)}` : ''),
    formatPercent(policy.successRate),
    formatUsd(policy.spendUsd / result.intents),
    formatUsd(policy.costPerIntentUsd),
    formatUsd(policy.costPerSuccessUsd),
  ]);
  const table = renderTable(
    [
      { title: 'policy' },
      { title: 'cost / best in hindsight', align: 'right' },
      { title: 'success', align: 'right' },
      { title: 'spend per intent', align: 'right' },
      { title: 'cost per intent', align: 'right' },
      { title: 'cost per success', align: 'right' },
    ],
    rows,
  );
  return [...summaryOf(result), table].join('\n');
}

export function benchReport(result: BenchResult): OfflineReport {
  const [first] = result.policies;
  const busiest = [...result.features]
    .map((feature, f) => ({
      feature,
      f,
      intents: sumTallies(Object.values(first?.features[f]?.plans ?? {})).intents,
    }))
    .sort((x, y) => y.intents - x.intents)
    .slice(0, MOST_FEATURES);
  return {
    title: 'Policies on a table of outcomes',
    summary: summaryOf(result),
    failureCostUsd: result.failureCostUsd,
    policies: result.policies.map(policy => ({
      name: policy.policy,
      spendPerIntentUsd: policy.spendUsd / result.intents,
      successRate: policy.successRate,
      costPerIntentUsd: policy.costPerIntentUsd,
      costPerSuccessUsd: policy.costPerSuccessUsd,
      remark: `${policy.ratio.toFixed(3)} × the best model per feature in hindsight`,
    })),
    regret: (first?.curve ?? []).map(({ intents }, i) => ({
      intents,
      usd: result.policies.map(policy => policy.curve[i]?.regretUsd ?? 0),
    })),
    shares: result.policies
      .filter(({ policy }) => !policy.startsWith('always:'))
      .map(({ policy, curve }) => ({ policy, plans: result.plans, steps: curve })),
    features: busiest.map(({ feature, f }) => ({
      feature,
      policies: result.policies.map(({ policy, features }) => {
        const figures = tallyFigures(sumTallies(Object.values(features[f]?.plans ?? {})), {
          failureCostUsd: result.failureCostUsd,
          runs: result.runs,
        });
        return { policy, intents: figures.intents, costPerSuccessUsd: figures.costPerSuccessUsd };
      }),
    })),
  };
}

function summaryOf(result: BenchResult): readonly string[] {
  const { intents, features, runs, skipped, badRows, firstBadRow, candidates, failureCostUsd, objective } = result;
  const lines = [
    `${formatCount(intents)} requests of ${features.length} feature${features.length === 1 ? '' : 's'}, ` +
      `models ${candidates.join(', ')}; a failure costs ${formatUsd(failureCostUsd)}; ` +
      `${objective === 'cost-per-success' ? 'cost per success is minimised' : 'cost per intent is minimised'}. ` +
      `${runs === 1 ? 'One run, in the order of the table' : `Means of ${runs} runs in shuffled order`}; ` +
      'every policy starts from nothing and sees the outcomes of what it chose.',
  ];
  if (skipped > 0) lines.push(`${formatCount(skipped)} requests are left out: not one plan has all its answers.`);
  if (badRows > 0) lines.push(`${formatCount(badRows)} bad rows were dropped, the first: ${firstBadRow ?? ''}.`);
  return lines;
}
