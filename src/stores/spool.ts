/** Fail open: changes that a store cannot take are kept on the local disk and replayed when it is back. */
import { accepting, callback, optional, optionsWith, text } from '../argument-checks.ts';
import { checkChange } from '../contracts/change.ts';
import { commitOne } from '../contracts/commit-on-latest.ts';
import type { Change, ChangeResult, RoutingRead, Store } from '../contracts/store.ts';
import { optionalMethods } from './optional-methods.ts';
import { outage } from './outage.ts';
import type { Replayed, SpooledChange } from './replay-change.ts';
import { isMisuse, replayChanges } from './replay-change.ts';
import type { SpoolFile } from './spool-file.ts';
import { openOnUse } from './spool-file.ts';
import { spooledReads } from './spooled-reads.ts';
import { spoolQueue } from './spool-queue.ts';

/** Changes that a replay reads and sends together. More of them ask the store less often, and are sent again when it fails. */
const CHANGES_PER_REPLAY = 500;

/**
 * After a failure, the first try sends one change, and after each success the next try sends this many times as many: while the
 * store is down, hundreds of changes would otherwise be read and computed every second for nothing.
 */
const GROWTH_PER_REPLAY = 8;

const CLOSE_WITHIN_MS = 5_000;

const COMMITTED: ChangeResult = Object.freeze({ kind: 'committed' });
const CONFLICT: ChangeResult = Object.freeze({ kind: 'conflict' });

export interface SpoolOptions {
  /**
   * The file, on a local disk. Processes of one machine may share the path: each gets a file of its own, and takes over
   * those of ended processes. `<path>.aside` keeps what cannot be replayed, the empty `.owner` files are locks and stay.
   */
  readonly path: string;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
  /** How long after a failure the store is asked again; default 1,000 ms. */
  readonly retryAfterMs?: number;
  /** Size limit of the spool; default 64 MiB. While it is full, commits reject; `faulted` is called at 80 %. */
  readonly maxBytes?: number;
  /** Called when the store fails, and for every change that is set aside because it cannot be replayed. */
  readonly faulted?: (error: unknown) => void;
}

const checkOptions = optionsWith<SpoolOptions>({
  path: text,
  nowMs: callback,
  retryAfterMs: optional(accepting('milliseconds from 0', value => typeof value === 'number' && value >= 0)),
  maxBytes: optional(accepting('bytes above 0', value => typeof value === 'number' && value > 0)),
  faulted: optional(callback),
});

export interface SpoolingStore extends Store {
  routingCells(feature: string): Promise<RoutingRead>;
  /** Number of changes that the store has not taken yet. */
  readonly spooled: number;
  /** Replays the spool into the store now; resolves to the number of changes left. Never rejects. */
  drain(): Promise<number>;
}

/**
 * The store, failing open. While it rejects, a commit resolves once the change is on the local disk, and rejects when it
 * cannot be written there either (the caller has to try again: the store may have it all the same). Spooled changes are read
 * from the disk; a read that needs the store as well replays the spool first, and rejects with the store's error where it
 * cannot. With a cursor, `cellsSince` returns nothing new while changes are spooled.
 *
 * Spooled changes are replayed in order, on a later commit or by {@link SpoolingStore.drain}. If other writers committed
 * to the intent first, the change is rebased: its records follow theirs, and its delta is computed again.
 *
 * @throws RouterError `invalid-value` for an option that is unknown or has a value that it does not take
 *
 * @example
 * ```ts
 * const safe = spooling(store, { path: '/var/lib/app/router.spool', nowMs: Date.now });
 * ```
 */
export function spooling(store: Store, options: SpoolOptions): SpoolingStore {
  checkOptions(options, 'spooling');
  const { path, nowMs, retryAfterMs = 1_000, maxBytes = 64 * 2 ** 20, faulted = () => {} } = options;
  const queue = spoolQueue();
  const health = outage({ nowMs, retryAfterMs });
  const spool = openOnUse(path, { maxBytes, faulted }, found => {
    found.forEach(queue.append);
    isOpened = true;
  });
  let draining: Promise<number> | undefined;
  let isOpened = false;
  let isClosed = false;
  let stopAtMs = Infinity;
  let perReplay = CHANGES_PER_REPLAY;

  function failed(error: unknown): void {
    perReplay = 1;
    health.failed(error);
    faulted(error);
  }

  async function commitAll(changes: readonly Change[]): Promise<readonly ChangeResult[]> {
    if (isClosed) return store.commitAll(changes);
    const file = await spool();
    if (queue.length === 0 && !health.isDown()) {
      try {
        return await store.commitAll(changes);
      } catch (error) {
        failed(error);
      }
    }
    if (file === undefined) throw health.error;
    const answers = await keepAll(file, changes);
    if (!health.isDown()) void replay();
    return answers;
  }

  /** Commits only the changes that the store accepts; `commitAll` spools the rest. */
  function commitNow(changes: readonly Change[]): readonly ChangeResult[] | undefined {
    if (isClosed || !isOpened || queue.length > 0 || health.isDown()) return undefined;
    try {
      return store.commitAll.now?.(changes);
    } catch (error) {
      failed(error);
      return undefined;
    }
  }

  /**
   * Rejects when a change is neither on disk nor in the store. For the other changes, the next call answers `known`.
   */
  async function keepAll(file: SpoolFile, changes: readonly Change[]): Promise<readonly ChangeResult[]> {
    /** Intents of which a change was not taken. */
    const stopped = new Set<string>();
    const answers = await Promise.allSettled(
      changes.map(async change => {
        const refusal = stopped.has(change.intentId) ? CONFLICT : refusalOf(change);
        if (refusal === undefined) return keep(file, change);
        if (refusal.kind !== 'known') stopped.add(change.intentId);
        return refusal;
      }),
    );
    return answers.map(answer => {
      if (answer.status === 'rejected') throw answer.reason;
      return answer.value;
    });
  }

  /** The answer to a change that must not be spooled. */
  function refusalOf(change: Change): ChangeResult | undefined {
    try {
      checkChange(change);
    } catch (error) {
      if (isMisuse(error)) return { kind: 'refused', error };
      throw error;
    }
    const before = queue.of(change.intentId);
    if (before?.some(other => isSame(other, change)) === true) return { kind: 'known' };
    const last = before?.at(-1);
    return last === undefined || last.expectedRevision + last.records.length === change.expectedRevision
      ? undefined
      : CONFLICT;
  }

  async function keep(file: SpoolFile, change: Change): Promise<ChangeResult> {
    queue.append(change);
    try {
      await file.append(change);
    } catch (error) {
      // A replay may have been faster than the disk, or may be handling the change now.
      await draining;
      if (!queue.remove(change)) return COMMITTED;
      if (queue.length === 0 || health.isDown() || (await replay()) > 0) throw error;
      return commitOne(spooled, change);
    }
    return COMMITTED;
  }

  function replay(): Promise<number> {
    draining ??= replayAll().finally(() => {
      draining = undefined;
    });
    return draining;
  }

  async function replayAll(): Promise<number> {
    const file = await spool();
    if (file === undefined) return 0;
    try {
      while (queue.length > 0 && nowMs() < stopAtMs) {
        const group = queue.first(perReplay);
        const answers = await replayChanges(store, group);
        perReplay = Math.min(CHANGES_PER_REPLAY, GROWTH_PER_REPLAY * perReplay);
        for (const [index, change] of group.entries()) {
          const obstacle = obstacleOf(answers[index]);
          if (obstacle !== undefined) file.setAside(change, obstacle);
          queue.remove(change);
        }
      }
      health.recovered();
      if (queue.length === 0) file.clear(() => queue.length === 0);
    } catch (error) {
      failed(error);
    }
    return queue.length;
  }

  const spooled: SpoolingStore = Object.freeze<SpoolingStore>({
    name: store.name,
    commitAll: Object.assign(commitAll, { now: commitNow }),
    ...optionalMethods(store),
    ...spooledReads(store, { queue, health, opened: spool, replay, failed }),
    maintain: async atMs => (health.isDown() ? { more: false } : store.maintain(atMs)),
    async drain() {
      // A replay in flight may have failed before the store was back, so try once more.
      await draining;
      return replay();
    },
    get spooled() {
      return queue.length;
    },
    async close(withinMs = CLOSE_WITHIN_MS) {
      if (isClosed) return store.close(withinMs);
      const untilMs = nowMs() + withinMs;
      const file = await spool();
      stopAtMs = untilMs;
      await replay();
      isClosed = true;
      await file?.close();
      await store.close(Math.max(0, untilMs - nowMs()));
    },
  });
  return spooled;
}

/** Compares what both would add to the ledger. */
function isSame(one: SpooledChange, other: SpooledChange): boolean {
  return (
    one.expectedRevision === other.expectedRevision && JSON.stringify(one.records) === JSON.stringify(other.records)
  );
}

/** Why a change can never be replayed; `undefined` if it can be, or was. */
function obstacleOf(answer: Replayed | undefined): string | undefined {
  if (answer === 'impossible') return 'the store does not have it';
  return typeof answer === 'object' ? answer.message : undefined;
}
