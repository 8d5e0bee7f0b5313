/** How far each feature's statistics are read, and which part of them. */
import type { Cursor, Generation, Store } from '../../contracts/store.ts';
import { routingPart } from '../../core/beliefs/routing-sums.ts';
import type { Cell } from '../../core/cells/cell.ts';
import type { HeldCells } from './held-cells.ts';
import { heldCells } from './held-cells.ts';

/**
 * Whether something besides routing reads the feature's statistics: `first` where a decision depends on it (a budget), `later` elsewhere
 * (an observer). `undefined`: only what routing reads is read and kept.
 */
export type NeedsAllCells = (feature: string) => 'first' | 'later' | undefined;

export interface FeatureFeed {
  isLoaded: boolean;
  /** The store has more than was read. */
  isOutdated: boolean;
  /** Resolves to the error when the store cannot be read. */
  reading: Promise<unknown> | undefined;
  /** The generation as of the last check; `null`: unknown. */
  generation: Generation | undefined | null;
  /** Number of deltas of this process: the generation in a store that is private to it. */
  commits: number;
  /** The cursor at which the last read ended. */
  next: Cursor | undefined;
  readonly needsAll: ReturnType<NeedsAllCells>;
  /** Everything is read, and not only what routing reads. */
  hasAll: boolean;
  readonly held: HeldCells;
  committing: number;
  /** Called when the last commit in progress has ended. */
  idle: (() => void) | undefined;
}

export const partOf = ({ needsAll }: FeatureFeed, cells: readonly Cell[]): readonly Cell[] =>
  needsAll === undefined ? routingPart(cells) : cells;

export function featureFeeds(
  store: Pick<Store, 'isPrivate'>,
  needsAllCells: NeedsAllCells,
): (feature: string) => FeatureFeed {
  const feeds = new Map<string, FeatureFeed>();
  // Empty: the cells of a private store are read from the store.
  const none = heldCells();

  function add(feature: string): FeatureFeed {
    const feed: FeatureFeed = {
      isLoaded: false,
      isOutdated: false,
      reading: undefined,
      generation: null,
      commits: 0,
      next: undefined,
      needsAll: store.isPrivate === true ? 'first' : needsAllCells(feature),
      hasAll: false,
      held: store.isPrivate === true ? none : heldCells(),
      committing: 0,
      idle: undefined,
    };
    feeds.set(feature, feed);
    return feed;
  }

  return feature => feeds.get(feature) ?? add(feature);
}
