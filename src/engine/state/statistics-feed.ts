/**
 * Keeps the statistics in memory in step with the store: loaded before the first decision, brought up to date later with
 * what other processes have written. A read and this process's own commits to its feature exclude each other, so that no
 * delta is lost or counted twice.
 */
import type { RoutingRead, Store } from '../../contracts/store.ts';
import type { Cell, RoundedCell } from '../../core/cells/cell.ts';
import { RouterError } from '../../errors.ts';
import type { Runtime } from '../../runtime.ts';
import type { FeatureFeed, NeedsAllCells } from './feature-feeds.ts';
import { featureFeeds, partOf } from './feature-feeds.ts';
import { heldCells } from './held-cells.ts';

export interface StatisticsFeed {
  /** Resolves when the feature is loaded; `undefined` when it is already. Starts a read in the background when one is due. */
  ready(feature: string): Promise<unknown> | undefined;
  /** Call before a commit to the feature, and wait for the promise, where there is one: a read is in progress. */
  readonly beginCommit: (feature: string) => Promise<void> | undefined;
  /** Call once after each {@link StatisticsFeed.beginCommit}, when the delta of the commit is in memory. */
  readonly endCommit: (feature: string) => void;
  /**
   * Call with every delta of this process. `false`: the statistics are not loaded yet, and will include the delta once
   * they are.
   */
  committed(feature: string, delta: readonly Cell[]): boolean;
  /** Reads what other processes have written by now. Rejects when the store cannot be read. */
  refresh(feature: string): Promise<void>;
  /** Whether all cells are read, and not only what routing reads of them. */
  hasAllCells(feature: string): boolean;
}

export interface StatisticsFeedOptions {
  readonly store: Store;
  /** Adds to the feature's statistics in memory. */
  readonly apply: (feature: string, delta: readonly RoundedCell[]) => void;
  /** Work to be done after a read, slice by slice, which the next decision would otherwise do at once. */
  readonly prepare?: (feature: string) => Iterator<void, void> | undefined;
  /** Called before the first read, with the totals that the store has of features that this process has not read. */
  readonly seed?: (totals: readonly Cell[]) => void;
  /** Called after a read that found something, with a function that returns all cells, once they are read. */
  readonly refreshed: (feature: string, cells: (() => Promise<readonly Cell[]>) | undefined) => void;
  readonly needsAllCells: NeedsAllCells;
  readonly runtime: Pick<Runtime, 'elapsedMs' | 'cpuMs' | 'soon'>;
  /** Minimum time between two queries of the store for changes. */
  readonly refreshMs: number;
  readonly faulted: (error: unknown) => void;
}

/**
 * Work in the background is followed by a pause of at least this many times its processor time, so that it takes at most 2
 * %.
 */
export const PAUSE_PER_WORK = 50;

export function statisticsFeed(options: StatisticsFeedOptions): StatisticsFeed {
  const { store, apply, prepare, refreshed, seed, needsAllCells, runtime, refreshMs, faulted } = options;
  const feedOf = featureFeeds(store, needsAllCells);
  /** Features requested since the last query: no call needs to know what has changed in the others. */
  const wanted = new Set<string>();
  let seeding: Promise<void> | undefined;
  let isWorking = false;
  // End of the pause after background work, for all features together: a thousand features take as much time as one.
  // Monotonic clock.
  let nextWorkAtMs = 0;
  let nextQuestionAtMs: number | undefined;

  /** Returns the length of the pause that follows work which began at this processor time. */
  function pauseAfter(startedCpuMs: number): number {
    const pauseMs = PAUSE_PER_WORK * (runtime.cpuMs() - startedCpuMs);
    nextWorkAtMs = runtime.elapsedMs() + pauseMs;
    return pauseMs;
  }

  /** One query for all features. */
  async function ask(first: string): Promise<void> {
    const startedCpuMs = runtime.cpuMs();
    const names = [...wanted];
    wanted.clear();
    try {
      const generations = store.isPrivate === true ? undefined : await store.generations(names);
      for (const name of names) {
        const feed = feedOf(name);
        const generation = generations === undefined ? String(feed.commits) : generations.get(name);
        feed.isOutdated ||= generation !== feed.generation;
        feed.generation = generation;
      }
    } catch (error) {
      faulted(error);
    }
    nextQuestionAtMs = runtime.elapsedMs() + Math.max(refreshMs, pauseAfter(startedCpuMs));
    const feed = feedOf(first);
    if (feed.isOutdated) await startReading(first, feed);
  }

  /** Runs one job at a time, so that the pause after a job delays every other job. */
  async function inBackground(work: () => Promise<unknown>): Promise<void> {
    isWorking = true;
    await work();
    isWorking = false;
  }

  function startReading(feature: string, feed: FeatureFeed): Promise<unknown> {
    feed.reading ??= read(feature, feed);
    return feed.reading;
  }

  async function read(feature: string, feed: FeatureFeed): Promise<unknown> {
    await (feed.committing > 0 ? new Promise<void>(resolve => (feed.idle = resolve)) : undefined);
    const startedCpuMs = runtime.cpuMs();
    let failure: unknown;
    feed.isOutdated = false;
    try {
      await (seeding ??= askForTotals());
      if (!feed.isLoaded || store.isPrivate !== true) await takeNews(feature, feed);
      const cells = async () => (store.isPrivate === true ? store.cells(feature) : feed.held.all());
      refreshed(feature, feed.hasAll ? cells : undefined);
      // Without this pause, a decision that waits for the read would be made in the same turn of the event loop as the priors.
      await otherWork();
    } catch (error) {
      failure = error;
      feed.generation = null;
      // The store is a different one now, so all of it is read again.
      if (RouterError.isInstance(error) && error.code === 'cursor-expired') feed.next = undefined;
      faulted(error);
    }
    feed.isLoaded = true;
    feed.reading = undefined;
    pauseAfter(startedCpuMs);
    nextQuestionAtMs ??= runtime.elapsedMs() + refreshMs;
    // No decision waits for the rest of the cells.
    if (failure === undefined && feed.needsAll === 'later' && !feed.hasAll)
      runtime.soon(() => void startReading(feature, feed));
    return failure;
  }

  async function askForTotals(): Promise<void> {
    try {
      seed?.((await store.nodeTotals?.()) ?? []);
    } catch (error) {
      faulted(error);
    }
  }

  /** Without `next`, the next reading reads everything. */
  async function newsOf(
    feature: string,
    feed: FeatureFeed,
  ): Promise<Omit<RoutingRead, 'next'> & Pick<FeatureFeed, 'next'>> {
    // This shorter read is used only while a call waits. A full read may take longer than that, on a busy machine with
    // hourly statistics.
    if (!feed.isLoaded && feed.needsAll !== 'first' && store.routingCells !== undefined) {
      const part = await store.routingCells(feature);
      return feed.needsAll === undefined ? part : { ...part, next: undefined };
    }
    const news = await store.cellsSince(feature, feed.next);
    feed.hasAll = feed.needsAll !== undefined;
    return { ...news, cells: partOf(feed, news.cells) };
  }

  /** Between two slices the process does other work. */
  const otherWork = async (): Promise<void> => new Promise(runtime.soon);

  async function takeNews(feature: string, feed: FeatureFeed): Promise<void> {
    const news = await newsOf(feature, feed);
    const held = store.isPrivate === true ? heldCells() : feed.held;
    let isFirst = true;
    for (const delta of held.take(news)) {
      if (!isFirst) await otherWork();
      isFirst = false;
      apply(feature, delta);
    }
    feed.next = news.next;
    const preparing = prepare?.(feature);
    while (preparing?.next().done === false) await otherWork();
  }

  async function afterReading(feed: FeatureFeed): Promise<void> {
    while (feed.reading !== undefined) await feed.reading;
    feed.committing++;
  }

  return {
    ready(feature) {
      const feed = feedOf(feature);
      if (!feed.isLoaded) return startReading(feature, feed);
      wanted.add(feature);
      const nowMs = runtime.elapsedMs();
      if (isWorking || nowMs < nextWorkAtMs) return undefined;
      if (nowMs >= (nextQuestionAtMs ?? nowMs)) void inBackground(async () => ask(feature));
      else if (feed.isOutdated) void inBackground(async () => startReading(feature, feed));
      return undefined;
    },
    beginCommit(feature) {
      const feed = feedOf(feature);
      if (feed.reading === undefined) {
        feed.committing++;
        return undefined;
      }
      return afterReading(feed);
    },
    endCommit(feature) {
      const feed = feedOf(feature);
      feed.committing--;
      if (feed.committing > 0) return;
      feed.idle?.();
      feed.idle = undefined;
    },
    committed(feature, delta) {
      const feed = feedOf(feature);
      if (!feed.isLoaded) return false;
      feed.commits++;
      if (store.isPrivate !== true) feed.held.add(partOf(feed, delta));
      return true;
    },
    async refresh(feature) {
      const feed = feedOf(feature);
      while (feed.reading !== undefined) await feed.reading;
      const failure = await startReading(feature, feed);
      if (failure !== undefined) throw failure;
    },
    hasAllCells: feature => feedOf(feature).hasAll,
  };
}
