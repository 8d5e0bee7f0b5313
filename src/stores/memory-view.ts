/** The read methods of the memory store: for its present state, and for a view of one moment. */
import type { DecidedRecord, LedgerRecord } from '../core/ledger/records.ts';
import type { Cell } from '../core/cells/cell.ts';
import { NO_GRAINS } from '../core/cells/grains.ts';
import type { Grains } from '../core/cells/grains.ts';
import type { ScanRange } from '../contracts/ledger-source.ts';
import type { Cursor, IntentRange, LedgerPage, StoreView } from '../contracts/store.ts';
import { RouterError } from '../errors.ts';
import type { NumberedCell } from './memory-cells.ts';
import type { Appended } from './memory-ledger.ts';
import { recordsOf } from './memory-ledger.ts';

interface NumberedCells {
  values(): Iterable<NumberedCell>;
}

/** The cells and records of a store. */
export interface MemoryReading {
  /** Serial number of the last change. */
  readonly serial: number;
  readonly features: ReadonlyMap<
    string,
    { readonly grains: Grains; readonly cells: NumberedCells; readonly base: NumberedCells }
  >;
  records(intentId: string): readonly LedgerRecord[] | undefined;
  /** The records of each intent. */
  intents(): Iterable<readonly LedgerRecord[]>;
  appended(after: number, last: number): Iterable<Appended>;
}

const PAGE_RECORDS = 500;

const NONE: readonly never[] = Object.freeze([]);

/** Makes the text once, when it is first needed: some platforms have no randomness while a script is loaded. */
export function onFirstUse(make: () => string): () => string {
  let made: string | undefined;
  return () => (made ??= make());
}

/**
 * @param reading throws where the view has ended
 * @param storeId tells the cursors of this store from those of others
 */
export function memoryView(reading: () => MemoryReading, storeId: () => string): StoreView {
  const cursor = (serial: number): Cursor => `${storeId()}:${serial}`;

  function serialOf(given: Cursor | undefined): number {
    if (given === undefined) return -1;
    const serial = Number(given.slice(storeId().length + 1));
    if (given !== cursor(serial))
      throw new RouterError('cursor-expired', 'the cursor is of another store, or of a process that has ended', {
        path: given,
        accepted: 'a cursor that this store has given; without one, everything is read',
      });
    return serial;
  }

  async function* scanPages(range: ScanRange & { readonly after?: Cursor } = {}): AsyncGenerator<LedgerPage> {
    const { serial: last, appended } = reading();
    let records: LedgerRecord[] = [];
    for (const { serial, part } of appended(serialOf(range.after), last)) {
      for (const record of recordsOf(part)) if (isInRange(record, range)) records.push(record);
      if (records.length < PAGE_RECORDS) continue;
      yield { records, next: cursor(serial) };
      records = [];
    }
    if (records.length > 0) yield { records, next: cursor(last) };
  }

  return {
    features: async () =>
      [...reading().features]
        .flatMap(([feature, { cells }]) => (filledCells(cells).length > 0 ? [feature] : []))
        .sort(),
    cells: async feature => filledCells(reading().features.get(feature)?.cells),
    async cellsSince(feature, since) {
      const { serial, features } = reading();
      const { cells, grains = NO_GRAINS } = features.get(feature) ?? {};
      const after = serialOf(since);
      const read = copies(cells, cell => (since === undefined ? isFilled(cell) : cell.serial > after));
      return { cells: read, complete: since === undefined, grains, next: cursor(serial) };
    },
    prunedCells: async feature =>
      [...reading().features].flatMap(([name, { base }]) =>
        feature === undefined || name === feature ? filledCells(base) : [],
      ),
    intents: async range => listIntents(reading().intents(), range),
    load: async intentId => reading().records(intentId) ?? NONE,
    scanPages,
    async *scan(range) {
      for await (const { records } of scanPages(range)) yield* records;
    },
  };
}

const isFilled = ({ sums }: Cell): boolean => {
  for (const _ in sums) return true;
  return false;
};

const filledCells = (cells: NumberedCells | undefined): readonly Cell[] => copies(cells, isFilled);

/** Copies, because the store goes on adding to its own sums. */
function copies(cells: NumberedCells | undefined, which: (cell: NumberedCell) => boolean): readonly Cell[] {
  const found: Cell[] = [];
  for (const cell of cells?.values() ?? NONE) if (which(cell)) found.push({ key: cell.key, sums: { ...cell.sums } });
  return found;
}

function isInRange({ feature, kind, atMs }: LedgerRecord, range: ScanRange): boolean {
  const { fromMs = -Infinity, toMs = Infinity } = range;
  if (range.feature !== undefined && range.feature !== feature) return false;
  return (range.kind === undefined || range.kind === kind) && atMs >= fromMs && atMs < toMs;
}

function listIntents(intents: Iterable<readonly LedgerRecord[]>, range: IntentRange): readonly string[] {
  const { feature, session, fromMs = -Infinity, toMs = Infinity, limit, after } = range;
  const ids = [...intents]
    .map(([decided]) => decided as DecidedRecord)
    .filter(({ feature: name, atMs }) => name === feature && atMs >= fromMs && atMs < toMs)
    .filter(decided => session === undefined || decided.session === session)
    .sort((a, b) => b.atMs - a.atMs || (a.intentId < b.intentId ? 1 : -1))
    .map(record => record.intentId);
  const start = after === undefined ? 0 : ids.indexOf(after) + 1;
  return after !== undefined && start === 0 ? NONE : ids.slice(start, start + limit);
}

/** Everything as it is now. Its cells are shared with the store, which replaces one before it adds to it. */
export function snapshotOf({ serial, features, appended }: MemoryReading): MemoryReading {
  const log = [...appended(-1, serial)];
  let byIntent: Map<string, readonly LedgerRecord[]> | undefined;
  const intents = (): Map<string, readonly LedgerRecord[]> => {
    if (byIntent !== undefined) return byIntent;
    byIntent = new Map();
    for (const { part } of log)
      for (const record of recordsOf(part))
        byIntent.set(record.intentId, [...(byIntent.get(record.intentId) ?? []), record]);
    return byIntent;
  };
  return {
    serial,
    features: new Map(
      [...features].map(([name, { grains, cells, base }]) => [
        name,
        { grains, cells: [...cells.values()], base: [...base.values()] },
      ]),
    ),
    records: intentId => intents().get(intentId),
    intents: () => intents().values(),
    appended: (after, last) => log.filter(({ serial: at }) => at > after && at <= last),
  };
}
