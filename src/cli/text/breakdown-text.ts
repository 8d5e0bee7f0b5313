/** A report's groups for the terminal. */
import type { Breakdown, CellGroup, GroupReport } from '../../core/report/breakdown.ts';
import { trendRows } from '../../core/report/trend-words.ts';
import { formatCount, formatFigure, formatPercent, formatTotal, formatUsd } from '../../core/report/wording.ts';
import { fromDecimalUsd, toDecimalUsd } from '../../core/ledger/money.ts';
import { left, renderTable, right } from './table.ts';

/** A table of more rows is too long to read: the rest is one row, so that the column still adds up. */
const MAX_ROWS = 50;

/** One row for each group, and each prompt version compared with the one before it. */
export function renderBreakdown({ by, groups, changes }: Breakdown): string {
  if (groups.length === 0) return 'No intent was decided in this period.';
  const shown = groups.length > MAX_ROWS ? groups.slice(0, MAX_ROWS - 1) : groups;
  const columns = [left(`By ${by}`), right('Intents'), right('Success'), right('Model spend')];
  const isOfModels = by === 'model';
  const table = renderTable(
    isOfModels
      ? columns
      : [...columns, right('Cost per intent'), right('Cost per success'), right('Failure cost'), right('Total cost')],
    [...shown.map(group => rowOf(group, isOfModels)), ...restRow(groups.slice(shown.length), isOfModels)],
  );
  return [
    table,
    isOfModels ? MODEL_NOTE : '',
    changes === undefined || changes.length === 0
      ? ''
      : `${renderTable([left('Feature'), right('Before'), right('After'), right('Difference'), left('')], trendRows(changes))}\n${CHANGE_NOTE}`,
  ]
    .filter(part => part !== '')
    .join('\n');
}

const MODEL_NOTE =
  'Intents and success are of the model that answered last; the spend is of all its attempts. A cost per intent is one of a plan.';

const CHANGE_NOTE =
  'The versions were used at different times, perhaps with other plans and other requests: the difference is of all of that together. ' +
  'Significant: its 95 % interval excludes 0.';

function rowOf(group: GroupReport, isOfModels: boolean): readonly string[] {
  const { intents, success, spendUsd, costPerIntentUsd, costPerSuccessUsd, failureUsd, totalUsd } = group;
  const cells = [groupName(group), formatCount(intents), formatFigure(success, formatPercent), formatTotal(spendUsd)];
  if (isOfModels) return cells;
  const figures = [costPerIntentUsd, costPerSuccessUsd].map(figure => formatFigure(figure, formatUsd));
  return [...cells, ...figures, formatTotal(failureUsd), formatTotal(totalUsd)];
}

function restRow(rest: readonly GroupReport[], isOfModels: boolean): readonly (readonly string[])[] {
  if (rest.length === 0) return [];
  const sum = (of: (group: GroupReport) => string): string =>
    formatTotal(toDecimalUsd(rest.reduce((nanoUsd, group) => nanoUsd + fromDecimalUsd(of(group)), 0n)));
  const intents = rest.reduce((n, group) => n + group.intents, 0);
  const cells = [`${formatCount(rest.length)} others`, formatCount(intents), '', sum(group => group.spendUsd)];
  return [isOfModels ? cells : [...cells, '', '', sum(group => group.failureUsd), sum(group => group.totalUsd)]];
}

/** A group's name for people. */
export function groupName({ group, feature, isRemoved }: Omit<CellGroup, 'cells'>): string {
  const name = isRemoved === true ? 'pruned or archived' : (group ?? 'none');
  return feature === undefined ? name : `${feature}: ${name}`;
}
