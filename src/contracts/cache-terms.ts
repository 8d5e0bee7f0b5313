/** How long, and from what size, a model's prompt cache keeps the beginning of a conversation. */
export interface CacheTerms {
  /** Milliseconds until an unused beginning expires. */
  readonly ttlMs: number;
  /** The shortest beginning that is kept, tokens. */
  readonly minTokens: number;
}
