/**
 * Translates configured rates into exact prices per unit. Every key is checked, because a misspelled rate would be silently
 * ignored.
 */
import type { Meter } from '../core/ledger/usage.ts';
import { checkNames, invalidValue } from '../errors.ts';
import type { LongContextRates, TokenRates } from '../contracts/price-config.ts';
import { checkedFactor } from './rate-limits.ts';
import type { PriceBracket, UnitPrices } from './rate-table.ts';
import type { Ratio } from './ratio.ts';
import { over, ratioOf, times } from './ratio.ts';

const RATE_OF_METER = {
  input: 'inputUsdPerMillion',
  output: 'outputUsdPerMillion',
  cacheRead: 'cacheReadUsdPerMillion',
  cacheWrite5m: 'cacheWrite5mUsdPerMillion',
  cacheWrite1h: 'cacheWrite1hUsdPerMillion',
  inputAudio: 'inputAudioUsdPerMillion',
  cacheReadAudio: 'cacheReadAudioUsdPerMillion',
  outputAudio: 'outputAudioUsdPerMillion',
  outputImage: 'outputImageUsdPerMillion',
  imageGenInput: 'imageGenInputUsdPerMillion',
  imageGenInputImage: 'imageGenInputImageUsdPerMillion',
  imageGenOutput: 'imageGenOutputUsdPerMillion',
  webSearch: 'webSearchUsdPerThousand',
  webSearchPreview: 'webSearchPreviewUsdPerThousand',
  fileSearch: 'fileSearchUsdPerThousand',
  codeSession: 'codeSessionUsd',
  request: 'perRequestUsd',
} as const satisfies Record<Meter, keyof TokenRates>;

export const RATE_KEYS: readonly (keyof TokenRates)[] = Object.values(RATE_OF_METER);

/** USD per unit of a meter, at a configured rate of 1. */
function unitOf(key: keyof TokenRates): Ratio {
  return over(ratioOf(1), ratioOf(key.endsWith('PerMillion') ? 1_000_000 : key.endsWith('PerThousand') ? 1_000 : 1));
}

/** Requests and sessions are billed one at a time, in nano-dollars: a fee below half a nano-dollar would round to 0. */
function leastBilled(key: keyof TokenRates, unit: Ratio): Ratio {
  return key.includes('UsdPer') ? unit : over(unit, ratioOf(1_000));
}

/** @throws RouterError `invalid-value` with the path of a rate that is not within the limits */
export function unitPrices(rates: Partial<TokenRates>, path: string): UnitPrices {
  const prices: Partial<Record<Meter, Ratio>> = {};
  for (const [meter, key] of Object.entries(RATE_OF_METER) as [Meter, keyof TokenRates][]) {
    const usd = rates[key];
    if (usd === undefined) continue;
    const unit = unitOf(key);
    prices[meter] = times(checkedFactor(usd, `${path}.${key}`, [unit, leastBilled(key, unit)]), unit);
  }
  return prices;
}

/** The rates that differ for large requests, without those that stay the same. */
export function longContextPrices(longContext: LongContextRates, path: string): PriceBracket {
  checkNames(longContext, [...RATE_KEYS, 'aboveTokens'], path);
  const { aboveTokens, ...rates } = longContext;
  if (!Number.isSafeInteger(aboveTokens) || aboveTokens < 1)
    throw invalidValue(aboveTokens, `${path}.aboveTokens`, 'a whole number above 0');
  return { aboveTokens, prices: unitPrices(rates, path) };
}
