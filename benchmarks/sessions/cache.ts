/** What a provider bills for the requests of one session: the prompt cache of each model, as the vendors describe it. */
import type { SessionModel } from './worlds.ts';

/** Probability that a cache has a prefix that it should have. */
export const HIT_RATE = 0.97;

/** The part of a session in a model's cache: the beginning of its last prompt. */
export interface Held {
  readonly tokens: number;
  /** When the cache was last used. */
  readonly atMs: number;
}

/** Tokens that a request reads from the cache and those that it does not, which are written to it. */
export interface Prompt {
  readonly read: number;
  readonly written: number;
}

/** The prompt of `tokens`, of which the first `shared` are those of the session so far, if the cache has the expected prefix. */
export function promptOf(
  model: SessionModel,
  held: Held | undefined,
  at: { shared: number; tokens: number; ms: number },
): Prompt {
  const isAlive = held !== undefined && at.ms - held.atMs < model.ttlMs;
  const common = isAlive ? Math.min(held.tokens, at.shared) : 0;
  const read = common >= model.minPrefix ? common : 0;
  return { read, written: at.tokens - read };
}

export function promptUsd({ rates }: SessionModel, { read, written }: Prompt): number {
  return read * rates.cacheRead + written * rates.write;
}

/** A session's caches by model, for the duration of the session. */
export type Caches = readonly (Held | undefined)[];

export interface IntentCost {
  readonly usd: number;
  /** Tokens of the conversation after the intent. */
  readonly context: number;
  readonly held: Held;
}

/**
 * The expected cost of an intent, its caches as they should be with probability {@link HIT_RATE}.
 * @param requests may be a mean: the last request then counts in part
 */
export function intentCost(
  model: SessionModel,
  held: Held | undefined,
  {
    context,
    requests,
    asked,
    answered,
    ms,
  }: { context: number; requests: number; asked: number; answered: number; ms: number },
): IntentCost {
  let usd = 0;
  let [tokens, own] = [context, held];
  for (let left = requests; left > 1e-9; left--) {
    const weight = Math.min(1, left);
    const prompt = { shared: tokens, tokens: tokens + asked, ms };
    const hit = promptUsd(model, promptOf(model, own, prompt));
    const miss = promptUsd(model, promptOf(model, undefined, prompt));
    usd += weight * (HIT_RATE * hit + (1 - HIT_RATE) * miss + answered * model.rates.output);
    own = { tokens: prompt.tokens, atMs: ms };
    tokens += weight * (asked + answered);
  }
  return { usd, context: tokens, held: own as Held };
}
