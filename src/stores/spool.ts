/** Fail open: changes that a store cannot take are kept on the local disk and replayed when it is back. */
import { accepting, callback, optional, optionsWith, text } from '../argument-checks.ts';
import type { LedgerRecord } from '../core/ledger/records.ts';
import type { Cell } from '../core/cells/cell.ts';
import { difference } from '../core/cells/sums.ts';
import { checkChange } from '../contracts/change.ts';
import type { Change, Store } from '../contracts/store.ts';
import { optionalMethods } from './optional-methods.ts';
import { knownCells } from './known-cells.ts';
import { outage } from './outage.ts';
import type { SpooledChange } from './replay-change.ts';
import { isMisuse, obstacleTo } from './replay-change.ts';
import { revised } from './revised.ts';
import { openOnUse } from './spool-file.ts';
import { spoolQueue } from './spool-queue.ts';

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
  /** Size limit of the spool; default 64 MiB. While it is full, commits reject; `faulted` is told at 80 %. */
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
  /** Number of changes that the store has not taken yet. */
  readonly spooled: number;
  /** Replays the spool into the store now; resolves to the number of changes left. Never rejects. */
  drain(): Promise<number>;
}

/**
 * The store, failing open. While it rejects, a commit resolves once the change is on the local disk, and rejects when it
 * cannot be written there either (the caller has to try again: the store may have it all the same). Reads are answered from this process's own data: spooled records, and the statistics last read plus its own changes. A read that
 * cannot be answered locally rejects with the store's error.
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
  const known = knownCells();
  const health = outage({ nowMs, retryAfterMs });
  const spool = openOnUse(path, { maxBytes, faulted }, found => found.forEach(enqueue));
  let draining: Promise<number> | undefined;
  let lastGeneration = 0;
  /** Grows whenever the answers to reads change without a new generation of the store. */
  let localGenerations = 0;
  let isClosed = false;

  function failed(error: unknown): void {
    health.failed(error);
    faulted(error);
  }

  function enqueue(change: SpooledChange): void {
    queue.append(change);
    localGenerations++;
  }

  async function commit(change: Change): Promise<boolean> {
    checkChange(change);
    if (isClosed) return store.commit(change);
    const file = await spool();
    if (queue.length === 0 && !health.isDown()) {
      try {
        const done = await store.commit(change);
        if (done) known.add(change.delta);
        return done;
      } catch (error) {
        if (isMisuse(error)) throw error;
        failed(error);
      }
    }
    if (file === undefined) throw health.error;
    const before = queue.of(change.intentId)?.at(-1);
    if (before !== undefined && before.expectedRevision + before.records.length !== change.expectedRevision)
      return false;
    enqueue(change);
    known.add(change.delta);
    try {
      await file.append(change);
    } catch (error) {
      // A replay may have been faster than the disk.
      if (!withdraw(change)) return true;
      if (queue.length === 0 || health.isDown() || (await replay()) > 0) throw error;
      return commit(change);
    }
    if (!health.isDown()) void replay();
    return true;
  }

  /** Removes a change that could not be written to the disk; `false`: it is in the store by now. */
  function withdraw(change: Change): boolean {
    if (!queue.remove(change)) return false;
    known.add(change.delta.map(({ key, sums }) => ({ key, sums: difference({}, sums) })));
    localGenerations++;
    return true;
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
      for (let change = queue.first; change !== undefined; change = queue.first) {
        const obstacle = await obstacleTo(store, change);
        if (obstacle !== undefined) file.setAside(change, obstacle);
        queue.remove(change);
        localGenerations++;
      }
      health.recovered();
      file.clear(() => queue.length === 0);
    } catch (error) {
      failed(error);
    }
    return queue.length;
  }

  /** Asks the store unless it is down; if it fails, answers from `local` or rejects with the store's error. */
  async function ask<T>(question: () => Promise<T>, local: () => T | undefined = () => undefined): Promise<T> {
    await spool();
    if (!health.isDown()) {
      try {
        return await question();
      } catch (error) {
        if (isMisuse(error)) throw error;
        failed(error);
      }
    }
    const answer = local();
    if (answer === undefined) throw health.error;
    return answer;
  }

  /** Replays the spool before a question that only the complete ledger can answer. */
  async function askComplete<T>(question: () => Promise<T>): Promise<T> {
    await spool();
    if (queue.length > 0 && (health.isDown() || (await replay()) > 0)) throw health.error;
    return question();
  }

  async function load(intentId: string): Promise<readonly LedgerRecord[]> {
    await spool();
    const changes = queue.of(intentId);
    if (changes === undefined) return ask(() => store.load(intentId));
    if (changes[0]?.expectedRevision === 0) return changes.flatMap(change => change.records);
    // Other processes may have added records to the intent: the order is only known once the spool is written to the store.
    return askComplete(() => store.load(intentId));
  }

  async function due(dueByMs: number, limit: number): Promise<readonly string[]> {
    const stored = await ask(
      () => store.due(dueByMs, limit),
      () => [],
    );
    return [...stored.filter(id => queue.of(id) === undefined), ...queue.due(dueByMs)].slice(0, limit);
  }

  async function cells(feature: string): Promise<readonly Cell[]> {
    await spool();
    // While a replay runs, the store's cells have some of the spooled deltas; the cells known here have each one once.
    const local = known.of(feature);
    if (queue.length > 0 && local !== undefined) return local;
    if (queue.length > 0 && !health.isDown()) await replay();
    const read = await ask(
      () => store.cells(feature),
      () => known.of(feature),
    );
    if (queue.length === 0) known.set(feature, read);
    return read;
  }

  const spooled: SpoolingStore = Object.freeze<SpoolingStore>({
    ...revised(() => spooled),
    name: store.name,
    commit,
    load,
    due,
    cells,
    async *scan(range) {
      yield* await askComplete(async () => store.scan(range));
    },
    ...optionalMethods(store),
    async drain() {
      // A replay in flight may have failed before the store was back, so try once more.
      await draining;
      return replay();
    },
    get spooled() {
      return queue.length;
    },
    generation: async () =>
      ask(
        async () => (lastGeneration = await store.generation()) + localGenerations,
        () => lastGeneration + localGenerations,
      ),
    replaceCells: async (feature, next, { ifGeneration, ...replaceOptions } = {}) =>
      askComplete(() =>
        store.replaceCells(feature, next, {
          ...replaceOptions,
          ...(ifGeneration === undefined ? {} : { ifGeneration: ifGeneration - localGenerations }),
        }),
      ),
    features: async () => askComplete(() => store.features()),
    intents: async range => askComplete(() => store.intents(range)),
    prune: async (beforeMs, pruneOptions) => askComplete(() => store.prune(beforeMs, pruneOptions)),
    prunedCells: async feature => askComplete(() => store.prunedCells(feature)),
    async close() {
      if (isClosed) return store.close();
      const file = await spool();
      await replay();
      isClosed = true;
      await file?.close();
      await store.close();
    },
  });
  return spooled;
}
