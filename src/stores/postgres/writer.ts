/** Commits of this process: one group is under way, and the next one gathers meanwhile. */
import { checkChange } from '../../contracts/change.ts';
import type { Change, ChangeResult } from '../../contracts/store.ts';
import { RouterError } from '../../errors.ts';
import { isMisuse } from '../replay-change.ts';
import type { CommitGroup } from './commit.ts';
import type { PostgresCommit } from './commit-values.ts';
import type { PostgresConnection } from './connection.ts';

export interface PostgresWriter {
  commitAll(changes: readonly Change[]): Promise<readonly ChangeResult[]>;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

/** Changes in one statement. */
const GROUP = 500;

interface QueuedCommit extends PostgresCommit {
  isSettled(): boolean;
  /** An earlier change of the intent, in the same call, was not committed. */
  isHopeless(): boolean;
  reject(error: unknown): void;
}

export function writer(connection: PostgresConnection, commitGroup: CommitGroup): PostgresWriter {
  let queue: QueuedCommit[] = [];
  let draining: Promise<void> | undefined;

  async function drain(): Promise<void> {
    // Changes made in the same turn share a statement.
    await Promise.resolve();
    while (queue.length > 0) {
      const group = queue.slice(0, GROUP);
      queue = queue.slice(GROUP);
      const open = (): QueuedCommit[] => group.filter(commit => !commit.isSettled());
      // A change without records is not recognized when it is sent again, and could be counted twice.
      const times = group.some(({ json }) => json.length === 0) ? 'once' : undefined;
      try {
        await connection.run(async ask => {
          for (let rest = open(); rest.length > 0; rest = open()) {
            for (const commit of rest) if (commit.isHopeless()) commit.settle({ kind: 'conflict' });
            if (open().length > 0) await commitGroup(ask, open());
          }
        }, times);
      } catch (error) {
        for (const commit of open()) commit.reject(error);
      }
    }
    draining = undefined;
  }

  async function commitAll(changes: readonly Change[]): Promise<readonly ChangeResult[]> {
    /** Intents with an uncommitted change in this call: later changes were computed from it. */
    const failed = new Set<string>();
    const misused = new Set<string>();
    const results = changes.map(async (change): Promise<ChangeResult> => {
      const { intentId } = change;
      const error = misused.has(intentId) ? undefined : misuse(change);
      if (error !== undefined) misused.add(intentId);
      else if (!misused.has(intentId)) return enqueue(change, failed);
      return error === undefined ? { kind: 'conflict' } : { kind: 'refused', error };
    });
    return Promise.all(results);
  }

  async function enqueue(change: Change, failed: Set<string>): Promise<ChangeResult> {
    const { promise, resolve, reject } = Promise.withResolvers<ChangeResult>();
    let isSettled = false;
    const settle = (result: ChangeResult): void => {
      isSettled = true;
      if (result.kind === 'conflict' || result.kind === 'refused') failed.add(change.intentId);
      resolve(result);
    };
    const json = change.records.map(record => JSON.stringify(record));
    queue.push({
      change,
      json,
      settle,
      reject,
      isSettled: () => isSettled,
      isHopeless: () => failed.has(change.intentId),
    });
    draining ??= drain();
    return promise;
  }

  return {
    commitAll,
    async idle() {
      await draining;
    },
  };
}

function misuse(change: Change): RouterError | undefined {
  try {
    checkChange(change);
    for (const path of ['intentId', 'feature'] as const) checkStorable(change[path], `change.${path}`);
    return undefined;
  } catch (error) {
    if (isMisuse(error)) return error;
    throw error;
  }
}

/** UTF-8 cannot encode half a surrogate pair, and PostgreSQL's text cannot hold the character 0. */
function checkStorable(text: string, path: string): void {
  if (text.isWellFormed() && !text.includes('\0')) return;
  throw new RouterError('invalid-value', 'a text that PostgreSQL does not store', {
    path,
    accepted: 'well-formed Unicode without the character 0',
  });
}
