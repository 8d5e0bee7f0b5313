/** The contribution of an intent to the statistics as a row of the archive, and the sum of such rows in SQL, to the integer. */
import type { Cell, CellScope, SumName } from '../../core/cells/cell.ts';
import { SUM_NAMES } from '../../core/cells/cell.ts';
import type { GrowingSums } from '../../core/cells/sums.ts';
import type { Intent } from '../../core/ledger/records.ts';
import type { ColumnType, SqlRow } from './duckdb.ts';

/** Sums of squares, cubes and products: a row contains their factors, one column each. */
const PRODUCTS: Readonly<Partial<Record<SumName, readonly [SumName, SumName]>>> = {
  cost2: ['cost', 'cost'],
  failureCost2: ['failureCost', 'failureCost'],
  costTimesFailureCost: ['cost', 'failureCost'],
  labelledFailureCost2: ['labelledFailureCost', 'labelledFailureCost'],
  multiTurnCost2: ['multiTurnCost', 'multiTurnCost'],
  netCost2: ['netCost', 'netCost'],
};
const CUBES: Readonly<Partial<Record<SumName, SumName>>> = { cost3: 'cost', multiTurnCost3: 'multiTurnCost' };

/** The sums that a row has a column for. */
const STORED = SUM_NAMES.filter(name => !(name in PRODUCTS) && !(name in CUBES));

const column = (name: SumName): string => name.replaceAll(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);

/** Money and times. All others are counts. */
const isLarge = (name: SumName): boolean => /cost|configured|Ms$/i.test(name);

export const CONTRIBUTION_COLUMNS: readonly { readonly name: string; readonly type: ColumnType }[] = [
  { name: 'intent_id', type: 'VARCHAR' },
  { name: 'revisions', type: 'INTEGER' },
  { name: 'feature', type: 'VARCHAR' },
  { name: 'scope', type: 'VARCHAR' },
  { name: 'segment', type: 'VARCHAR' },
  { name: 'subject', type: 'VARCHAR' },
  { name: 'version', type: 'VARCHAR' },
  { name: 'decided_at_ms', type: 'BIGINT' },
  { name: 'hour', type: 'BIGINT' },
  ...STORED.map(name => ({ name: column(name), type: isLarge(name) ? 'BIGINT' : 'INTEGER' }) as const),
];

const MAX_BIGINT = 2n ** 63n - 1n;

/** Whether every sum is small enough for its column: costs below 9.2 billion dollars. */
export function fitsRow({ sums }: Cell): boolean {
  return STORED.every(name => (sums[name] ?? 0n) <= MAX_BIGINT);
}

/** The values of a cell that one intent contributed, in the order of the columns. */
export function contributionRow(
  { id, revision, decided }: Intent,
  { key, sums }: Cell,
): readonly (string | number | bigint)[] {
  const { feature, scope, segment, subject, version, bucket } = key;
  const where = [
    id,
    revision,
    feature,
    scope,
    segment,
    subject,
    version,
    BigInt(Math.floor(decided.atMs)),
    BigInt(bucket),
  ];
  return [...where, ...STORED.map(name => (isLarge(name) ? (sums[name] ?? 0n) : Number(sums[name] ?? 0n)))];
}

/**
 * A cube has 192 bits, and DuckDB's largest integer 128: the square is split at 10¹⁸, and the products of each part with the
 * number are summed separately. A sum that overflows is an error.
 */
const LIMB = 10n ** 18n;

const square = (a: SumName, b: SumName): string => `${column(a)}::HUGEINT * ${column(b)}`;

const PLACE = 'feature, scope, segment, subject, "version", hour';

/** Columns of {@link sumContributions} after the place. */
const SUMMED: readonly string[] = [
  ...STORED.map(name => `sum(${column(name)})`),
  ...Object.values(PRODUCTS).map(([a, b]) => `sum(${square(a, b)})`),
  ...Object.values(CUBES).flatMap(name =>
    ['//', '%'].map(part => `sum((${square(name, name)} ${part} ${LIMB}::HUGEINT) * ${column(name)})`),
  ),
];

/** The rows of Parquet files. In files from before a sum existed, the column of that sum is NULL. */
export function rowsOfFiles(list: string): string {
  const columns = CONTRIBUTION_COLUMNS.map(({ name, type }) => `NULL::${type} AS "${name}"`).join(', ');
  const none = `SELECT ${columns} WHERE false`;
  return `(${none} UNION ALL BY NAME SELECT * FROM read_parquet(${list}, union_by_name = true))`;
}

/** Sums the rows of a table, or of files, by cell: `SELECT` and the clauses after `FROM …`. */
export function sumContributions(from: string): string {
  return `SELECT ${PLACE}, ${SUMMED.join(', ')} FROM ${from} GROUP BY ALL`;
}

/** The cell of a row of {@link sumContributions}. */
export function cellOfSums(row: SqlRow): Cell {
  const [feature, scope, segment, subject, version, hour, ...values] = row;
  const sums: GrowingSums = {};
  let at = 0;
  const next = (): bigint => BigInt(values[at++] ?? 0);
  const put = (name: string, sum: bigint): void => {
    if (sum !== 0n) sums[name as SumName] = sum;
  };
  for (const name of STORED) put(name, next());
  for (const name in PRODUCTS) put(name, next());
  for (const name in CUBES) put(name, next() * LIMB + next());
  const key = { feature, scope: scope as CellScope, segment, subject, version, bucket: Number(hour) } as Cell['key'];
  return { key, sums };
}
