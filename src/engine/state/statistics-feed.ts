/**
 * Keeps the statistics in memory in step with the store: loaded before the first decision, read again later to include
 * other processes' outcomes. A read and this process's own commits exclude each other, so that no delta is lost or counted twice.
 */
import type { Cell } from '../../core/cells/cell.ts';
import type { Store } from '../../contracts/store.ts';
import type { Runtime } from '../../runtime.ts';

export interface StatisticsFeed {
  /** Resolves when the feature is loaded; `undefined` when it is already. Starts a read in the background when one is due. */
  ready(feature: string): Promise<void> | undefined;
  /** Call before a commit to the feature, and wait for the promise, where there is one: a read is in progress. */
  readonly beginCommit: (feature: string) => Promise<void> | undefined;
  /** Call once after each {@link StatisticsFeed.beginCommit}, when the delta of the commit is in memory. */
  readonly endCommit: (feature: string) => void;
}

export interface StatisticsFeedOptions {
  readonly store: Store;
  /** Replaces the feature's statistics in memory with these cells. */
  readonly replace: (feature: string, cells: readonly Cell[]) => void;
  readonly runtime: Runtime;
  /** Minimum time between two reads of the store. */
  readonly refreshMs: number;
  readonly faulted: (error: unknown) => void;
}

interface Feed {
  loaded: boolean;
  reading: Promise<void> | undefined;
  /** On the monotonic clock. */
  nextReadAtMs: number;
  generation: number;
  committing: number;
  /** Called when the last commit in progress has ended. */
  idle: (() => void) | undefined;
}

/** A read is followed by a pause of at least this many times its duration, so that reads take 2 % of the time at most. */
const PAUSE_PER_READ = 50;

export function statisticsFeed({
  store,
  replace: replaced,
  runtime,
  refreshMs,
  faulted,
}: StatisticsFeedOptions): StatisticsFeed {
  const feeds = new Map<string, Feed>();
  /** The pause after the latest read of any feature: a thousand features together read as much as one. */
  let nextReadOfAnyAtMs = 0;

  function feedOf(feature: string): Feed {
    let feed = feeds.get(feature);
    if (feed === undefined) {
      feed = {
        loaded: false,
        reading: undefined,
        nextReadAtMs: 0,
        generation: Number.NaN,
        committing: 0,
        idle: undefined,
      };
      feeds.set(feature, feed);
    }
    return feed;
  }

  async function read(feature: string, feed: Feed): Promise<void> {
    const startedMs = runtime.elapsedMs();
    try {
      if (feed.committing > 0) await new Promise<void>(resolve => (feed.idle = resolve));
      const generation = await store.generation();
      if (generation !== feed.generation) {
        replaced(feature, await store.cells(feature));
        feed.generation = generation;
      }
    } catch (error) {
      faulted(error);
    }
    feed.loaded = true;
    feed.reading = undefined;
    const endedMs = runtime.elapsedMs();
    const pauseMs = PAUSE_PER_READ * (endedMs - startedMs);
    feed.nextReadAtMs = endedMs + Math.max(refreshMs, pauseMs);
    nextReadOfAnyAtMs = endedMs + pauseMs;
  }

  async function afterReading(feed: Feed): Promise<void> {
    while (feed.reading !== undefined) await feed.reading;
    feed.committing++;
  }

  return {
    ready(feature) {
      const feed = feedOf(feature);
      if (feed.loaded && runtime.elapsedMs() < Math.max(feed.nextReadAtMs, nextReadOfAnyAtMs)) return undefined;
      feed.reading ??= read(feature, feed);
      return feed.loaded ? undefined : feed.reading;
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
  };
}
