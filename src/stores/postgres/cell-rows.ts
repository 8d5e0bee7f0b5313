/** Cells as rows of PostgreSQL, and back. */
import type { Cell, CellKey, CellScope, Grain, SumName } from '../../core/cells/cell.ts';
import { SUM_NAMES } from '../../core/cells/cell.ts';
import type { GrowingSums } from '../../core/cells/sums.ts';
import { addCell, type CellMap } from '../../core/cells/sums.ts';
import type { PostgresRow } from './connection.ts';
import { SUM_COLUMNS } from './schema.ts';

/** By column `grain`: a coarser bucket comes before the finer ones in it, so that all writers lock them in one order. */
const GRAINS: readonly (Grain | undefined)[] = ['week', 'day', undefined];

const COLUMN_OF = Object.fromEntries(SUM_NAMES.map((sum, index) => [sum, SUM_COLUMNS[index]?.name])) as Readonly<
  Record<SumName, string>
>;

/** The columns of a cell's row as it is read, after those that identify the cell. A sum that is 0 is null. */
export const sumsRead = (sums: readonly SumName[]): string =>
  sums.map(sum => `nullif(c.${COLUMN_OF[sum]}, 0)`).join(', ');

const NAMES = SUM_COLUMNS.map(({ name }) => name);

/**
 * The sums that intents of one request and one turn have. A statement that names these columns alone takes the server a tenth less
 * time for a single commit than one that names all.
 */
export const PLAIN_SUMS: ReadonlySet<SumName> = new Set([
  'n',
  'cost',
  'cost2',
  'cost3',
  'rejected',
  'ended',
  'labelled',
  'successes',
  'costOfLabelled',
  'costOfFailures',
  'failureDelayMs',
  'failureCost',
  'failureCost2',
  'costTimesFailureCost',
  'weighedFailures',
  'labelledFailureCost',
  'labelledFailureCost2',
  'escalated',
  'escalationCost',
  'attempts',
  'requests',
]);
export const PLAIN_COLUMNS: typeof SUM_COLUMNS = SUM_COLUMNS.filter((_, index) =>
  PLAIN_SUMS.has(SUM_NAMES[index] as SumName),
);

/**
 * Cells of a parameter as rows called `d`. JSON has only the sums that are not 0, which are most of what a cell has, and an
 * integer of any size is read as it is written.
 */
export function cellRows(parameter: string, columns: typeof SUM_COLUMNS = SUM_COLUMNS): string {
  const sums = columns.map(({ name, type }) => `${name} ${type}`).join(', ');
  return `json_to_recordset(${parameter}::json) AS d (change int, feature text, place text, start int, grain smallint, shard smallint, ${sums})`;
}

/** The key columns of a cell in row `d`, in the collation of the tables. */
export const CELL_KEY = 'd.feature COLLATE "C" AS feature, d.place COLLATE "C" AS place, d.start, d.grain';

export const sumList = (columns: typeof SUM_COLUMNS): string => columns.map(({ name }) => name).join(', ');
export const SUM_LIST = sumList(SUM_COLUMNS);
/** The sums of `d`, for one row or a group. */
export const givenSums = (columns: typeof SUM_COLUMNS): string =>
  columns.map(({ name }) => `coalesce(d.${name}, 0)`).join(', ');
export const GIVEN_SUMS = givenSums(SUM_COLUMNS);
export const GROUPED_SUMS = SUM_COLUMNS.map(({ name, type }) => `coalesce(sum(d.${name}), 0)::${type}`).join(', ');
/** Adds the sums of an insert that conflicts to the row of a table called `t`. */
export const addedSums = (columns: typeof SUM_COLUMNS): string =>
  columns.map(({ name }) => `${name} = t.${name} + excluded.${name}`).join(', ');
export const ADDED_SUMS = addedSums(SUM_COLUMNS);
/**
 * SQL for {@link SUM_LIST} at three steps of a merge: the sums of deleted rows, those of a group of these rows, and both added to rows
 * called `c`.
 */
export const RETURNED_SUMS = NAMES.map(name => `c.${name}`).join(', ');
export const TOTALLED_SUMS = SUM_COLUMNS.map(({ name, type }) => `sum(${name})::${type} AS ${name}`).join(', ');
export const ADDED_TOTALS = NAMES.map(name => `${name} = c.${name} + t.${name}`).join(', ');
export const ALL_ZERO = NAMES.map(name => `${name} = 0`).join(' AND ');

/** The values in a row beside the cell: the number of its change, and the shard that a process adds to. */
export interface CellRowExtras {
  readonly change?: number;
  readonly shard: number;
}

/** A parameter of {@link cellRows}. */
export function cellsParameter(cells: readonly Cell[], extras: (cell: Cell, index: number) => CellRowExtras): string {
  return `[${cells.map((cell, index) => cellJson(cell, extras(cell, index))).join(',')}]`;
}

function cellJson({ key, sums }: Cell, { change = 0, shard }: CellRowExtras): string {
  const { feature, bucket, grain } = key;
  let text = `{"change":${change},"shard":${shard},"feature":${JSON.stringify(feature)},"place":${JSON.stringify(placeOf(key))}`;
  text += `,"start":${bucket},"grain":${GRAINS.indexOf(grain)}`;
  for (const name in sums) text += `,"${COLUMN_OF[name as SumName]}":${sums[name as SumName]}`;
  return `${text}}`;
}

/** The cells added up by key, so that no statement has a row twice. */
export function merged(cells: Iterable<Cell>): readonly Cell[] {
  const total: CellMap = new Map();
  for (const cell of cells) addCell(total, cell);
  return [...total.values()];
}

function placeOf({ scope, segment, subject, version }: CellKey): string {
  return `${scope}\t${segment}\t${subject}\t${version}`;
}

/** A cell that its reader may add to. */
export interface CellRow {
  readonly key: CellKey;
  readonly sums: GrowingSums;
}

/** The cell of a row: place, first hour, grain and sums, from a column on. */
export function cellOfRow(
  feature: string,
  row: PostgresRow,
  { from, sums }: { readonly from: number; readonly sums: readonly SumName[] },
): CellRow {
  const [scope, segment = '', subject = '', version = ''] = (row[from] ?? '').split('\t');
  const grain = GRAINS[Number(row[from + 2])];
  const key = { scope: scope as CellScope, feature, segment, subject, version, bucket: Number(row[from + 1]) };
  const read: GrowingSums = {};
  for (let index = 0; index < sums.length; index++) {
    const value = row[from + 3 + index];
    if (value !== null && value !== undefined) read[sums[index] as SumName] = BigInt(value);
  }
  return { key: grain === undefined ? key : { ...key, grain }, sums: read };
}
