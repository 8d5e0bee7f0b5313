/** Removes old intents from the SQLite store: pruning, and the store's side of an archive. */
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { ClosedIntent } from '../contracts/archiving.ts';
import { archiveExistsError, forgottenBefore } from '../contracts/archiving.ts';
import type { Store } from '../contracts/store.ts';
import type { Connection } from './sqlite-connection.ts';
import {
  adoptRemoved,
  claimArchive,
  closedOnFirstDay,
  forgetRemoved,
  prunePage,
  pruneReplies,
  removeRun,
  storedIntents,
} from './sqlite-removal.ts';
import { boundsOf } from './sqlite-steps.ts';
import type { Statements } from './sqlite-statements.ts';
import type { Run } from './sqlite-view.ts';
import { pagesOf } from './sqlite-view.ts';

/** Intents whose records are read before the event loop gets to other work. */
const INTENTS_AT_ONCE = 500;

/** @param connection - `write` runs a step in a transaction */
export function sqlitePruning(connection: {
  readonly read: Run;
  readonly write: Run;
}): Required<Pick<Store, 'prune' | 'archiving'>> {
  const read = <T>(step: (statements: Statements) => T): Promise<T> => connection.read(using(step));
  const write = <T>(step: (statements: Statements) => T): Promise<T> => connection.write(using(step));

  const forgetReplies = (beforeMs: number): Promise<void> => write(statements => pruneReplies(statements, beforeMs));

  async function forgetIds(beforeMs: number): Promise<void> {
    for (let after: string | undefined = ''; after !== undefined; await yieldToEventLoop()) {
      const from: string = after;
      after = await write(statements => forgetRemoved(statements, { after: from, beforeMs }));
    }
  }

  async function recordsOf(ids: readonly string[]): Promise<readonly ClosedIntent[]> {
    const intents: ClosedIntent[] = [];
    for (let start = 0; start < ids.length; start += INTENTS_AT_ONCE) {
      if (start > 0) await yieldToEventLoop();
      const part = ids.slice(start, start + INTENTS_AT_ONCE);
      intents.push(...(await read(statements => storedIntents(statements, part))));
    }
    return intents;
  }

  return {
    async prune(beforeMs, { progress, forgetBeforeMs = forgottenBefore(beforeMs) } = {}) {
      const pruned = { intents: 0, records: 0 };
      await read(requireNoArchive);
      for await (const page of pagesOf(await read(boundsOf))) {
        const range = { ...page, beforeMs };
        // Most pages have nothing to prune, so look first without the write lock.
        if (!(await read(statements => statements.closed.all(range).length > 0))) continue;
        const removed = await write(statements => {
          requireNoArchive(statements);
          return prunePage(statements, range);
        });
        pruned.intents += removed.intents;
        pruned.records += removed.records;
        progress?.(pruned.intents);
      }
      // If no intent is removed, few replies are old, and reading all of them is not worth it.
      if (pruned.intents > 0) await forgetReplies(beforeMs);
      await forgetIds(forgetBeforeMs);
      return pruned;
    },
    archiving: {
      claim: (archive, runs = []) => write(statements => claimArchive(statements, archive, runs)),
      closed: async query => recordsOf(await read(statements => closedOnFirstDay(statements, query))),
      stored: async ids => (await recordsOf(ids)).filter(({ records }) => records.length > 0),
      remove: (run, intents, options) => write(statements => removeRun(statements, { run, intents, ...options })),
      adopt: removed => write(statements => adoptRemoved(statements, removed)),
      async forget({ repliesBeforeMs, idsBeforeMs }) {
        await forgetReplies(repliesBeforeMs);
        await forgetIds(idsBeforeMs);
      },
    },
  };
}

function requireNoArchive(statements: Statements): void {
  if (statements.archive.get() !== undefined) throw archiveExistsError();
}

const using =
  <T>(step: (statements: Statements) => T) =>
  ({ statements }: Connection): T =>
    step(statements);
