/** What the router has learnt about one feature, in memory: the cells a policy reads. */
import type { Cell } from './statistics.ts';

export interface LearnedFeature {
  /** Grows with every change that a policy should see. */
  readonly revision: number;
  /** Adds deltas (from `settle`), in place. */
  apply(delta: readonly Cell[]): void;
  /** Starts again from a store's cells. */
  replace(cells: readonly Cell[]): void;
}
