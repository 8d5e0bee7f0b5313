/** The money that the prompt caches of a session saved and lost. */

/**
 * Why a part of the prefix was not read from a cache, although a cache had held it in this session:
 * - `switched`: it was in the cache of another model, which had served the session last.
 * - `expired`: the session had paused for longer than the model's cache keeps a prefix.
 * - `missed`: the model's cache should have had it. The provider did not find it, or was not asked to keep it.
 */
export type RereadCause = 'switched' | 'expired' | 'missed';

/** Covers requests whose model has a known price: `withoutPrice` counts the others. Amounts are exact decimal USD. */
export interface SessionCacheCost {
  readonly requests: number;
  readonly withoutPrice: number;
  /** Tokens of the prompts, and those of them that were read from a cache. */
  readonly promptTokens: number;
  readonly readTokens: number;
  /**
   * Saved on prompts compared with no caches, after the surcharges for writing; negative where the surcharges were higher.
   */
  readonly savedUsd: string;
  /**
   * The extra cost of sending the conversation again instead of reading it from the model's own cache, by reason ({@link
   * RereadCause}).
   */
  readonly rereadUsd: Readonly<Record<RereadCause, string>>;
  readonly rereadTokens: Readonly<Record<RereadCause, number>>;
}
