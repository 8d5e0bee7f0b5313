/** The embedded store: one SQLite file, shared by every process of a machine, through Node's own `node:sqlite`. */
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LedgerRecord } from '../core/ledger/records.ts';
import { foldIntent } from '../core/ledger/records.ts';
import type { StoredRecord } from '../core/ledger/record-versions.ts';
import { formerKind, upgradeRecord } from '../core/ledger/record-versions.ts';
import { contribution } from '../core/cells/contribution.ts';
import type { Cell } from '../core/cells/cell.ts';
import { RouterError } from '../errors.ts';
import { checkChange } from '../contracts/change.ts';
import { isBusy, LOCK_SLICE_MS, openDatabase, unusable } from './sqlite-database.ts';
import type { Statements } from './sqlite-statements.ts';
import { mergeCells, prepare, replaceTable } from './sqlite-statements.ts';
import type { ScanRange } from '../contracts/ledger-source.ts';
import type { Change, Pruned, PruneOptions, ReplaceCellsOptions, Store } from '../contracts/store.ts';

export interface SqliteOptions {
  /**
   * What an acknowledged commit survives. Neither setting can damage the file or lose a part of a commit.
   * - `process-crash` (default): the end of this process by any means (kill −9, out of memory). The last commits before a
   *   power loss or a kernel crash may be gone.
   * - `power-loss`: that as well; every group of commits waits for the disk.
   */
  readonly survives?: 'process-crash' | 'power-loss';
  /** How long to wait for another process's lock before rejecting; 10,000 ms where it is not given. */
  readonly lockTimeoutMs?: number;
}

/** Commits that share one transaction, at most: bounds how long the event loop is held. */
const GROUP = 500;
/** Ledger rows read, and intents pruned, between two turns of the event loop. */
const PAGE = 500;

interface Connection {
  readonly database: DatabaseSync;
  readonly statements: Statements;
  /** Commits of this connection, which `data_version` leaves out, above a number no earlier connection reached. */
  commits: number;
}

interface Waiting {
  readonly change: Change;
  readonly json: readonly string[];
  readonly resolve: (committed: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A store in one SQLite file (and its `-wal` and `-shm` beside it). Several processes of one machine may use it at once;
 * a network file system may not hold it.
 *
 * Nothing is opened before the first use, and a file that could not be opened is tried again at the next use. Commits of
 * the same turn of the event loop share one transaction; each resolves after it is durable, with its own result.
 *
 * Every method rejects with a RouterError `store-unusable` that names the file and what to do. A damaged file, a
 * newer schema and another program's database are left as they are.
 *
 * @param path - File name; its directory must exist. `:memory:` keeps it in memory.
 *
 * @example
 * ```ts
 * import { sqlite } from 'outcome-router/stores/sqlite';
 * const router = createRouter({ models, features, store: sqlite('router.db') });
 * ```
 */
export function sqlite(path: string, options: SqliteOptions = {}): Store {
  const { survives = 'process-crash', lockTimeoutMs = 10_000 } = options;
  const synchronous = survives === 'power-loss' ? 'FULL' : 'NORMAL';
  const attempts = Math.max(1, Math.ceil(lockTimeoutMs / LOCK_SLICE_MS));
  let connection: Connection | undefined;
  let connections = 0;
  let closed = false;
  let queue: Waiting[] = [];
  let draining: Promise<void> | undefined;
  const underWay = new Set<Promise<void>>();

  function connect(): Connection {
    if (connection !== undefined) return connection;
    const database = openDatabase(path, { synchronous });
    connection = { database, statements: prepare(database), commits: ++connections * 2 ** 32 };
    return connection;
  }

  function disconnect(): void {
    const old = connection;
    connection = undefined;
    old?.database.close();
  }

  /** Runs one synchronous step; while another process holds the lock, again and again with other work between. */
  async function step<T>(work: (connection: Connection) => T): Promise<T> {
    for (let left = attempts; ; left--) {
      try {
        return work(connect());
      } catch (error) {
        if (left > 1 && isBusy(error)) {
          await nextTurn();
          continue;
        }
        // After a fault of the file the next use starts afresh: the cause may be mended meanwhile.
        if (!isBusy(error) && !RouterError.isInstance(error)) disconnect();
        throw unusable(path, error);
      }
    }
  }

  function use<T>(work: (connection: Connection) => T): Promise<T> {
    if (closed) return Promise.reject(new RouterError('store-unusable', 'the store is closed', { path }));
    const done = step(work);
    const ended = done.then(
      () => void underWay.delete(ended),
      () => void underWay.delete(ended),
    );
    underWay.add(ended);
    return done;
  }

  const write = <T>(work: (connection: Connection) => T): Promise<T> => use(open => transaction(open, work));

  async function drain(): Promise<void> {
    await nextTurn();
    while (queue.length > 0) {
      const group = queue.slice(0, GROUP);
      queue = queue.slice(GROUP);
      try {
        const results = await step(open => transaction(open, ({ statements }) => commitGroup(statements, group)));
        group.forEach(({ resolve }, index) => resolve(results[index] ?? false));
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
      await nextTurn();
    }
    draining = undefined;
  }

  async function commit(change: Change): Promise<boolean> {
    checkChange(change);
    if (closed) throw new RouterError('store-unusable', 'the store is closed', { path });
    const json = change.records.map(record => JSON.stringify(record));
    return new Promise((resolve, reject) => {
      queue.push({ change, json, resolve, reject });
      draining ??= drain();
    });
  }

  /** The ledger there is now, in parts of bounded size, with a turn of the event loop between them. */
  async function* pages(): AsyncGenerator<{ readonly start: number; readonly end: number }> {
    const { first, last } = await use(({ statements }) => statements.bounds.get() as { first: number; last: number });
    for (let start = first; start <= last; start += PAGE) {
      yield { start, end: Math.min(start + PAGE - 1, last) };
      await nextTurn();
    }
  }

  async function* scan({ feature, kind, fromMs, toMs }: ScanRange = {}): AsyncGenerator<LedgerRecord> {
    const range = {
      feature: feature ?? null,
      kind: kind ?? null,
      formerKind: (kind === undefined ? undefined : formerKind(kind)) ?? null,
      fromMs: fromMs ?? -Infinity,
      toMs: toMs ?? Infinity,
    };
    for await (const part of pages()) {
      const rows = await use(({ statements }) => statements.page.all({ ...part, ...range }) as { json: string }[]);
      for (const { json } of rows) yield parseRecord(json);
    }
  }

  async function prune(beforeMs: number, { progress }: PruneOptions = {}): Promise<Pruned> {
    const pruned = { intents: 0, records: 0 };
    for await (const part of pages()) {
      const range = { ...part, beforeMs };
      // Looked for without the writers' lock first: most of a ledger is either long pruned or still wanted.
      const found = await use(({ statements }) => statements.closed.all(range).length > 0);
      if (!found) continue;
      const page = await write(({ statements }) => prunePage(statements, range));
      pruned.intents += page.intents;
      pruned.records += page.records;
      progress?.(pruned.intents);
    }
    return pruned;
  }

  return Object.freeze<Store>({
    name: 'sqlite',
    ...(path === ':memory:' || path === '' ? {} : { spoolPath: `${path}.spool.jsonl` }),
    commit,
    scan,
    prune,
    features: () =>
      use(({ statements }) => (statements.features.all() as { feature: string }[]).map(row => row.feature)),
    intents: ({ feature, fromMs = -Infinity, toMs = Infinity, limit }) =>
      use(({ statements }) =>
        (statements.intents.all({ feature, fromMs, toMs, limit }) as { intent_id: string }[]).map(row => row.intent_id),
      ),
    cells: feature => use(({ statements }) => statements.cells.read(feature)),
    prunedCells: feature => use(({ statements }) => statements.prunedCells.read(feature)),
    load: intentId => use(({ statements }) => recordsOf(statements, intentId)),
    due: (atMs, limit) =>
      use(({ statements }) => (statements.due.all(atMs, limit) as { intent_id: string }[]).map(row => row.intent_id)),
    replaceCells: (feature, cells, replaceOptions = {}) =>
      write(open => replaceCells(open, feature, cells, replaceOptions)),
    generation: () => use(generationOf),
    async close() {
      closed = true;
      await Promise.all([draining, ...underWay]);
      disconnect();
    },
  });
}

function transaction<T>(connection: Connection, work: (connection: Connection) => T): T {
  const { database } = connection;
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work(connection);
    database.exec('COMMIT');
    connection.commits++;
    return result;
  } catch (error) {
    try {
      database.exec('ROLLBACK');
    } catch {
      // SQLite has rolled back by itself (full disk, I/O error); the first error says why.
    }
    throw error;
  }
}

function commitGroup(statements: Statements, group: readonly Waiting[]): readonly boolean[] {
  const delta: Cell[] = [];
  const results = group.map(({ change, json }) => {
    const { intentId, expectedRevision, dueAtMs } = change;
    const { revisions } = statements.revisions.get(intentId) as { revisions: number };
    if (revisions !== expectedRevision) return false;
    change.records.forEach((record, index) => {
      const { revision, feature, atMs, kind } = record;
      statements.append.run(intentId, revision, feature, atMs, kind, json[index] ?? '');
    });
    delta.push(...change.delta);
    if (dueAtMs !== null) statements.setDue.run(intentId, dueAtMs);
    else if (expectedRevision > 0) statements.clearDue.run(intentId);
    return true;
  });
  mergeCells(statements.cells, delta);
  return results;
}

function replaceCells(
  open: Connection,
  feature: string,
  cells: readonly Cell[],
  options: ReplaceCellsOptions,
): boolean {
  const { statements } = open;
  if (options.ifGeneration !== undefined && options.ifGeneration !== generationOf(open)) return false;
  replaceTable(statements.cells, feature, cells);
  if (options.pruned !== undefined) replaceTable(statements.prunedCells, feature, options.pruned);
  return true;
}

/** `data_version` changes with other connections' commits; both counters only grow, so their sum never repeats. */
function generationOf({ statements, commits }: Connection): number {
  const { data_version: others } = statements.dataVersion.get() as { data_version: number };
  return others + commits;
}

function prunePage(statements: Statements, range: { start: number; end: number; beforeMs: number }): Pruned {
  const closed = statements.closed.all(range) as { intent_id: string }[];
  let removed = 0;
  const base: Cell[] = [];
  for (const { intent_id: id } of closed) {
    const intent = foldIntent(recordsOf(statements, id));
    if (intent !== undefined) base.push(...contribution(intent));
    removed += Number(statements.remove.run(id).changes);
  }
  mergeCells(statements.prunedCells, base);
  return { intents: closed.length, records: removed };
}

function recordsOf(statements: Statements, intentId: string): readonly LedgerRecord[] {
  return (statements.load.all(intentId) as { json: string }[]).map(row => parseRecord(row.json));
}

function parseRecord(json: string): LedgerRecord {
  return upgradeRecord(JSON.parse(json) as StoredRecord);
}
