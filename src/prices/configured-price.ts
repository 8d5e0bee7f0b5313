/** Translates a configured price into eras. Every key is checked, because a misspelt rate would be silently ignored. */
import type { Meter } from '../core/ledger/usage.ts';
import { checkNames, invalidValue, RouterError } from '../errors.ts';
import type { LongContextRates, RatesPrice, TierPrice, TokenRates } from '../contracts/price-config.ts';
import type { PriceBracket, UnitPrices } from './rate-table.ts';
import type { Ratio } from './ratio.ts';
import { ONE, over, ratioOf, times } from './ratio.ts';
import type { Era, PaidTier, Sheet } from './schedule.ts';

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
  fileSearch: 'fileSearchUsdPerThousand',
  codeSession: 'codeSessionUsd',
  request: 'perRequestUsd',
} as const satisfies Record<Meter, keyof TokenRates>;

const RATE_KEYS: readonly string[] = Object.values(RATE_OF_METER);
const TIERS: readonly PaidTier[] = ['batch', 'flex', 'priority'];
const TERM_KEYS = ['tiers', 'discount'];
export const RATES_KEYS: readonly string[] = [...RATE_KEYS, ...TERM_KEYS, 'longContext'];
export const BOOK_KEYS: readonly string[] = [...TERM_KEYS, 'as', 'webSearchUsdPerThousand'];

/** The price list of a price that is configured as rates. */
export function sheetOfRates(config: RatesPrice, path: string): Sheet {
  const base = unitPrices(config, path);
  if (base.input === undefined || base.output === undefined) {
    throw new RouterError('invalid-value', 'a price needs the rates of input and output', {
      path,
      accepted: ['inputUsdPerMillion', 'outputUsdPerMillion'],
    });
  }
  const standard = brackets(base, config.longContext, `${path}.longContext`);
  return withTerms({ standard }, config, path);
}

/** Adds the application's tiers, its price of web searches and its discount to a price list. */
export function withTerms(
  sheet: Sheet,
  terms: Pick<RatesPrice, 'tiers' | 'discount' | 'webSearchUsdPerThousand'>,
  path: string,
): Sheet {
  const searches = unitPrices(pick(terms, 'webSearchUsdPerThousand'), path);
  const standard = sheet.standard.map(bracket => ({ ...bracket, prices: { ...bracket.prices, ...searches } }));
  const { tiers: given = {} } = terms;
  checkNames(given, TIERS, `${path}.tiers`);
  const own = Object.entries(given).map(
    ([tier, price]) => [tier, tierBrackets(standard, price, `${path}.tiers.${tier}`)] as const,
  );
  const tiers = { ...sheet.tiers, ...Object.fromEntries(own) };
  return { standard, tiers, ...(terms.discount === undefined ? {} : { factor: paidFraction(terms.discount, path) }) };
}

interface Dated {
  readonly from?: string;
}

/** The eras of a dated list. Each `from` must be later than the one before. */
export function datedEras<T extends Dated>(
  list: readonly T[],
  path: string,
  erasOf: (entry: T, path: string) => readonly Era[],
): readonly Era[] {
  if (list.length === 0) throw new RouterError('invalid-value', 'the list of dated prices is empty', { path });
  const eras: Era[] = [];
  for (const [i, entry] of list.entries()) {
    const entryPath = `${path}[${i}]`;
    const fromMs = startOf(entry, i, entryPath);
    const untilMs = startOfNext(list, i, path);
    if (fromMs >= untilMs) {
      throw new RouterError('invalid-value', 'dates must be in ascending order', { path: `${path}[${i + 1}].from` });
    }
    eras.push(...within(erasOf(entry, entryPath), fromMs, untilMs));
  }
  return eras;
}

function startOfNext(list: readonly Dated[], i: number, path: string): number {
  const next = list[i + 1];
  return next === undefined ? Infinity : startOf(next, i + 1, `${path}[${i + 1}]`);
}

const MOMENT = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/;

function startOf(entry: unknown, index: number, path: string): number {
  if (typeof entry !== 'object' || entry === null)
    throw invalidValue(entry, path, 'a price with its date: { from, … }');
  const { from } = entry as Dated;
  if (from === undefined && index === 0) return -Infinity;
  const [text, day = ''] = MOMENT.exec(String(from)) ?? [''];
  // `Date.parse` reads 30 February as 2 March.
  const isDay = new Date(day).getUTCDate() === Number(day.slice(8));
  const fromMs = isDay ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(fromMs)) {
    throw invalidValue(
      from,
      `${path}.from`,
      'an ISO date in UTC ("2027-01-01") or a date and time with its offset; only the first entry may leave it out',
    );
  }
  return fromMs;
}

/** Cuts the eras to a period. */
function within(eras: readonly Era[], fromMs: number, untilMs: number): readonly Era[] {
  return eras
    .filter((era, i) => era.fromMs < untilMs && (eras[i + 1]?.fromMs ?? Infinity) > fromMs)
    .map(era => ({ ...era, fromMs: Math.max(era.fromMs, fromMs) }));
}

function brackets(base: UnitPrices, longContext: LongContextRates | undefined, path: string): readonly PriceBracket[] {
  const first = { aboveTokens: -1, prices: base };
  if (longContext === undefined) return [first];
  checkNames(longContext, [...RATE_KEYS, 'aboveTokens'], path);
  const { aboveTokens, ...rates } = longContext;
  if (!Number.isSafeInteger(aboveTokens) || aboveTokens < 1) {
    throw invalidValue(aboveTokens, `${path}.aboveTokens`, 'a whole number above 0');
  }
  return [first, { aboveTokens, prices: { ...base, ...unitPrices(rates, path) } }];
}

/** The brackets of a service tier, from the standard ones. */
export function tierBrackets(
  standard: readonly PriceBracket[],
  tier: TierPrice,
  path: string,
): readonly PriceBracket[] {
  if (typeof tier === 'number') {
    const factor = nonNegative(tier, path);
    return standard.map(({ aboveTokens, prices }) => ({ aboveTokens, prices: scaled(prices, factor) }));
  }
  checkNames(tier, [...RATE_KEYS, 'longContext'], path);
  const [first, ...rest] = standard as readonly [PriceBracket, ...PriceBracket[]];
  const base = { ...first.prices, ...unitPrices(tier, path) };
  const own = brackets(base, tier.longContext, `${path}.longContext`);
  // A tier without long-context rates of its own is billed at the standard ones above the threshold.
  return own.length > 1 ? own : [...own, ...rest];
}

/** Multiplies every token rate by the factor. Web searches cost the same in every tier. */
function scaled(prices: UnitPrices, factor: Ratio): UnitPrices {
  const entries = Object.entries(prices).map(
    ([meter, price]) => [meter, meter === 'webSearch' ? price : times(price, factor)] as const,
  );
  return Object.fromEntries(entries);
}

function unitPrices(rates: Partial<TokenRates>, path: string): UnitPrices {
  const prices: Partial<Record<Meter, Ratio>> = {};
  for (const [meter, key] of Object.entries(RATE_OF_METER) as [Meter, keyof TokenRates][]) {
    const usd = rates[key];
    if (usd === undefined) continue;
    prices[meter] = over(nonNegative(usd, `${path}.${key}`), ratioOf(meter === 'webSearch' ? 1_000 : 1_000_000));
  }
  return prices;
}

function paidFraction(discount: number, path: string): Ratio {
  const discountPath = `${path}.discount`;
  const { num, den } = nonNegative(discount, discountPath);
  if (num >= den) {
    throw invalidValue(discount, discountPath, 'a number from 0 to below 1: 0.15 is 15 % off');
  }
  return times({ num: den - num, den }, ONE);
}

function nonNegative(value: number, path: string): Ratio {
  if (!Number.isFinite(value) || value < 0) {
    throw invalidValue(value, path, 'a number from 0');
  }
  return ratioOf(value);
}

function pick<T extends object, K extends keyof T>(object: T, key: K): Pick<T, K> {
  return (object[key] === undefined ? {} : { [key]: object[key] }) as Pick<T, K>;
}
