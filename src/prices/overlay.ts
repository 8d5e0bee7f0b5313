/**
 * Our dated addition to the price book: models it misses, and service tiers, which it does not have. An entry needs a
 * public source, and is used only where the book's own price is the one the source starts from. Without a source there
 * is no entry: the model is then an error that asks for a configured `price`.
 */
import type { PaidTier } from './schedule.ts';

/** Multipliers of the standard token rates, by tier. */
export interface TierOverlay {
  readonly provider: string;
  /** Ids of the book. */
  readonly models: readonly string[] | 'all';
  readonly tiers: Readonly<Partial<Record<PaidTier, number>>>;
  readonly source: string;
  /** When the source was read or published, ISO date. */
  readonly asOf: string;
}

export const TIER_OVERLAY: readonly TierOverlay[] = [];
