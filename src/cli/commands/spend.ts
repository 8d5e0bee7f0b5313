/** `outcome-router spend`: what the models cost by feature and day, what the month will come to, and what is left of budgets. */
import type { Command } from 'commander';
import type { ResolvedConfig } from '../../config/resolved.ts';
import type { BudgetState, FeatureSpend, SpendReport } from '../../core/report/spend.ts';
import { budgetState, spendReport } from '../../core/report/spend.ts';
import type { Cell } from '../../core/cells/cell.ts';
import { formatCount, formatFigure, formatPercent, formatTotal, formatUsd } from '../../core/report/wording.ts';
import { applicationAt, withConfig } from '../io/application.ts';
import { useLedger, withLedger } from '../io/ledger.ts';
import { parseCount } from '../io/numbers.ts';
import { printResult, withJson } from '../io/output.ts';
import type { Column } from '../text/table.ts';
import { renderTable } from '../text/table.ts';

interface SpendFlags {
  readonly json?: boolean;
  readonly config?: string;
  readonly days: number;
}

interface NamedBudget extends BudgetState {
  /** `null`: the budget of the whole router. */
  readonly feature: string | null;
}

interface SpendResult extends SpendReport {
  /** Present where a configuration was given. */
  readonly budgets?: readonly NamedBudget[];
}

/** Adds `spend` to the program. */
export function register(program: Command): void {
  withJson(withConfig(withLedger(program.command('spend'))))
    .description('What the models cost by feature and day, the month’s projection, and the budgets of a configuration.')
    .option('--days <n>', 'days listed', parseCount, 14)
    .action(async (ledger: string, flags: SpendFlags) => {
      const application = await applicationAt(flags.config);
      const result = await useLedger(ledger, async store => {
        const features = await store.features();
        const cells = new Map<string, readonly Cell[]>();
        for (const feature of features) cells.set(feature, await store.cells(feature));
        const report = spendReport(cells, { nowMs: Date.now(), days: flags.days });
        return application === undefined ? report : { ...report, budgets: budgetsOf(application, report) };
      });
      printResult(result, flags, renderSpend);
    });
}

const NOTHING_SPENT = spendReport(new Map(), { nowMs: 0, days: 0 }).total;

function budgetsOf({ budget, features }: ResolvedConfig, report: SpendReport): readonly NamedBudget[] {
  const own = [...features.values()].flatMap(({ name, budget: terms }) => {
    const spend = report.features.find(each => each.feature === name) ?? NOTHING_SPENT;
    return terms === undefined ? [] : [{ feature: name, ...budgetState(terms, spend) }];
  });
  return budget === undefined ? own : [{ feature: null, ...budgetState(budget, report.total) }, ...own];
}

const right = (title: string): Column => ({ title, align: 'right' });

function renderSpend(result: SpendResult): string {
  if (result.features.length === 0) return 'The ledger has no intents yet.';
  return [
    byFeature(result),
    byDay(result),
    ...(result.budgets === undefined ? [] : [budgetTable(result.budgets)]),
    NOTE,
  ].join('\n\n');
}

const NOTE =
  'Days and months are UTC; an intent’s whole spend is on the day it was decided. The projection goes by the mean of the ' +
  'last full days, at most 28, with its 95 % limits.';

function byFeature({ features, total }: SpendReport): string {
  const rows = [...features, { ...total, feature: 'all' }].map(spend => [
    spend.feature,
    formatTotal(spend.todayUsd),
    formatCount(spend.monthIntents),
    formatTotal(spend.monthUsd),
    spend.projectedMonthUsd === null ? 'too early' : formatFigure(spend.projectedMonthUsd, formatUsd),
  ]);
  return renderTable(
    [
      { title: 'Feature' },
      right('Today'),
      right('Intents this month'),
      right('This month'),
      right('Whole month, projected'),
    ],
    rows,
  );
}

/** Columns that fit a terminal: the features with the most spend, then all others as one. */
const MOST_COLUMNS = 5;

function byDay({ features, total }: SpendReport): string {
  const shown = features.length <= MOST_COLUMNS ? features : features.slice(0, MOST_COLUMNS - 1);
  const others = features.slice(shown.length);
  const columns = [
    ...shown.map(({ feature }) => right(feature)),
    ...(others.length === 0 ? [] : [right(`${others.length} others`)]),
    right('all'),
  ];
  const rows = total.days.map(({ day, usd }, i) => [
    day,
    ...shown.map(({ days }) => formatTotal(days[i]?.usd ?? '0')),
    ...(others.length === 0 ? [] : [formatUsd(sumOfDay(others, i))]),
    formatTotal(usd),
  ]);
  return renderTable([{ title: 'Day' }, ...columns], rows);
}

function sumOfDay(features: readonly FeatureSpend[], i: number): number {
  return features.reduce((sum, { days }) => sum + Number(days[i]?.usd ?? 0), 0);
}

const AT_LIMIT: Readonly<Record<BudgetState['onLimit'], string>> = {
  refuse: 'new intents are refused',
  cheapest: 'new intents take the cheapest plan',
  alert: 'only an alert',
};

function budgetTable(budgets: readonly NamedBudget[]): string {
  if (budgets.length === 0) return 'The configuration has no budgets.';
  return renderTable(
    [
      { title: 'Budget of' },
      right('USD'),
      right('spent'),
      right('of it'),
      right('projected'),
      { title: 'when it is spent' },
    ],
    budgets.map(({ feature, budgetUsd, per, spentUsd, spentFraction, projectedUsd, onLimit }) => [
      feature ?? 'the router',
      `${formatUsd(budgetUsd)} a ${per}`,
      formatTotal(spentUsd),
      formatPercent(spentFraction),
      projectedUsd === null ? '' : formatFigure(projectedUsd, formatUsd),
      AT_LIMIT[onLimit],
    ]),
  );
}
