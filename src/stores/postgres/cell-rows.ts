/** Cells as rows of PostgreSQL, and back. */
import type { Cell, CellKey, CellScope, Grain, SumName } from '../../core/cells/cell.ts';
import { SUM_NAMES } from '../../core/cells/cell.ts';
import type { GrowingSums } from '../../core/cells/sums.ts';
import { addCell, type CellMap } from '../../core/cells/sums.ts';
import { numberArray, textArray } from './arrays.ts';
import type { PostgresRow } from './connection.ts';
import { SUM_COLUMNS } from './schema.ts';

/** By column `grain`: a coarser bucket comes before the finer ones in it, so that all writers lock them in one order. */
const GRAINS: readonly (Grain | undefined)[] = ['week', 'day', undefined];

/** The columns of a cell's row as it is read, behind those that say which cell it is. A sum that is 0 is null. */
export const SUMS_READ = SUM_COLUMNS.map(({ name }) => `nullif(c.${name}, 0)`).join(', ');

const NAMES = SUM_COLUMNS.map(({ name }) => name);

/** What a statement does with arrays of cells, in the order of {@link cellArrays}, from parameter `$first` on. */
export function unnestCells(first: number, columns: readonly string[]): string {
  const types = [
    ...columns.map(column => (column === 'start' || column === 'change' ? 'int' : 'text')),
    ...SUM_COLUMNS.map(({ type }) => type),
  ];
  const arrays = types.map((type, index) => {
    const column = columns[index];
    const exact = column === 'grain' || column === 'shard' ? 'smallint' : type;
    return `$${first + index}::${exact}[]`;
  });
  return `unnest(${arrays.join(', ')}) AS d (${[...columns, ...NAMES].join(', ')})`;
}

export const SUM_LIST = NAMES.join(', ');
export const GROUPED_SUMS = SUM_COLUMNS.map(({ name, type }) => `sum(d.${name})::${type}`).join(', ');
/** For a table that is called `t`. */
export const ADDED_SUMS = NAMES.map(name => `${name} = t.${name} + excluded.${name}`).join(', ');
/** Of deleted rows, of groups of them, and added to rows called `c`: the ways of {@link SUM_LIST} through merging. */
export const RETURNED_SUMS = NAMES.map(name => `c.${name}`).join(', ');
export const TOTALLED_SUMS = SUM_COLUMNS.map(({ name, type }) => `sum(${name})::${type} AS ${name}`).join(', ');
export const ADDED_TOTALS = NAMES.map(name => `${name} = c.${name} + t.${name}`).join(', ');
export const ALL_ZERO = NAMES.map(name => `${name} = 0`).join(' AND ');

export interface CellRow {
  readonly key: CellKey;
  readonly sums: GrowingSums;
}

/** Feature, place, first hour and grain of each cell. */
export function keyArrays(cells: readonly Cell[]): readonly string[] {
  return [
    textArray(cells.map(({ key }) => key.feature)),
    textArray(cells.map(({ key }) => placeOf(key))),
    numberArray(cells.map(({ key }) => key.bucket)),
    numberArray(cells.map(({ key }) => GRAINS.indexOf(key.grain))),
  ];
}

export function sumArrays(cells: readonly Cell[]): readonly string[] {
  return SUM_NAMES.map(name => `{${cells.map(({ sums }) => sums[name] ?? 0n).join(',')}}`);
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

/** The cell of a row: place, first hour, grain, and the sums. */
export function cellOfRow(feature: string, [place, start, grain, ...values]: PostgresRow): Cell {
  const [scope, segment = '', subject = '', version = ''] = (place ?? '').split('\t');
  const width = GRAINS[Number(grain)];
  const key = { scope: scope as CellScope, feature, segment, subject, version, bucket: Number(start) };
  const sums: GrowingSums = {};
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (value !== null && value !== undefined) sums[SUM_NAMES[index] as SumName] = BigInt(value);
  }
  return { key: width === undefined ? key : { ...key, grain: width }, sums };
}
