/** The result of `bench` as text, and as the report of its HTML page. */
import { formatCount, formatPercent, formatUsd } from '../../core/report/wording.ts';
import type { TableReplay } from '../../replay/table/replay-table.ts';
import type { OfflineReport } from '../../exports/html/offline-report.ts';
import { sumTallies } from '../../replay/table/plan-tally.ts';
import { tallyFigures } from '../../replay/table/tally-figures.ts';
import type { ResultSource } from '../io/result-source.ts';
import { sourceFacts } from '../io/result-source.ts';
import { left, renderTable, right } from './table.ts';

/** The JSON that the command prints. */
export interface BenchResult extends TableReplay, ResultSource {
  readonly table: string;
  readonly badRows: number;
  readonly firstBadRow?: string;
}

/** The page lists this many features, those with the most intents. More make the page longer than a reader scrolls. */
const MAX_FEATURES = 30;

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
      left('Policy'),
      right('Cost ÷ best in hindsight'),
      right('Success'),
      right('Spend per intent'),
      right('Cost per intent'),
      right('Cost per success'),
    ],
    rows,
  );
  return [...summaryOf(result), table].join('\n');
}

export function benchReport(result: BenchResult): OfflineReport {
  const [first] = result.policies;
  const busiest = [...result.features]
    .map((feature, index) => ({
      feature,
      index,
      intents: sumTallies(Object.values(first?.features[index]?.plans ?? {})).intents,
    }))
    .sort((x, y) => y.intents - x.intents)
    .slice(0, MAX_FEATURES);
  return {
    title: 'Policies on a table of outcomes',
    facts: [['Table', result.table], ...sourceFacts(result)],
    summary: summaryOf(result),
    failureCostUsd: result.failureCostUsd,
    remarkTitle: 'times the best plan per feature in hindsight',
    policies: result.policies.map(policy => ({
      name: policy.policy,
      spendPerIntentUsd: policy.spendUsd / result.intents,
      successRate: policy.successRate,
      costPerIntentUsd: policy.costPerIntentUsd,
      costPerSuccessUsd: policy.costPerSuccessUsd,
      remark: policy.ratio.toFixed(3),
    })),
    regret: (first?.curve ?? []).map(({ intents }, i) => ({
      intents,
      usd: result.policies.map(policy => policy.curve[i]?.regretUsd ?? 0),
    })),
    shares: result.policies
      .filter(({ policy }) => !policy.startsWith('always:'))
      .map(({ policy, curve }) => ({ policy, plans: result.plans, steps: curve })),
    features: busiest.map(({ feature, index }) => ({
      feature,
      policies: result.policies.map(({ policy, features }) => {
        const figures = tallyFigures(sumTallies(Object.values(features[index]?.plans ?? {})), {
          failureCostUsd: result.failureCostUsd,
          runs: result.runs,
        });
        return { policy, intents: figures.intents, costPerSuccessUsd: figures.costPerSuccessUsd };
      }),
    })),
  };
}

function summaryOf(result: BenchResult): readonly string[] {
  const { intents, withChoice, features, runs, skipped, badRows, firstBadRow, candidates, failureCostUsd, objective } =
    result;
  const lines = [
    `${formatCount(intents)} request${intents === 1 ? '' : 's'} of ${features.length} feature${features.length === 1 ? '' : 's'}, ` +
      `models ${candidates.join(', ')}; a failure costs ${formatUsd(failureCostUsd)}; ` +
      `${objective === 'cost-per-success' ? 'cost per success is minimised' : 'cost per intent is minimised'}. ` +
      `${runs === 1 ? 'One run, in the order of the table' : `Means of ${runs} runs in shuffled order`}; ` +
      'every policy starts without data and sees only the outcomes of its own choices. Best in hindsight: for each ' +
      `feature, the one plan that would have cost least${runs === 1 ? '.' : '; ± is one standard error.'}`,
  ];
  if (skipped > 0)
    lines.push(`${formatCount(skipped)} requests are left out: no plan has all its replies in the table.`);
  if (withChoice < intents)
    lines.push(
      `Only ${formatCount(withChoice)} of the requests leave a choice: the others have the replies of one plan, with which every policy does the ` +
        'same, so that the policies differ less here than they would.',
    );
  if (badRows > 0) lines.push(`${formatCount(badRows)} bad rows were dropped, the first: ${firstBadRow ?? ''}.`);
  return lines;
}
