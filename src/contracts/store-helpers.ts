/** Helpers for a store that an application defines, with their arguments checked. */
import {
  accepting,
  anyNumber,
  anyText,
  finite,
  listOf,
  objectWith,
  oneOf,
  optional,
  recordOf,
  text,
  wholeFromZero,
} from '../argument-checks.ts';
import type { Cell, CellKey } from '../core/cells/cell.ts';
import * as cells from '../core/cells/cell.ts';
import * as contributions from '../core/cells/contribution.ts';
import * as cellGrains from '../core/cells/grains.ts';
import * as cellSums from '../core/cells/sums.ts';
import * as money from '../core/ledger/money.ts';
import type { Intent, LedgerRecord } from '../core/ledger/records.ts';
import * as records from '../core/ledger/records.ts';
import { RouterError } from '../errors.ts';
import * as changes from './change.ts';
import { checked } from './checked.ts';
import type { Change } from './store.ts';

const cellKey = objectWith<CellKey>({
  scope: oneOf(['node', 'plan']),
  feature: text,
  segment: anyText,
  subject: text,
  version: anyText,
  bucket: finite,
  grain: optional(oneOf(['day', 'week'])),
});
const sums = recordOf(
  'sums by name: { n: 1n }',
  accepting('a bigint', value => typeof value === 'bigint'),
);

/** Checks the members that every record has. */
const record = objectWith<Pick<LedgerRecord, 'kind' | 'intentId' | 'feature' | 'revision' | 'atMs'>>({
  kind: oneOf(['decided', 'attempted', 'labelled', 'corrected']),
  intentId: text,
  feature: text,
  revision: wholeFromZero,
  atMs: finite,
});

/** Checks the members of an intent that its contribution is made from. */
const intent = objectWith<Pick<Intent, 'decided' | 'attempts' | 'evidence' | 'outcome'>>({
  decided: objectWith<Pick<Intent['decided'], 'feature' | 'segment' | 'atMs' | 'decision' | 'versions'>>({
    feature: text,
    segment: anyText,
    atMs: finite,
    decision: objectWith<Pick<Intent['decided']['decision'], 'plan'>>({ plan: listOf('a plan', text) }),
    versions: recordOf('versions by model', anyText),
  }),
  attempts: listOf(
    'a list of attempts',
    objectWith<Pick<Intent['attempts'][number], 'model' | 'node' | 'costNanoUsd'>>({
      model: text,
      node: text,
      costNanoUsd: finite,
    }),
  ),
  outcome: objectWith<Pick<Intent['outcome'], 'state'>>({ state: text }),
  evidence: listOf('a list of evidence', objectWith<Pick<Intent['evidence'][number], 'source'>>({ source: text })),
});

/** Throws `invalid-value` unless the records continue the intent at the expected revision. */
export const checkChange = checked('checkChange', changes.checkChange, {
  change: objectWith<Change>({
    intentId: text,
    feature: text,
    expectedRevision: wholeFromZero,
    records: listOf('a list of records', record),
    delta: listOf('a list of cells', objectWith<Cell>({ key: cellKey, sums })),
    dueAtMs: accepting('milliseconds since the epoch, or null', value => value === null || Number.isFinite(value)),
  }),
});

/** The key as one string, for maps and stores; {@link parseCellKey} is the inverse. Names never contain a tab. */
export const cellKeyString = checked('cellKeyString', cells.cellKeyString, { key: cellKey });

/** The key that {@link cellKeyString} made a string of. @throws RouterError `invalid-value` for another string */
export const parseCellKey = checked('parseCellKey', cells.parseCellKey, {
  text: accepting('text of cellKeyString()', value => typeof value === 'string' && cells.isCellKey(value)),
});

/** Sums as JSON text with decimal strings, for stores and exports. */
export const encodeSums = checked('encodeSums', cells.encodeSums, { sums });

/** The inverse of {@link encodeSums}. @throws RouterError `invalid-data` for any other text */
export const decodeSums: (text: string) => cells.Sums = checked(
  'decodeSums',
  given => orInvalidData(() => cells.decodeSums(given), 'decodeSums.text', 'text of encodeSums()'),
  { text },
);

/** Adds a cell to the one of the same key. The cell itself is not kept. */
export const addCell = checked('addCell', cellSums.addCell, {
  cells: accepting('a map of cells', value => value instanceof Map),
  cell: objectWith<Cell>({ key: cellKey, sums }),
});

/**
 * The cells, moved to the buckets that the boundaries define: those of one bucket are added up, and empty ones are left out.
 * A bucket that is coarser already stays so.
 */
export const foldCells = checked('foldCells', cellGrains.foldCells, {
  cells: listOf('a list of cells', objectWith<Cell>({ key: cellKey, sums })),
  grains: objectWith<cellGrains.Grains>({ dayBefore: anyNumber, weekBefore: anyNumber }),
});

/** One cell for the intent's plan and one for each node that answered. No cells before the first attempt. */
export const contribution = checked('contribution', contributions.contribution, { intent });

/**
 * Folds the records of one intent, given in revision order; `undefined` for no records.
 *
 * @throws RouterError `invalid-data` for records that are not those of one intent, from its decision on
 */
export const foldIntent: (records: Iterable<LedgerRecord>) => Intent | undefined = checked(
  'foldIntent',
  given => {
    const list = [...given];
    listOf('a list of records', record)(list, 'foldIntent.records');
    return orInvalidData(() => records.foldIntent(list), 'foldIntent.records', 'records in revision order');
  },
  { records: accepting('records, such as store.load() resolves to', isIterable) },
);

/** USD → nano-dollars, rounded to the nearest. */
export const toNanoUsd = checked('toNanoUsd', money.toNanoUsd, {
  usd: accepting(
    `USD from 0 to ${money.MAX_FACT_USD}`,
    value => typeof value === 'number' && value >= 0 && value <= money.MAX_FACT_USD,
  ),
});

/** Nano-dollars → USD as a float, for estimates and display; never summed back into a total. */
export const toUsd = checked('toUsd', money.toUsd, {
  nanoUsd: accepting('a number or a bigint', value => Number.isFinite(value) || typeof value === 'bigint'),
});

function isIterable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

function orInvalidData<Result>(read: () => Result, path: string, accepted: string): Result {
  try {
    return read();
  } catch (cause) {
    throw new RouterError('invalid-data', 'the data is damaged', { path, accepted, cause });
  }
}
