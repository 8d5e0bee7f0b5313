/** Decides when the SQLite store commits, and when it files the changes that it has noted. */
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { Change, ChangeResult, CommitNow } from '../contracts/store.ts';
import { RouterError } from '../errors.ts';
import type { Runtime } from '../runtime.ts';
import { beforeExit } from './before-exit.ts';
import type { Call } from './sqlite-commit.ts';
import { encode, MAX_COMMITS_PER_TRANSACTION, partsOf } from './sqlite-commit.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { DamagedRow } from './sqlite-damage.ts';
import { commitChanges, fileNoted } from './sqlite-journal.ts';

/** How long a change is in the journal alone, unless a read comes before. Longer files more of them together. */
const FILED_AFTER_MS = 50;

/** Changes that are filed at a time, between other work: it takes about a millisecond. */
const CHANGES_PER_SLICE = 64;

export interface SqliteCommitQueue {
  commitAll(changes: readonly Change[]): Promise<readonly ChangeResult[]>;
  readonly commitNow: CommitNow;
  /**
   * Resolves when all given changes are committed and filed. Never rejects: a change that could not be filed is filed later, by any
   * process.
   */
  end(): Promise<void>;
}

interface Waiting extends Call {
  readonly resolve: (results: readonly ChangeResult[]) => void;
  readonly reject: (error: unknown) => void;
}

export function sqliteCommitQueue(
  file: SqliteConnection,
  { nowMs, after }: Pick<Runtime, 'nowMs' | 'after'>,
): SqliteCommitQueue {
  const queue: Waiting[] = [];
  let draining: Promise<void> | undefined;
  /** Ends the wait for the next slice of filing, and for the end of the process; absent where nothing may be noted. */
  let cancelFiling: (() => void) | undefined;

  function enqueue(call: Call): Promise<readonly ChangeResult[]> {
    return new Promise((resolve, reject) => {
      queue.push({ ...call, resolve, reject });
      draining ??= drain();
    });
  }

  async function drain(): Promise<void> {
    await yieldToEventLoop();
    while (queue.length > 0) {
      await commitTogether(nextGroup());
      await yieldToEventLoop();
    }
    draining = undefined;
  }

  function nextGroup(): readonly Waiting[] {
    let size = 0;
    const end = queue.findIndex(({ changes }) => (size += changes.length) > MAX_COMMITS_PER_TRANSACTION);
    return queue.splice(0, end < 0 ? queue.length : end);
  }

  async function commitTogether(group: readonly Waiting[]): Promise<void> {
    try {
      const results = await file.write(connection => commitChanges(connection, group, nowMs()));
      fileSoon();
      group.forEach(({ resolve }, index) => resolve(results[index] ?? []));
    } catch (error) {
      // A row that cannot be read matters only to changes that would add to it.
      const isDamage = RouterError.isInstance(error) && error.cause instanceof DamagedRow;
      if (isDamage && group.length > 1) for (const call of group) await commitTogether([call]);
      else for (const { reject } of group) reject(error);
    }
  }

  function fileSoon(): void {
    if (cancelFiling !== undefined) return;
    const cancels = [after(FILED_AFTER_MS, () => void fileSlice()), beforeExit(fileAtOnce)];
    cancelFiling = () => {
      for (const cancel of cancels) cancel();
      cancelFiling = undefined;
    };
  }

  function fileAtOnce(): void {
    try {
      file.writeNow(connection => {
        fileNoted(connection);
        return connection;
      });
    } catch {
      // The next process files the rest.
    }
  }

  async function fileSlice(): Promise<void> {
    try {
      while (!(await fileSome(CHANGES_PER_SLICE))) await yieldToEventLoop();
    } catch {
      // The next reader files the changes, or gets the error.
    }
    cancelFiling?.();
  }

  /** Resolves to whether nothing is left. */
  const fileSome = (limit?: number): Promise<boolean> =>
    file.write(connection => {
      fileNoted(connection, limit);
      return connection.journal.size === 0;
    });

  return {
    async commitAll(changes) {
      const lost = new Set<string>();
      const parts = partsOf(changes.map(encode)).map(part => enqueue({ changes: part, lost }));
      return (await Promise.all(parts)).flat();
    },
    commitNow(changes) {
      // Changes that wait for the lock come first.
      if (draining !== undefined || changes.length > MAX_COMMITS_PER_TRANSACTION) return undefined;
      const call = { changes: changes.map(encode), lost: new Set<string>() };
      const answers = file.writeNow(connection => commitChanges(connection, [call], nowMs()));
      if (answers !== undefined) fileSoon();
      return answers?.[0];
    },
    async end() {
      await draining;
      if (cancelFiling === undefined) return;
      cancelFiling();
      await fileSome().catch(() => {});
    },
  };
}
