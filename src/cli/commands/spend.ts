/** `outcome-router spend`: model spend by feature and day, the projection of the month, and the state of budgets. */
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { ResolvedConfig } from '../../config/resolved.ts';
import type { BudgetState, FeatureSpend, SpendReport } from '../../core/report/spend.ts';
import { budgetState, spendReport } from '../../core/report/spend.ts';
import { GROUPINGS } from '../../core/report/breakdown.ts';
import { estimateNote } from '../../core/report/notes.ts';
import type { Cell } from '../../core/cells/cell.ts';
import {
  formatCount,
  formatFigure,
  formatPercent,
  formatPeriod,
  formatTotal,
  formatUsd,
} from '../../core/report/wording.ts';
import { groupedCells } from '../../analysis/grouped-cells.ts';
import type { StoreView } from '../../contracts/store.ts';
import { applicationAt, withConfig } from '../io/application.ts';
import { atOption } from '../io/failure.ts';
import { viewLedger, withLedger } from '../io/ledger.ts';
import { parseCount } from '../io/numbers.ts';
import { printCsv, printResult, withFormats } from '../io/output.ts';
import type { PeriodFlags } from '../io/period.ts';
import { periodOf, withPeriod } from '../io/period.ts';
import { groupName } from '../text/breakdown-text.ts';
import { left, renderTable, right } from '../text/table.ts';

interface SpendFlags extends PeriodFlags {
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly by: string;
  readonly config?: string;
  readonly days: number;
}

interface NamedBudget extends BudgetState {
  /** `null`: the budget of the whole router. */
  readonly feature: string | null;
}

interface SpendResult extends SpendReport {
  /** Present with `--config`. */
  readonly budgets?: readonly NamedBudget[];
}

/** Adds `spend` to the program. */
export function register(program: Command): void {
  withFormats(withPeriod(withConfig(withLedger(program.command('spend')))))
    .description(
      'Show model spend by feature and day, the projection of the month, and the budgets of a configuration.',
    )
    .option('--days <n>', 'number of days to list, where no period is given', parseDays, 14)
    .option('--by <what>', `group by ${GROUPINGS.join(', ')}, or a declared context: tenant`, 'feature')
    .action(async (ledger: string, flags: SpendFlags) => {
      const application = await applicationAt(flags.config);
      const result = await viewLedger(ledger, async store => spendOf(store, flags, application));
      if (flags.csv === true) printSpendCsv(result);
      else printResult(result, flags, renderSpend);
    });
}

/** Budgets are shown per feature, even if the table is grouped by something else. */
async function spendOf(
  store: StoreView,
  flags: SpendFlags,
  application: ResolvedConfig | undefined,
): Promise<SpendResult> {
  const nowMs = Date.now();
  const options = { nowMs, days: flags.days, period: periodOf(flags, nowMs) };
  const cellsBy = async (by: string): Promise<ReadonlyMap<string, readonly Cell[]>> =>
    new Map((await atOption('--by', groupedCells(store, { by }))).map(group => [groupName(group), group.cells]));
  const report = spendReport(await cellsBy(flags.by), options);
  const result = flags.by === 'feature' ? report : { ...report, by: flags.by };
  if (application === undefined) return result;
  const byFeature = flags.by === 'feature' ? report : spendReport(await cellsBy('feature'), options);
  return { ...result, budgets: budgetsOf(application, byFeature) };
}

function printSpendCsv({ by = 'feature', features }: SpendResult): void {
  printCsv(
    [by, 'day', 'lastDay', 'intents', 'usd'],
    features.flatMap(({ feature, days }) => days.map(day => ({ ...day, [by]: feature }))),
  );
}

/** Ten years. A table of more days takes minutes and is too long to read. */
const MAX_DAYS = 3_660;

function parseDays(text: string): number {
  const days = parseCount(text);
  if (days >= 1 && days <= MAX_DAYS) return days;
  throw new InvalidArgumentError(`Not a number of days from 1 to ${formatCount(MAX_DAYS)}.`);
}

const NOTHING_SPENT = spendReport(new Map(), { nowMs: 0, days: 0 }).total;

function budgetsOf({ budget, features }: ResolvedConfig, report: SpendReport): readonly NamedBudget[] {
  const own = [...features.values()].flatMap(({ name, budget: terms }) => {
    const spend = report.features.find(each => each.feature === name) ?? NOTHING_SPENT;
    return terms === undefined ? [] : [{ feature: name, ...budgetState(terms, spend) }];
  });
  return budget === undefined ? own : [{ feature: null, ...budgetState(budget, report.total) }, ...own];
}

function renderSpend(result: SpendResult): string {
  if (result.features.length === 0) return 'The ledger has no intents yet.';
  const { monthEstimatedUsd } = result.total;
  return [
    `Days listed: ${formatPeriod(result.period)}.`,
    byFeature(result),
    byDay(result),
    ...(result.budgets === undefined ? [] : [budgetTable(result.budgets)]),
    ...(monthEstimatedUsd === '0' ? [] : [estimateNote(monthEstimatedUsd, "this month's spend")]),
    NOTE,
  ].join('\n\n');
}

const NOTE =
  'Days and months are UTC; the whole spend of an intent is on the day of its decision. The projection is the mean of the ' +
  'last full days, at most 28, with its 95 % interval; it needs two of them.';

function byFeature({ by = 'feature', features, total }: SpendReport): string {
  const rows = [...features, { ...total, feature: 'total' }].map(spend => [
    spend.feature,
    formatCount(spend.periodIntents),
    formatTotal(spend.periodUsd),
    formatTotal(spend.todayUsd),
    formatCount(spend.monthIntents),
    formatTotal(spend.monthUsd),
    spend.projectedMonthUsd === null ? 'too early' : formatFigure(spend.projectedMonthUsd, formatUsd),
  ]);
  return renderTable(
    [
      left(by === 'feature' ? 'Feature' : `By ${by}`),
      right('Intents'),
      right('Days listed'),
      right('Today'),
      right('Intents this month'),
      right('This month'),
      right('Projected month'),
    ],
    rows,
  );
}

/** Columns that fit a terminal: the features with the most spend, and one column for all others. */
const MAX_COLUMNS = 5;

function byDay({ features, total }: SpendReport): string {
  const shown = features.length <= MAX_COLUMNS ? features : features.slice(0, MAX_COLUMNS - 1);
  const others = features.slice(shown.length);
  const columns = [
    ...shown.map(({ feature }) => right(feature)),
    ...(others.length === 0 ? [] : [right(`${others.length} others`)]),
    right('total'),
  ];
  const rows = total.days.map(({ day, lastDay, usd }, i) => [
    lastDay === undefined ? day : `${day} to ${lastDay.slice(8)}`,
    ...shown.map(({ days }) => formatTotal(days[i]?.usd ?? '0')),
    ...(others.length === 0 ? [] : [formatUsd(sumOfDay(others, i))]),
    formatTotal(usd),
  ]);
  return renderTable([left('Day'), ...columns], rows);
}

function sumOfDay(features: readonly FeatureSpend[], index: number): number {
  return features.reduce((sum, { days }) => sum + Number(days[index]?.usd ?? 0), 0);
}

const ON_LIMIT: Readonly<Record<BudgetState['onLimit'], string>> = {
  refuse: 'new intents are refused',
  cheapest: 'new intents get the cheapest plan',
  alert: 'an alert only',
};

function budgetTable(budgets: readonly NamedBudget[]): string {
  if (budgets.length === 0) return 'The configuration has no budgets.';
  return renderTable(
    [left('Budget of'), right('USD'), right('Spent'), right('% spent'), right('Projected'), left('At the limit')],
    budgets.map(({ feature, budgetUsd, per, spentUsd, spentFraction, projectedUsd, onLimit }) => [
      feature ?? 'the router',
      `${formatUsd(budgetUsd)} per ${per}`,
      formatTotal(spentUsd),
      formatPercent(spentFraction),
      projectedUsd === null ? '' : formatFigure(projectedUsd, formatUsd),
      ON_LIMIT[onLimit],
    ]),
  );
}
