/** How a model's prompt cache keeps the beginning of a conversation. */
export interface CacheTerms {
  /** Milliseconds after its last use. */
  readonly ttlMs: number;
  /** The shortest beginning that is kept, tokens. */
  readonly minTokens: number;
}
