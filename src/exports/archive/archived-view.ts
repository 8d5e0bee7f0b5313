/**
 * A ledger together with its archive: both are read at the same moment, and records come in the order in which the ledger grew.
 */
import { storeWith, text } from '../../argument-checks.ts';
import { askedTogether } from '../../asked-together.ts';
import { isIntentRemoved } from '../../contracts/archiving.ts';
import type { LedgerSource, ScanRange } from '../../contracts/ledger-source.ts';
import type { Store, StoreView } from '../../contracts/store.ts';
import { streamOfOneMoment } from '../../contracts/one-moment.ts';
import type { Cell } from '../../core/cells/cell.ts';
import { foldCells } from '../../core/cells/grains.ts';
import type { LedgerRecord } from '../../core/ledger/records.ts';
import { RouterError } from '../../errors.ts';
import { sqlText } from './duckdb.ts';
import type { RunsOfIntents } from './archived-intents.ts';
import { archivedLoads, listIntents, runsOfIntents, timesBetween } from './archived-intents.ts';
import type { ArchiveMoment, ArchiveReader } from './reader.ts';
import { openArchive, recordOf } from './reader.ts';

const checkStore = storeWith('consistently', 'close');

/**
 * The store with the records in its archive, for reports, replays, exports and reconciliation: as if they had never been
 * moved. Statistics are the store's own. What is committed goes to the store, which refuses archived intents.
 *
 * It needs the package `@duckdb/node-api`, which is loaded at the first reading. `close` closes the store too.
 *
 * @param folder - The folder of the archive
 * @throws RouterError `invalid-value` for wrong arguments; when something is read, `store-unusable` for the archive of another
 *   ledger, `invalid-data` for a damaged or incomplete one, `invalid-value` for a folder without an archive
 *
 * @example
 * ```ts
 * import { withArchive } from 'outcome-router/archive';
 * import { replayLedger } from 'outcome-router/replay';
 * import { sqlite } from 'outcome-router/stores/sqlite';
 * const replay = await replayLedger(withArchive(sqlite('router.db'), 'archive'), fixed('premium'));
 * ```
 */
export function withArchive(given: Store, folder: string): Store {
  checkStore(given, 'withArchive.store');
  text(folder, 'withArchive.folder');
  // The store alone does not have the archived records.
  const { loadAll: _, ...store } = given;
  let opened: Promise<ArchiveReader> | undefined;
  const consistently: Store['consistently'] = async work => {
    const reader = await (opened ??= openArchive(folder));
    return store.consistently(async view => work(await archivedView(view, reader)));
  };
  return {
    ...store,
    consistently,
    load: loadsInTurn(consistently),
    intents: async range => consistently(async view => view.intents(range)),
    prunedCells: async feature => consistently(async view => view.prunedCells(feature)),
    scan: range =>
      streamOfOneMoment<Pick<Store, 'consistently'> & LedgerSource, LedgerRecord>({ ...store, consistently }, view =>
        view.scan(range),
      ),
    async close(withinMs) {
      await opened?.then(async reader => reader.close()).catch(() => {});
      await store.close(withinMs);
    },
  };
}

/**
 * One view at a time, for all intents that were requested since the last view began: a view may be a connection to the server,
 * and a reader of charges requests hundreds of intents at once.
 */
function loadsInTurn(consistently: Store['consistently']): StoreView['load'] {
  let last: Promise<unknown> = Promise.resolve();
  const loads = askedTogether(async take => {
    const next = last.then(async () =>
      consistently(async view => {
        const started = new Map([...take()].map(id => [id, view.load(id)]));
        await Promise.allSettled(started.values());
        return started;
      }),
    );
    last = next.catch(() => {});
    return next;
  });
  return async id => (await loads(id)).get(id) ?? [];
}

/** @param view - A view of one moment */
async function archivedView({ loadAll: _, ...view }: StoreView, reader: ArchiveReader): Promise<StoreView> {
  // The ledger is read first, so that every run it knows is already listed in the archive.
  const moment = await reader.at(await view.archive?.());
  const runs = runsOfIntents();
  const archived = archivedLoads(moment, runs);

  async function load(id: string): Promise<readonly LedgerRecord[]> {
    try {
      return await view.load(id);
    } catch (error) {
      if (!isIntentRemoved(error)) throw error;
      const records = await archived(id);
      // The intent was pruned before the archive began.
      if (records.length === 0) throw error;
      return records;
    }
  }

  return {
    ...view,
    load,
    scan: range => merged(archivedRecords(moment, range, runs), storedRecords(view, range)),
    intents: async range => listIntents(view, { moment, runs, load }, range),
    async prunedCells(feature) {
      const base = (await moment.pruned()).filter(({ key }) => feature === undefined || key.feature === feature);
      const folded: Cell[] = [];
      for (const [name, cells] of Map.groupBy(base, ({ key }) => key.feature))
        folded.push(...foldCells(cells, (await view.cellsSince(name)).grains));
      return folded;
    },
    scanPages: () => {
      throw new RouterError('invalid-value', 'a ledger is not read from page to page together with its archive', {
        path: 'scanPages',
        accepted: 'the store alone',
      });
    },
  };
}

/** A record and its place in the ledger. */
interface PlacedRecord {
  readonly record: LedgerRecord;
  readonly position: number;
}

async function* storedRecords(view: StoreView, range: ScanRange = {}): AsyncGenerator<PlacedRecord> {
  for await (const { records, positions } of view.scanPages(range))
    for (const [index, record] of records.entries()) yield { record, position: positions?.[index] ?? 0 };
}

async function* archivedRecords(
  { db, files, fileOf, runs }: ArchiveMoment,
  range: ScanRange = {},
  known: RunsOfIntents,
): AsyncGenerator<PlacedRecord> {
  const { feature, kind, fromMs = -Infinity, toMs = Infinity } = range;
  if (runs.length === 0) return;
  const conditions = [
    ...(feature === undefined ? [] : [`feature = ${sqlText(feature)}`]),
    ...(kind === undefined ? [] : [`kind = ${sqlText(kind)}`]),
    ...timesBetween(fromMs, toMs),
  ];
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  const rows = db.stream(
    `SELECT position, filename, json FROM read_parquet(${await files('records', runs)}, filename = true) ${where}
     ORDER BY position, intent_id, revision`,
  );
  for await (const part of rows)
    for (const [position, file, json] of part as readonly (readonly [bigint, string, string])[]) {
      const run = fileOf(file);
      const record = recordOf(json, run);
      known.set(record.intentId, run);
      yield { record, position: Number(position) };
    }
}

/** Merges both lists by position. */
async function* merged(
  archived: AsyncIterable<PlacedRecord>,
  stored: AsyncIterable<PlacedRecord>,
): AsyncGenerator<LedgerRecord> {
  const [left, right] = [archived[Symbol.asyncIterator](), stored[Symbol.asyncIterator]()];
  try {
    let [a, b] = [await left.next(), await right.next()];
    while (a.done !== true || b.done !== true) {
      if (b.done === true || (a.done !== true && isBefore(a.value, b.value))) {
        if (a.done !== true) yield a.value.record;
        a = await left.next();
      } else {
        yield b.value.record;
        b = await right.next();
      }
    }
  } finally {
    await left.return?.();
    await right.return?.();
  }
}

function isBefore(a: PlacedRecord, b: PlacedRecord): boolean {
  if (a.position !== b.position) return a.position < b.position;
  return a.record.intentId < b.record.intentId;
}
