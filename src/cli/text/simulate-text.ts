/** The result of `simulate` as text, and as the report of its HTML page. */
import { formatCount, formatPercent, formatUsd } from '../../core/report/wording.ts';
import type { OfflineReport } from '../../exports/html/offline-report.ts';
import type { ResultSource } from '../io/result-source.ts';
import { sourceFacts } from '../io/result-source.ts';
import { left, renderTable, right } from './table.ts';

/** Figures of a policy, as means over the runs. */
export interface SimulatedPolicy {
  readonly policy: string;
  /** Expected cost above that of always taking the best plan, USD, with its standard error. */
  readonly regretUsd: number;
  readonly regretError: number;
  readonly oracleUsd: number;
  readonly spendUsd: number;
  readonly successRate: number;
  readonly costPerIntentUsd: number;
  /** Intents by plan. */
  readonly chosen: Readonly<Record<string, number>>;
  readonly curve: readonly {
    readonly intents: number;
    readonly regretUsd: number;
    readonly chosen: Readonly<Record<string, number>>;
  }[];
}

export interface SimulationReport extends ResultSource {
  readonly intents: number;
  readonly runs: number;
  readonly failureCostUsd: number;
  readonly plans: readonly string[];
  readonly policies: readonly SimulatedPolicy[];
}

export function renderSimulation(report: SimulationReport): string {
  const rows = report.policies.map(({ policy, regretUsd, regretError, oracleUsd, spendUsd, successRate, chosen }) => [
    policy,
    `${formatUsd(regretUsd)}${report.runs > 1 ? ` ± ${formatUsd(regretError)}` : ''}`,
    formatPercent(regretUsd / oracleUsd),
    formatPercent(successRate),
    formatUsd(spendUsd / report.intents),
    report.plans.map(plan => `${plan} ${formatPercent((chosen[plan] ?? 0) / report.intents)}`).join(', '),
  ]);
  return [
    summaryOf(report),
    renderTable(
      [
        left('Policy'),
        right('Regret'),
        right('Regret in %'),
        right('Success'),
        right('Spend per intent'),
        left('Traffic'),
      ],
      rows,
    ),
  ].join('\n');
}

export function simulationReport(report: SimulationReport): OfflineReport {
  const { policies, plans, intents, failureCostUsd } = report;
  return {
    title: 'Policies in a simulated world',
    facts: [['Source', 'a simulation; no ledger and no outcomes of an application'], ...sourceFacts(report)],
    summary: [summaryOf(report)],
    failureCostUsd,
    remarkTitle: 'regret',
    policies: policies.map(({ policy, spendUsd, successRate, costPerIntentUsd, regretUsd }) => ({
      name: policy,
      spendPerIntentUsd: spendUsd / intents,
      successRate,
      costPerIntentUsd,
      costPerSuccessUsd: costPerIntentUsd / successRate,
      remark: formatUsd(regretUsd),
    })),
    regret: (policies[0]?.curve ?? []).map((point, i) => ({
      intents: point.intents,
      usd: policies.map(({ curve }) => curve[i]?.regretUsd ?? 0),
    })),
    shares: policies
      .filter(({ policy }) => !policy.startsWith('always:'))
      .map(({ policy, curve }) => ({
        policy,
        plans,
        steps: curve.map((point, i) => {
          const before = curve[i - 1];
          const since = point.intents - (before?.intents ?? 0);
          return {
            intents: point.intents,
            shares: plans.map(plan => ((point.chosen[plan] ?? 0) - (before?.chosen[plan] ?? 0)) / since),
          };
        }),
      })),
  };
}

function summaryOf({ intents, runs, failureCostUsd, plans }: SimulationReport): string {
  return (
    `${formatCount(intents)} intents, ${runs === 1 ? 'one run' : `means of ${runs} runs`}; plans ${plans.join(', ')}; ` +
    `a failure costs ${formatUsd(failureCostUsd)}. Regret: the expected cost above that of always taking the best plan, in USD and in % of that cost` +
    (runs === 1 ? '.' : '; ± is one standard error.')
  );
}
