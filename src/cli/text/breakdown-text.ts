/** A report's groups for the terminal. */
import type { Breakdown, CellGroup, GroupReport } from '../../core/report/breakdown.ts';
import { trendRows } from '../../core/report/trend-words.ts';
import { formatCount, formatFigure, formatPercent, formatTotal, formatUsd } from '../../core/report/wording.ts';
import { fromDecimalUsd, toDecimalUsd } from '../../core/ledger/money.ts';
import { left, renderTable, right } from './table.ts';

/** A table with more rows is too long to read: the others are combined in one row, so that the column still adds up. */
const MAX_ROWS = 50;

/** Columns of a table beside the intents, their success and their spend. */
interface Columns {
  readonly titles: readonly string[];
  of(group: GroupReport): readonly string[];
  /** Groups beyond the limit as a single row. */
  ofRest(rest: readonly GroupReport[]): readonly string[];
}

/** No cost per intent for models: a model may have served only a part of an intent. */
const OF_MODELS: Columns = { titles: [], of: () => [], ofRest: () => [] };

const COSTS: Columns = {
  titles: ['Cost per intent', 'Cost per success', 'Failure cost', 'Total cost'],
  of: ({ costPerIntentUsd, costPerSuccessUsd, failureUsd, totalUsd }) => [
    formatFigure(costPerIntentUsd, formatUsd),
    formatFigure(costPerSuccessUsd, formatUsd),
    formatTotal(failureUsd),
    formatTotal(totalUsd),
  ],
  ofRest: rest => ['', '', sumOf(rest, group => group.failureUsd), sumOf(rest, group => group.totalUsd)],
};

/** A session has too few intents for a useful interval. */
const OF_SESSIONS: Columns = {
  titles: ['Failure cost', 'Total cost', 'Read from cache', 'Caches saved', 'Lost by changing the model'],
  of: ({ failureUsd, totalUsd, cache }) => [
    formatTotal(failureUsd),
    formatTotal(totalUsd),
    ...(cache === undefined || cache.requests === 0
      ? ['–', '–', '–']
      : [
          formatPercent(cache.readTokens / cache.promptTokens),
          formatTotal(cache.savedUsd),
          formatTotal(cache.rereadUsd.switched),
        ]),
  ],
  ofRest: rest => [
    sumOf(rest, group => group.failureUsd),
    sumOf(rest, group => group.totalUsd),
    '',
    sumOf(rest, ({ cache }) => cache?.savedUsd ?? '0'),
    sumOf(rest, ({ cache }) => cache?.rereadUsd.switched ?? '0'),
  ],
};

function columnsOf({ by, groups }: Breakdown): Columns {
  if (by === 'model') return OF_MODELS;
  return groups.some(({ cache }) => cache !== undefined) ? OF_SESSIONS : COSTS;
}

/** One row for each group, and each prompt version compared with the one before it. */
export function renderBreakdown(breakdown: Breakdown): string {
  const { by, groups, changes } = breakdown;
  if (groups.length === 0) return 'No intent was decided in this period.';
  const shown = groups.length > MAX_ROWS ? groups.slice(0, MAX_ROWS - 1) : groups;
  const columns = columnsOf(breakdown);
  const table = renderTable(
    [
      left(`By ${by}`),
      right('Intents'),
      right('Success'),
      right('Model spend'),
      ...columns.titles.map(title => right(title)),
    ],
    [...shown.map(group => rowOf(group, columns)), ...restRow(groups.slice(shown.length), columns)],
  );
  return [
    table,
    columns === OF_MODELS ? MODEL_NOTE : columns === OF_SESSIONS ? SESSION_NOTE : '',
    changes === undefined || changes.length === 0
      ? ''
      : `${renderTable([left('Feature'), right('Before'), right('After'), right('Difference'), left('')], trendRows(changes))}\n${CHANGE_NOTE}`,
  ]
    .filter(part => part !== '')
    .join('\n');
}

const MODEL_NOTE =
  'Intents and success count for the model that answered last, spend for every attempt of a model. Only a plan has a cost per intent.';

const SESSION_NOTE =
  'The figures of caches cover the whole session, at list prices: `outcome-router show <session>` has its account.';

const CHANGE_NOTE =
  'The versions were used at different times, perhaps with other plans and other requests: the difference is of all of that together. ' +
  'Significant: its 95 % interval excludes 0.';

function rowOf(group: GroupReport, columns: Columns): readonly string[] {
  const { intents, success, spendUsd } = group;
  const cells = [groupName(group), formatCount(intents), formatFigure(success, formatPercent), formatTotal(spendUsd)];
  return [...cells, ...columns.of(group)];
}

function restRow(rest: readonly GroupReport[], columns: Columns): readonly (readonly string[])[] {
  if (rest.length === 0) return [];
  const intents = rest.reduce((n, group) => n + group.intents, 0);
  const cells = [`${formatCount(rest.length)} others`, formatCount(intents), '', sumOf(rest, group => group.spendUsd)];
  return [[...cells, ...columns.ofRest(rest)]];
}

function sumOf(groups: readonly GroupReport[], of: (group: GroupReport) => string): string {
  return formatTotal(toDecimalUsd(groups.reduce((nanoUsd, group) => nanoUsd + fromDecimalUsd(of(group)), 0n)));
}

/** A group's name for people. */
export function groupName({ group, feature, isRemoved }: Omit<CellGroup, 'cells'>): string {
  const name = isRemoved === true ? 'pruned or archived' : (group ?? 'none');
  return feature === undefined ? name : `${feature}: ${name}`;
}
