/**
 * Keeps the statistics in memory in step with the store: loaded before the first decision, read again for other
 * processes' outcomes. A read and this process's own commits exclude each other, so that no delta is lost or counted twice.
 */
import type { Cell } from '../../core/cells/cell.ts';
import type { Store } from '../../contracts/store.ts';
import type { Runtime } from '../../runtime.ts';

export interface StatisticsFeed {
  /** `undefined` when the feature is loaded and fresh enough: the hot path waits for nothing. */
  ready(feature: string): Promise<void> | undefined;
  /** Before a commit to the feature; a promise while a read is under way. Each call is followed by {@link endCommit}. */
  readonly beginCommit: (feature: string) => Promise<void> | undefined;
  /** After a commit, when its delta is in memory. */
  readonly endCommit: (feature: string) => void;
}

export interface StatisticsFeedOptions {
  readonly store: Store;
  /** Takes over a feature's cells. */
  readonly replaced: (feature: string, cells: readonly Cell[]) => void;
  readonly runtime: Runtime;
  /** Shortest time between two looks at the store. */
  readonly refreshMs: number;
  readonly faulted: (error: unknown) => void;
}

interface Feed {
  loaded: boolean;
  reading: Promise<void> | undefined;
  /** On the clock that never jumps. */
  nextReadAtMs: number;
  generation: number;
  committing: number;
  /** Called when no commit is under way any more. */
  idle: (() => void) | undefined;
}

/** Reading may take at most one part in this of the time, however large the statistics are. */
const READING_SHARE = 50;

export function statisticsFeed({
  store,
  replaced,
  runtime,
  refreshMs,
  faulted,
}: StatisticsFeedOptions): StatisticsFeed {
  const feeds = new Map<string, Feed>();

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
    feed.nextReadAtMs = endedMs + Math.max(refreshMs, READING_SHARE * (endedMs - startedMs));
  }

  async function afterReading(feed: Feed): Promise<void> {
    while (feed.reading !== undefined) await feed.reading;
    feed.committing++;
  }

  return {
    ready(feature) {
      const feed = feedOf(feature);
      if (feed.loaded && runtime.elapsedMs() < feed.nextReadAtMs) return undefined;
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
