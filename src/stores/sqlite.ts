/** The embedded store: one SQLite file, shared by every process of a machine, through Node's own `node:sqlite`. */
import { checkNames, isText, RouterError } from '../errors.ts';
import { systemRuntime } from '../runtime.ts';
import type { Control } from '../contracts/control-store.ts';
import type { Change, ChangeResult, Store, StoreView } from '../contracts/store.ts';
import { damagedRows } from './sqlite-cells.ts';
import { sqliteCommitQueue } from './sqlite-commit-queue.ts';
import type { Connection } from './sqlite-connection.ts';
import { sqliteConnection } from './sqlite-connection.ts';
import { readControls, setControl } from './sqlite-controls.ts';
import { DamagedRow } from './sqlite-damage.ts';
import { unusable } from './sqlite-database.ts';
import { filedReads } from './sqlite-filed-reads.ts';
import { fileNoted, forgetJournal } from './sqlite-journal.ts';
import { maintainSlice, storeOf } from './sqlite-maintenance.ts';
import { sqlitePruning } from './sqlite-pruning.ts';
import type { Snapshot } from './sqlite-snapshot.ts';
import { putSessions, readSessions } from './sqlite-sessions.ts';
import { openSnapshot, snapshotOfCopy } from './sqlite-snapshot.ts';
import { claimDue, correctCells, isDue } from './sqlite-steps.ts';
import { sqliteView } from './sqlite-view.ts';

export interface SqliteOptions {
  /**
   * What an acknowledged commit survives. Neither setting can damage the file or lose a part of a commit.
   * - `process-crash` (default): the end of this process by any means (kill −9, out of memory). A power loss or a kernel
   *   crash may lose the last commits before it.
   * - `power-loss`: that as well; every group of commits waits for the disk, and the event loop with it.
   */
  readonly survives?: 'process-crash' | 'power-loss';
  /** How long to wait for another process's lock before rejecting; default 10,000 ms. */
  readonly lockTimeoutMs?: number;
}

/**
 * A store in one SQLite file (and its `-wal` and `-shm` beside it). Several processes of one machine may use it at once;
 * the file must not be on a network file system.
 *
 * The file is opened on first use; if that fails, the next use tries again. A commit is acknowledged when it is durable: a few
 * changes as one row of the file's journal, which is filed into ledger and statistics within 50 ms and before any read; many at once
 * directly. `commitAll` calls of one iteration of the event loop share a transaction.
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
  const connectionOptions = { synchronous: survives === 'power-loss' ? 'FULL' : 'NORMAL', lockTimeoutMs } as const;
  const { nowMs, after, sleep } = systemRuntime();
  const file = sqliteConnection(path, connectionOptions);
  const snapshots = new Set<Snapshot>();
  /** Work on the connections. */
  const underWay = new Set<Promise<unknown>>();
  const commits = sqliteCommitQueue(file, { nowMs, after });
  let closed = false;
  /** The time for what is under way at the end is over. */
  let ended = false;

  const closedError = (): RouterError => new RouterError('store-unusable', 'the store is closed', { path });

  function checkOpen(): void {
    if (closed) throw closedError();
  }

  const readFiled = filedReads(path, file, { sleep });

  async function read<T>(step: (connection: Connection) => T): Promise<T> {
    checkOpen();
    return readFiled(step);
  }

  async function write<T>(step: (connection: Connection) => T): Promise<T> {
    checkOpen();
    return file.write(connection => {
      fileNoted(connection);
      // The step may change cells.
      forgetJournal(connection.journal);
      return step(connection);
    });
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

  async function consistently<Result>(work: (view: StoreView) => Promise<Result>): Promise<Result> {
    checkOpen();
    const done = inSnapshot(work);
    underWay.add(done);
    return done.finally(() => underWay.delete(done));
  }

  async function inSnapshot<Result>(work: (view: StoreView) => Promise<Result>): Promise<Result> {
    const connection = await read(found => found);
    if (ended) throw closedError();
    const snapshot =
      connection.copyNumber === undefined
        ? openSnapshot(path, connectionOptions, file)
        : snapshotOfCopy(connection, file);
    snapshots.add(snapshot);
    try {
      await snapshot.begun;
      return await work(sqliteView(path, snapshot.run, { isSnapshot: true }));
    } finally {
      snapshots.delete(snapshot);
      await snapshot.close();
    }
  }

  async function commitAll(changes: readonly Change[]): Promise<readonly ChangeResult[]> {
    checkOpen();
    return commits.commitAll(changes);
  }

  function commitNow(changes: readonly Change[]): readonly ChangeResult[] | undefined {
    checkOpen();
    return commits.commitNow(changes);
  }

  const view = sqliteView(path, read, { isSnapshot: false });
  const store: Store = Object.freeze<Store>({
    name: 'sqlite',
    ...(path === ':memory:' ? {} : { spoolPath: `${path}.spool.jsonl` }),
    ...view,
    commitAll: Object.assign(commitAll, { now: commitNow }),
    ...sqlitePruning({ read, write }),
    consistently,
    // The journal contains no sessions, so these methods leave it as it is.
    async sessions(ids) {
      checkOpen();
      return file.run(({ statements }) => readSessions(statements, ids));
    },
    async putSessions(states) {
      checkOpen();
      await file.write(({ statements }) => putSessions(statements, states));
    },
    async forgetSessions(ids) {
      checkOpen();
      await file.write(({ statements }) => statements.removeSessions.run(JSON.stringify(ids)));
    },
    controls,
    setControl: control => write(({ statements }) => setControl(statements, control)),
    modelOfReply: key =>
      read(({ statements }) => (statements.modelOfReply.get(key) as { model: string } | undefined)?.model),
    intentOfReply: key =>
      read(({ statements }) => (statements.intentOfReply.get(key) as { intent: string } | undefined)?.intent),
    generations: features =>
      read(({ statements, copyNumber }) => {
        const { id } = storeOf(statements);
        const suffix = copyNumber === undefined ? '' : `.${copyNumber}`;
        const rows = statements.serials.all(JSON.stringify(features)) as { feature: string; serial: number }[];
        return new Map(rows.map(({ feature, serial }) => [feature, `${id}.${serial}${suffix}`]));
      }),
    async claimDue(dueByMs, limit, leaseMs, features) {
      const claim = { nowMs: dueByMs, untilMs: dueByMs + leaseMs, limit, features };
      // Most of the time nothing is due, so look first without the write lock.
      if (!(await read(({ statements }) => isDue(statements, claim)))) return [];
      return write(({ statements }) => claimDue(statements, claim));
    },
    async correctCells(feature, difference, options) {
      const damaged = await damagedRows(step => read(({ statements }) => step(statements.cells)), feature);
      return write(({ statements }) => correctCells(statements, { feature, difference, damaged, options }));
    },
    maintain: async (atMs = nowMs()) => maintainSlice({ read, write, cellsSince: view.cellsSince }, atMs),
    async close(withinMs = 5_000) {
      closed = true;
      let cancel = (): void => {};
      const late = new Promise<void>(resolve => {
        cancel = after(withinMs, resolve);
      });
      await Promise.race([Promise.allSettled([commits.end(), ...underWay]), late]);
      ended = true;
      await Promise.all([...snapshots].map(snapshot => snapshot.close(late)));
      await file.close(late);
      cancel();
    },
  });
  return store;
}

const SURVIVES = ['process-crash', 'power-loss'] as const;

/** @throws RouterError `invalid-value` */
function checkArguments(path: string, options: SqliteOptions): void {
  if (!isText(path) || path.includes('\0')) {
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
