/** What a process learns about sessions and prompt caches from the intents that it serves itself. */
import type { Usage } from '../ledger/usage.ts';
import { CHARS_PER_TOKEN, inputTokens, isBillable } from '../ledger/usage.ts';

/** How a model's cache has behaved. */
export interface CacheBehaviour {
  /** P(a cache that should have a prefix has it). */
  readonly hitRate: number;
  /** Fraction of the prefix that a cache had where no tokens were expected. */
  readonly sharedPart: number;
  /**
   * Fraction of the unread tokens that were written to the cache, at the rate for that; and the fraction of these written
   * for an hour.
   */
  readonly writtenPart: number;
  readonly writtenForHourPart: number;
}

/** The parts of the usage of an intent's first request that show how the cache behaved. */
export interface CacheReading {
  readonly model: string;
  readonly feature: string;
  /** Intents of the session before this one. */
  readonly earlierIntents: number;
  readonly usage: Usage;
  /** Tokens of the prefix, and those of them that the cache should have had. */
  readonly prefixTokens: number;
  readonly expectedTokens: number;
  /** Length of the request; absent where the length does not show the number of tokens. */
  readonly requestChars?: number | undefined;
}

export interface SessionLearning {
  /**
   * Expected number of a session's intents from the next one on that are of the same feature, each before a cache expires, and stay with
   * one model, if each later intent does so with the probability `staying`.
   */
  intentsAhead(feature: string, earlierIntents: number): (staying: number) => number;
  /**
   * Counts an intent. `follows`: it is the first to follow the intent before it in its session, that one was counted here and was of the
   * same feature, and the caches have not expired.
   */
  decided(feature: string, earlierIntents: number, follows: boolean): void;
  behaviour(model: string): CacheBehaviour;
  /** Tokens that an intent's first request adds to the conversation, on average; 0 before any observation. */
  ownTokens(feature: string): number;
  /**
   * Tokens per character, learned from the first requests of sessions: it predicts the tokens of the next one from its
   * length.
   */
  tokensPerChar(feature: string): number;
  observe(reading: CacheReading): void;
}

/** Before any observation: 3 of 5 intents are followed by another one. */
const RETURNS: Readonly<Returns> = Object.freeze({ followed: 3, intents: 5 });
/** Weight, in intents, of the rate of all sessions of about the same age in the rate for an exact number of intents. */
const AGE_INTENTS = 5;
/** Intents of a session that are distinguished by their number; later ones are treated like old sessions. */
const NUMBERED = 64;
/** Later intents that are less probable than this are not counted. */
const MIN_REACHED = 1e-3;
/** Before any observation: 19 of 20 caches have the prefix that they should have. */
const HITS = Object.freeze({ warm: 19, requests: 20 });
/** Weight, in tokens, of the initial values of the parts: no token is shared, and all are written. */
const PRIOR_TOKENS = 20_000;

/** Sessions of different age continue with different probabilities: after 1, 2, 3–4, 5–8 and more intents. */
function ageOf(intents: number): number {
  return intents <= 2 ? intents : intents <= 4 ? 3 : intents <= 8 ? 4 : 5;
}

interface Returns {
  followed: number;
  intents: number;
}

/** Counts by age, and by number of intents up to the highest number that is counted separately. */
interface FeatureReturns {
  readonly byAge: (Returns | undefined)[];
  readonly byNumber: (Returns | undefined)[];
}

interface CacheCounts {
  warm: number;
  requests: number;
  unexpected: number;
  unexpectedRead: number;
  unread: number;
  written: number;
  writtenForHour: number;
}

/** P(an intent of this number in its session is followed by another one of the feature before a cache expires). */
function returnRate({ byAge, byNumber }: FeatureReturns, number: number): number {
  const ofAge = byAge[ageOf(number)];
  const rate = (RETURNS.followed + (ofAge?.followed ?? 0)) / (RETURNS.intents + (ofAge?.intents ?? 0));
  const own = byNumber[number];
  return own === undefined ? rate : (AGE_INTENTS * rate + own.followed) / (AGE_INTENTS + own.intents);
}

/** Never more followers than intents, whatever the caller counts, so that a rate stays below 1. */
function count(counts: Returns | undefined, what: keyof Returns): void {
  if (counts !== undefined && (what === 'intents' || counts.followed < counts.intents)) counts[what]++;
}

export function sessionLearning(): SessionLearning {
  const returns = new Map<string, FeatureReturns>();
  const caches = new Map<string, CacheCounts>();
  const added = new Map<string, { tokens: number; intents: number }>();
  const begun = new Map<string, { tokens: number; chars: number }>();

  function returnsOf(feature: string): FeatureReturns {
    let counts = returns.get(feature);
    if (counts === undefined) returns.set(feature, (counts = { byAge: [], byNumber: [] }));
    return counts;
  }

  function countsOf(model: string): CacheCounts {
    let counts = caches.get(model);
    if (counts === undefined) {
      counts = {
        ...HITS,
        unexpected: PRIOR_TOKENS,
        unexpectedRead: 0,
        unread: PRIOR_TOKENS,
        written: PRIOR_TOKENS,
        writtenForHour: 0,
      };
      caches.set(model, counts);
    }
    return counts;
  }

  return {
    intentsAhead(feature, earlierIntents) {
      const counts = returnsOf(feature);
      const rates: number[] = [];
      let reached = 1;
      for (let number = earlierIntents + 1; number <= NUMBERED && reached > MIN_REACHED; number++) {
        const rate = returnRate(counts, number);
        rates.push(rate);
        reached *= rate;
      }
      const later = returnRate(counts, NUMBERED + 1);
      return staying => {
        let expected = 1;
        let product = 1;
        for (let i = 0; i < rates.length; i++) {
          product *= staying * (rates[i] as number);
          expected += product;
        }
        return expected + (product * staying * later) / (1 - staying * later);
      };
    },
    decided(feature, earlierIntents, follows) {
      const { byAge, byNumber } = returnsOf(feature);
      const number = earlierIntents + 1;
      count((byAge[ageOf(number)] ??= { followed: 0, intents: 0 }), 'intents');
      if (number <= NUMBERED) count((byNumber[number] ??= { followed: 0, intents: 0 }), 'intents');
      if (!follows) return;
      count(byAge[ageOf(earlierIntents)], 'followed');
      count(byNumber[earlierIntents], 'followed');
    },
    behaviour(model) {
      const { warm, requests, unexpected, unexpectedRead, unread, written, writtenForHour } = countsOf(model);
      return {
        hitRate: warm / requests,
        sharedPart: unexpectedRead / unexpected,
        writtenPart: written / unread,
        writtenForHourPart: writtenForHour / unread,
      };
    },
    ownTokens(feature) {
      const { tokens, intents } = added.get(feature) ?? { tokens: 0, intents: 1 };
      return tokens / intents;
    },
    tokensPerChar(feature) {
      const { tokens, chars } = begun.get(feature) ?? { tokens: 0, chars: 0 };
      return (PRIOR_TOKENS + tokens) / (PRIOR_TOKENS * CHARS_PER_TOKEN + chars);
    },
    observe({ model, feature, earlierIntents, usage, prefixTokens, expectedTokens, requestChars }) {
      const counts = countsOf(model);
      if (earlierIntents === 0 && requestChars !== undefined) {
        const { tokens, chars } = begun.get(feature) ?? { tokens: 0, chars: 0 };
        begun.set(feature, { tokens: tokens + inputTokens(usage), chars: chars + requestChars });
      }
      // A session's first request contains text that every later request sends again (instructions), so its length is not that of the
      // intent alone.
      if (earlierIntents > 0) {
        const { tokens: own, intents } = added.get(feature) ?? { tokens: 0, intents: 0 };
        const more = Math.max(0, inputTokens(usage) - prefixTokens);
        added.set(feature, { tokens: own + more, intents: intents + 1 });
      }
      const tokens = Math.min(prefixTokens, inputTokens(usage));
      const read = Math.min(tokens, countOf(usage.cacheRead));
      if (expectedTokens > 0) {
        counts.requests++;
        // The end of a prefix may not be in the cache yet.
        if (read >= expectedTokens / 2) counts.warm++;
      } else {
        counts.unexpected += tokens;
        counts.unexpectedRead += read;
      }
      const unread = tokens - read;
      const written = Math.min(unread, countOf(usage.cacheWrite5m));
      const writtenForHour = Math.min(unread - written, countOf(usage.cacheWrite1h));
      counts.unread += unread;
      counts.written += written + writtenForHour;
      counts.writtenForHour += writtenForHour;
    },
  };
}

function countOf(count: unknown): number {
  return isBillable(count) ? count : 0;
}
