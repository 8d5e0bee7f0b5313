/** Fail open: what a store would not take is kept on the local disk and brought in when it is back. */
import type { LedgerRecord } from '../core/ledger/records.ts';
import type { Cell } from '../core/cells/cell.ts';
import { RouterError } from '../errors.ts';
import { checkChange } from '../contracts/change.ts';
import { knownCells } from './known-cells.ts';
import type { SpooledChange } from './replay-change.ts';
import { replayChange } from './replay-change.ts';
import type { SpoolFile } from './spool-file.ts';
import { openSpoolFile } from './spool-file.ts';
import type { Change, Store } from '../contracts/store.ts';

export interface SpoolOptions {
  /**
   * The file, on a disk of this machine (containers: of this container). Processes of one machine may share the path:
   * each gets a file of its own, and what a dead one left is taken over. `<path>.aside` keeps what cannot be replayed.
   */
  readonly path: string;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
  /** How long the store is left alone after it failed; 1,000 ms where it is not given. */
  readonly retryAfterMs?: number;
  /** Most bytes of the spool; 64 MiB where it is not given. When it is full, commits reject as the store does. */
  readonly maxBytes?: number;
  /** Told when the store fails, and of anything that had to be set aside. */
  readonly faulted?: (error: unknown) => void;
}

export interface SpoolingStore extends Store {
  /** Changes that the store has not taken yet. */
  readonly spooled: number;
  /** Brings what is spooled into the store now; resolves to how many changes are left. Never rejects. */
  drain(): Promise<number>;
}

/**
 * The store, failing open. While it rejects, a commit resolves once the change is on the local disk, and reads are
 * answered from what this process knows: spooled records, and the last statistics read with its own changes on top.
 * What is not known locally rejects as the store does.
 *
 * Spooled changes are replayed in order, on a later commit or by {@link SpoolingStore.drain}. One that was overtaken
 * meanwhile is rebased: its records follow those that were first, and its delta is computed again.
 *
 * @example
 * ```ts
 * const safe = spooling(store, { path: '/var/lib/app/router.spool', nowMs: Date.now });
 * ```
 */
export function spooling(store: Store, options: SpoolOptions): SpoolingStore {
  const { path, nowMs, retryAfterMs = 1_000, maxBytes = 64 * 2 ** 20, faulted = () => {} } = options;
  const queue: SpooledChange[] = [];
  const byIntent = new Map<string, SpooledChange[]>();
  const known = knownCells();
  let opening: Promise<SpoolFile | undefined> | undefined;
  let draining: Promise<number> | undefined;
  let failure: unknown;
  /** When the store failed last; `undefined` while it is not known to be down. */
  let failedAtMs: number | undefined;
  let lastGeneration = 0;
  /** Grows with every change of what reads answer that the store does not know of. */
  let generations = 0;
  let isClosed = false;

  /** A clock that was set back says nothing of how long ago that was: the store is asked again. */
  function isDown(): boolean {
    if (failedAtMs === undefined) return false;
    const sinceMs = nowMs() - failedAtMs;
    return sinceMs >= 0 && sinceMs < retryAfterMs;
  }

  function failed(error: unknown): void {
    failure = error;
    failedAtMs = nowMs();
    faulted(error);
  }

  /** The spool, with what an earlier process left in it; `undefined` when there can be none (said once). */
  function spool(): Promise<SpoolFile | undefined> {
    opening ??= openSpoolFile(path, { maxBytes, faulted }).then(
      file => {
        file.found.forEach(enqueue);
        return file;
      },
      (error: unknown) => {
        faulted(RouterError.isInstance(error) ? error : cannotSpool(path, error));
        return undefined;
      },
    );
    return opening;
  }

  function enqueue(change: SpooledChange): void {
    queue.push(change);
    const list = byIntent.get(change.intentId);
    if (list === undefined) byIntent.set(change.intentId, [change]);
    else list.push(change);
    generations++;
  }

  function dequeue(): void {
    const change = queue.shift();
    if (change === undefined) return;
    const list = byIntent.get(change.intentId)?.slice(1) ?? [];
    if (list.length === 0) byIntent.delete(change.intentId);
    else byIntent.set(change.intentId, list);
  }

  async function commit(change: Change): Promise<boolean> {
    checkChange(change);
    if (isClosed) return store.commit(change);
    const file = await spool();
    if (queue.length === 0 && !isDown()) {
      try {
        const done = await store.commit(change);
        if (done) known.add(change.delta);
        return done;
      } catch (error) {
        if (isMisuse(error)) throw error;
        failed(error);
      }
    }
    if (file === undefined) throw failure;
    const before = byIntent.get(change.intentId)?.at(-1);
    if (before !== undefined && nextRevision(before) !== change.expectedRevision) return false;
    const durable = file.append(change);
    enqueue(change);
    known.add(change.delta);
    await durable;
    if (!isDown()) void replay();
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
    for (let change = queue[0]; change !== undefined; change = queue[0]) {
      try {
        if ((await replayChange(store, change)) === 'impossible') setAside(file, change, 'the store does not know it');
      } catch (error) {
        if (!isMisuse(error)) {
          failed(error);
          return queue.length;
        }
        setAside(file, change, error.message);
      }
      dequeue();
    }
    failedAtMs = undefined;
    generations++;
    file.clear(() => queue.length === 0);
    return queue.length;
  }

  function setAside(file: SpoolFile, change: SpooledChange, why: string): void {
    const { intentId, records } = change;
    file.setAside(JSON.stringify(records));
    const told = { path: intentId, accepted: `the records are kept in ${path}.aside` };
    faulted(new RouterError('invalid-data', `a spooled change cannot follow its intent: ${why}`, told));
  }

  /** Asks the store unless it is known to be down; what it cannot say is answered by `otherwise`, or its error stands. */
  async function ask<T>(question: () => Promise<T>, otherwise: () => T | undefined): Promise<T> {
    await spool();
    if (!isDown()) {
      try {
        return await question();
      } catch (error) {
        if (isMisuse(error)) throw error;
        failed(error);
      }
    }
    const answer = otherwise();
    if (answer === undefined) throw failure;
    return answer;
  }

  /** For what needs the whole truth: the spool goes in first. */
  async function whole<T>(question: () => Promise<T>): Promise<T> {
    await spool();
    if (queue.length > 0 && (isDown() || (await replay()) > 0)) throw failure;
    return question();
  }

  async function load(intentId: string): Promise<readonly LedgerRecord[]> {
    await spool();
    const changes = byIntent.get(intentId);
    if (changes === undefined)
      return ask(
        () => store.load(intentId),
        () => undefined,
      );
    const records = changes.flatMap(change => change.records);
    if (changes[0]?.expectedRevision === 0) return records;
    // What the store has may have moved on: only after replaying is the order of the two known.
    return whole(() => store.load(intentId));
  }

  async function due(atMs: number, limit: number): Promise<readonly string[]> {
    const stored = await ask(
      () => store.due(atMs, limit),
      () => [],
    );
    const local = [...byIntent]
      .map(([id, changes]) => ({ id, dueAtMs: changes.at(-1)?.dueAtMs ?? Infinity }))
      .filter(({ dueAtMs }) => dueAtMs <= atMs)
      .sort((a, b) => a.dueAtMs - b.dueAtMs);
    return [...stored.filter(id => !byIntent.has(id)), ...local.map(({ id }) => id)].slice(0, limit);
  }

  async function cells(feature: string): Promise<readonly Cell[]> {
    await spool();
    // With changes under way to the store, its cells and the spool's overlap; what is known here does not.
    const local = known.of(feature);
    if (queue.length > 0 && local !== undefined) return local;
    if (queue.length > 0 && !isDown()) await replay();
    const read = await ask(
      () => store.cells(feature),
      () => known.of(feature),
    );
    if (queue.length === 0) known.set(feature, read);
    return read;
  }

  async function* scan(range?: Parameters<Store['scan']>[0]): AsyncGenerator<LedgerRecord> {
    yield* await whole(async () => store.scan(range));
  }

  return Object.freeze<SpoolingStore>({
    name: store.name,
    commit,
    load,
    due,
    cells,
    scan,
    async drain() {
      // One that is under way may have failed before the store was back.
      const left = draining === undefined ? undefined : await draining;
      return left === 0 ? 0 : replay();
    },
    get spooled() {
      return queue.length;
    },
    generation: async () =>
      ask(
        async () => (lastGeneration = await store.generation()) + generations,
        () => lastGeneration + generations,
      ),
    replaceCells: async (feature, next, { ifGeneration, ...replaceOptions } = {}) =>
      whole(() =>
        store.replaceCells(feature, next, {
          ...replaceOptions,
          ...(ifGeneration === undefined ? {} : { ifGeneration: ifGeneration - generations }),
        }),
      ),
    features: async () => whole(() => store.features()),
    intents: async range => whole(() => store.intents(range)),
    prune: async (beforeMs, pruneOptions) => whole(() => store.prune(beforeMs, pruneOptions)),
    prunedCells: async feature => whole(() => store.prunedCells(feature)),
    async close() {
      if (isClosed) return store.close();
      const file = await spool();
      if (queue.length > 0) await replay();
      isClosed = true;
      await file?.close();
      await store.close();
    },
  });
}

function nextRevision({ expectedRevision, records }: SpooledChange): number {
  return expectedRevision + records.length;
}

/** The caller's mistake: spooling it would only repeat it. */
function isMisuse(error: unknown): error is RouterError {
  return RouterError.isInstance(error) && error.code === 'invalid-value';
}

function cannotSpool(path: string, cause: unknown): RouterError {
  const said = cause instanceof Error ? cause.message : String(cause);
  const accepted = 'a path in an existing directory that this process may write to';
  return new RouterError('store-unusable', `changes cannot be spooled: ${said}`, { path, accepted, cause });
}
