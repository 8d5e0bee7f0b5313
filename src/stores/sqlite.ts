/** The embedded store: one SQLite file, shared by every process of a machine, through Node's own `node:sqlite`. */
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { LedgerRecord } from '../core/ledger/records.ts';
import { formerKind } from '../core/ledger/record-versions.ts';
import { checkNames, RouterError } from '../errors.ts';
import { checkChange } from '../contracts/change.ts';
import type { ScanRange } from '../contracts/ledger-source.ts';
import type { Change, Control, Pruned, PruneOptions, Store } from '../contracts/store.ts';
import type { Connection } from './sqlite-connection.ts';
import { generationOf, sqliteConnection } from './sqlite-connection.ts';
import { revised } from './revised.ts';
import { unusable } from './sqlite-database.ts';
import type { EncodedChange, LedgerRow, PageRange } from './sqlite-steps.ts';
import { commitGroup, parseRow, prunePage, readControls, recordsOf, replaceCells, setControl } from './sqlite-steps.ts';
import { DamagedRow } from './sqlite-statements.ts';

export interface SqliteOptions {
  /**
   * What an acknowledged commit survives. Neither setting can damage the file or lose a part of a commit.
   * - `process-crash` (default): the end of this process by any means (kill −9, out of memory). A power loss or a kernel
   *   crash may lose the last commits before it.
   * - `power-loss`: that as well; every group of commits waits for the disk.
   */
  readonly survives?: 'process-crash' | 'power-loss';
  /** How long to wait for another process's lock before rejecting; default 10,000 ms. */
  readonly lockTimeoutMs?: number;
}

/** Bounds how long one transaction blocks the event loop. */
const MAX_COMMITS_PER_TRANSACTION = 500;
/** Ledger rows read, or looked through for pruning, before the event loop gets to other work. */
const PAGE_ROWS = 500;

interface Waiting extends EncodedChange {
  readonly resolve: (committed: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A store in one SQLite file (and its `-wal` and `-shm` beside it). Several processes of one machine may use it at once;
 * the file must not be on a network file system.
 *
 * The file is opened on first use; if that fails, the next use tries again. Commits made in the same iteration of the
 * event loop share one transaction; each resolves after it is durable, with its own result.
 *
 * Every method rejects with a RouterError `store-unusable` that names the file and what to do. A damaged file, a
 * newer schema and another program's database are left unchanged.
 *
 * @param path - File name; its directory must exist. `:memory:` keeps it in memory.
 * @throws RouterError `invalid-value` for a path that is not a file name, an unknown option or a value that it does not take
 *
 * @example
 * ```ts
 * import { sqlite } from 'outcome-router/stores/sqlite';
 * const router = createRouter({ models, features, store: sqlite('router.db') });
 * ```
 */
export function sqlite(path: string, options: SqliteOptions = {}): Store {
  checkArguments(path, options);
  const { survives = 'process-crash', lockTimeoutMs = 10_000 } = options;
  const synchronous = survives === 'power-loss' ? 'FULL' : 'NORMAL';
  const file = sqliteConnection(path, { synchronous, lockTimeoutMs });
  let closed = false;
  let queue: Waiting[] = [];
  let draining: Promise<void> | undefined;

  const closedError = (): RouterError => new RouterError('store-unusable', 'the store is closed', { path });

  async function read<T>(step: (connection: Connection) => T): Promise<T> {
    if (closed) throw closedError();
    return file.run(step);
  }

  async function write<T>(step: (connection: Connection) => T): Promise<T> {
    if (closed) throw closedError();
    return file.write(step);
  }

  async function commit(change: Change): Promise<boolean> {
    checkChange(change);
    if (closed) throw closedError();
    const json = change.records.map(record => JSON.stringify(record));
    return new Promise((resolve, reject) => {
      queue.push({ change, json, resolve, reject });
      draining ??= drain();
    });
  }

  async function drain(): Promise<void> {
    await yieldToEventLoop();
    while (queue.length > 0) {
      const group = queue.slice(0, MAX_COMMITS_PER_TRANSACTION);
      queue = queue.slice(MAX_COMMITS_PER_TRANSACTION);
      try {
        const results = await file.write(({ statements }) => commitGroup(statements, group));
        group.forEach(({ resolve }, index) => resolve(results[index] === true));
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
      await yieldToEventLoop();
    }
    draining = undefined;
  }

  /** Pages of the ledger as it is now; the event loop runs other work between them. */
  async function* pages(): AsyncGenerator<PageRange> {
    const { first, last } = await read(({ statements }) => statements.bounds.get() as { first: number; last: number });
    for (let start = first; start <= last; start += PAGE_ROWS) {
      yield { start, end: Math.min(start + PAGE_ROWS - 1, last) };
      await yieldToEventLoop();
    }
  }

  async function* scan({ feature, kind, fromMs, toMs, damaged }: ScanRange = {}): AsyncGenerator<LedgerRecord> {
    const filter = {
      feature: feature ?? null,
      kind: kind ?? null,
      formerKind: formerKind(kind) ?? null,
      fromMs: fromMs ?? -Infinity,
      toMs: toMs ?? Infinity,
    };
    for await (const page of pages()) {
      const rows = await read(
        ({ statements }) => statements.page.all({ ...page, ...filter }) as unknown as LedgerRow[],
      );
      for (const row of rows) {
        const record = recordOf(row, damaged);
        if (record !== undefined) yield record;
      }
    }
  }

  function recordOf(row: LedgerRow, damaged: ScanRange['damaged']): LedgerRecord | undefined {
    try {
      return parseRow(row);
    } catch (error) {
      if (damaged === undefined) throw unusable(path, error);
      damaged(unusable(path, error));
      return undefined;
    }
  }

  async function controls(damaged?: (error: unknown) => void): Promise<readonly Control[]> {
    const found = await read(({ statements }) => readControls(statements));
    return found.flatMap(control => {
      if (!(control instanceof DamagedRow)) return control;
      if (damaged === undefined) throw unusable(path, control);
      damaged(unusable(path, control));
      return [];
    });
  }

  async function prune(beforeMs: number, { progress }: PruneOptions = {}): Promise<Pruned> {
    const pruned = { intents: 0, records: 0 };
    for await (const page of pages()) {
      const range = { ...page, beforeMs };
      // Most pages have nothing to prune, so look first without the write lock.
      const found = await read(({ statements }) => statements.closed.all(range).length > 0);
      if (!found) continue;
      const removed = await write(({ statements }) => prunePage(statements, range));
      pruned.intents += removed.intents;
      pruned.records += removed.records;
      progress?.(pruned.intents);
    }
    return pruned;
  }

  const store: Store = Object.freeze<Store>({
    ...revised(() => store),
    name: 'sqlite',
    ...(path === ':memory:' ? {} : { spoolPath: `${path}.spool.jsonl` }),
    commit,
    scan,
    prune,
    features: () =>
      read(({ statements }) => (statements.features.all() as { feature: string }[]).map(row => row.feature)),
    intents: ({ feature, fromMs = -Infinity, toMs = Infinity, limit }) =>
      read(({ statements }) =>
        (statements.intents.all({ feature, fromMs, toMs, limit }) as { intent_id: string }[]).map(row => row.intent_id),
      ),
    modelOfReply: key =>
      read(({ statements }) => (statements.modelOfReply.get(key) as { model: string } | undefined)?.model),
    intentOfReply: key =>
      read(({ statements }) => (statements.intentOfReply.get(key) as { intent: string } | undefined)?.intent),
    controls,
    setControl: control => write(({ statements }) => setControl(statements, control)),
    cells: (feature, damaged) =>
      read(({ statements }) => statements.cells.read(feature, damaged && (row => damaged(unusable(path, row))))),
    prunedCells: feature => read(({ statements }) => statements.prunedCells.read(feature)),
    load: intentId => read(({ statements }) => recordsOf(statements, intentId)),
    due: (nowMs, limit) =>
      read(({ statements }) => (statements.due.all(nowMs, limit) as { intent_id: string }[]).map(row => row.intent_id)),
    replaceCells: (feature, cells, replaceOptions = {}) =>
      write(connection => replaceCells(connection, feature, cells, replaceOptions)),
    generation: () => read(generationOf),
    async close() {
      closed = true;
      await draining;
      await file.close();
    },
  });
  return store;
}

const SURVIVES = ['process-crash', 'power-loss'] as const;

/** @throws RouterError `invalid-value` */
function checkArguments(path: string, options: SqliteOptions): void {
  if (typeof path !== 'string' || path === '') {
    throw new RouterError('invalid-value', 'not a file name', {
      path: 'sqlite.path',
      accepted: "the name of the database file: 'router.db', or ':memory:'",
    });
  }
  checkNames(options, ['survives', 'lockTimeoutMs'], 'sqlite');
  const { survives = 'process-crash', lockTimeoutMs = 0 } = options;
  if (!SURVIVES.includes(survives)) {
    throw new RouterError('invalid-value', 'not accepted', {
      path: 'sqlite.survives',
      accepted: SURVIVES,
      ...(typeof survives === 'string' ? { given: survives } : {}),
    });
  }
  // False for NaN too.
  if (typeof lockTimeoutMs !== 'number' || !(lockTimeoutMs >= 0)) {
    throw new RouterError('invalid-value', 'not accepted', {
      path: 'sqlite.lockTimeoutMs',
      accepted: 'milliseconds from 0',
    });
  }
}
