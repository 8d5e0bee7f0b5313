/** A prompt cache as vendors describe theirs: what a request of a session reads from it, and what it pays to send. */
import type { CacheTerms } from '../contracts/cache-terms.ts';
import type { Usage } from '../core/ledger/usage.ts';
import type { Random } from '../core/math/random.ts';

export interface CachedModel {
  readonly cache: CacheTerms;
  /** The vendor charges more for tokens that are written to its cache. */
  readonly chargesWrites: boolean;
}

/** One session: the conversation so far, and what each model's cache has of it. */
export interface CachedSession {
  /** Tokens that every next request sends again. */
  readonly contextTokens: number;
  /** The usage of a request that adds this many tokens to the conversation, and whose reply has this many. */
  ask(
    model: string,
    request: { readonly inputTokens: number; readonly outputTokens: number; readonly atMs: number },
  ): Usage;
}

export interface CacheOptions {
  readonly models: Readonly<Record<string, CachedModel>>;
  /** P(a cache that should have a prefix has it). */
  readonly hitRate: number;
  readonly random: Random;
}

/**
 * A model's cache keeps the beginning of the last prompt that it was sent for as long as its vendor says, if that beginning has the
 * minimum length. The text of a reply is in no cache before it is sent with the next prompt.
 */
export function cachedSession({ models, hitRate, random }: CacheOptions): CachedSession {
  const held = new Map<string, { tokens: number; atMs: number }>();
  let contextTokens = 0;
  return {
    get contextTokens() {
      return contextTokens;
    },
    ask(name, { inputTokens, outputTokens, atMs }) {
      const { cache, chargesWrites } = models[name] as CachedModel;
      const known = held.get(name);
      const isAlive = known !== undefined && atMs - known.atMs < cache.ttlMs && known.tokens >= cache.minTokens;
      const isHit = random.next() < hitRate;
      const cacheRead = isAlive && isHit ? Math.min(known.tokens, contextTokens) : 0;
      const promptTokens = contextTokens + inputTokens;
      const unread = promptTokens - cacheRead;
      // A prompt too short to be cached is not written to it, and costs the input rate.
      const isWritten = chargesWrites && promptTokens >= cache.minTokens;
      held.set(name, { tokens: promptTokens, atMs });
      contextTokens = promptTokens + outputTokens;
      return { cacheRead, ...(isWritten ? { cacheWrite5m: unread } : { input: unread }), output: outputTokens };
    },
  };
}
