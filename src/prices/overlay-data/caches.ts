/**
 * How vendors' prompt caches keep a prefix, if it differs from most vendors: the time after its last use, and the length of the
 * shortest prefix that they keep. Their charges for it are in their prices.
 */
import type { CacheTerms } from '../../contracts/cache-terms.ts';
import type { PriceSource } from '../../contracts/price-list.ts';

export interface ListedCache extends CacheTerms, PriceSource {
  readonly provider: string;
  readonly models: RegExp;
}

const MINUTES = 60_000;

const CLAUDE = {
  provider: 'anthropic',
  ttlMs: 5 * MINUTES,
  source: 'https://platform.claude.com/docs/en/build-with-claude/prompt-caching',
  asOf: '2026-11-29',
};

const OPENAI = {
  provider: 'openai',
  minTokens: 1024,
  source: 'https://developers.openai.com/api/docs/guides/prompt-caching',
  asOf: '2026-11-29',
};

/** Cache terms; the first entry that matches a name applies. */
export const CACHES: readonly ListedCache[] = [
  { ...CLAUDE, models: /^claude-(opus|fable|mythos)-5/, minTokens: 512 },
  { ...CLAUDE, models: /^claude-(haiku-4[-.]5|opus-4[-.][56])/, minTokens: 4096 },
  { ...CLAUDE, models: /^claude-(opus-4[-.]7|3[-.]5-haiku|3-haiku)/, minTokens: 2048 },
  { ...CLAUDE, models: /^claude-/, minTokens: 1024 },
  // OpenAI's cache keeps a prefix of older models for 5 to 10 minutes after its last use.
  { ...OPENAI, models: /^gpt-(5\.6|6)/, ttlMs: 30 * MINUTES },
  { ...OPENAI, models: /./, ttlMs: 5 * MINUTES },
];
