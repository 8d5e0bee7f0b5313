/** Translates the price book's prices of a model, with their dates, hours and size tiers, into eras. */
import type { BookModel, BookRates, BookTiers, ConditionalRates } from './book-providers.ts';
import type { Meter } from '../core/ledger/usage.ts';
import type { PriceBracket, UnitPrices } from './rate-table.ts';
import type { Ratio } from './ratio.ts';
import { over, ratioOf } from './ratio.ts';
import type { DailyWindow, Era } from './schedule.ts';
import type { Sheet } from './sheet.ts';

export type BookPrices = BookModel['prices'];

const METER_OF_KEY: Readonly<Record<string, Meter>> = {
  input_mtok: 'input',
  cache_read_mtok: 'cacheRead',
  cache_write_mtok: 'cacheWrite5m',
  cache_write_5m_mtok: 'cacheWrite5m',
  cache_write_1h_mtok: 'cacheWrite1h',
  input_audio_mtok: 'inputAudio',
  cache_audio_read_mtok: 'cacheReadAudio',
  output_mtok: 'output',
  output_audio_mtok: 'outputAudio',
  output_image_mtok: 'outputImage',
  web_searches_kcount: 'webSearch',
  storage_searches_kcount: 'fileSearch',
};

/**
 * A fee per request that depends on a value that no reply reports (at Perplexity, the size of the search context); the book has
 * the largest fee.
 */
const UNKNOWN_FEE = 'requests_kcount';

/** The reason why replies do not suffice to calculate a bill at these prices; `undefined` if they do. */
export function unbillable(bookPrices: BookPrices): string | undefined {
  for (const { prices } of conditional(bookPrices)) {
    const key = Object.keys(prices).find(key => !(key in METER_OF_KEY) && key !== UNKNOWN_FEE);
    if (key !== undefined) return `a price per ${key}`;
    if (prices['input_mtok'] === undefined) return 'no price of input tokens';
    if (prices['output_mtok'] === undefined) return 'no price of output tokens';
  }
  return undefined;
}

function conditional(prices: BookPrices): readonly ConditionalRates[] {
  return Array.isArray(prices) ? (prices as readonly ConditionalRates[]) : [{ prices: prices as BookRates }];
}

/** The periods with the same rates, oldest first: at any time, the book's rates are those of the last entry whose condition holds. */
export function bookEras(prices: BookPrices): readonly Era[] {
  const entries = conditional(prices);
  const starts = entries.map(startOf).filter(start => start !== undefined);
  return [-Infinity, ...[...new Set(starts)].sort((a, b) => a - b)].map(fromMs => eraFrom(entries, fromMs));
}

function startOf({ constraint }: ConditionalRates): number | undefined {
  return constraint?.type === 'start_date' ? Date.parse(`${constraint.start_date}T00:00:00Z`) : undefined;
}

function eraFrom(entries: readonly ConditionalRates[], fromMs: number): Era {
  const windows: DailyWindow[] = [];
  for (const entry of entries.toReversed()) {
    const { constraint } = entry;
    if (constraint?.type === 'time_of_date') {
      const { start_time, end_time } = constraint;
      windows.push({ startMs: timeOfDayMs(start_time), endMs: timeOfDayMs(end_time), sheet: sheetOf(entry.prices) });
    } else if (constraint === undefined || (startOf(entry) as number) <= fromMs) {
      return { fromMs, windows, sheet: sheetOf(entry.prices) };
    }
  }
  return { fromMs, windows, sheet: sheetOf((entries[0] as ConditionalRates).prices) };
}

/** `16:30:00Z` → milliseconds since midnight UTC. */
function timeOfDayMs(text: string): number {
  return Date.parse(`1970-01-01T${text}`);
}

function sheetOf(prices: BookRates): Sheet {
  const starts = Object.values(prices).flatMap(price => (isTiered(price) ? price.tiers.map(tier => tier.start) : []));
  const sizes = [-1, ...[...new Set(starts)].sort((a, b) => a - b)];
  const unknown: Meter[] = [];
  if (prices['cache_read_mtok'] === undefined) unknown.push('cacheRead');
  if (UNKNOWN_FEE in prices) unknown.push('request');
  return { standard: sizes.map(aboveTokens => bracket(prices, aboveTokens)), unknown };
}

function bracket(prices: BookRates, aboveTokens: number): PriceBracket {
  const units: Partial<Record<Meter, Ratio>> = {};
  for (const [key, price] of Object.entries(prices)) {
    const meter = METER_OF_KEY[key];
    if (meter === undefined || price === undefined) continue;
    const usd = isTiered(price) ? tierPrice(price, aboveTokens) : price;
    units[meter] = over(ratioOf(usd), ratioOf(key.endsWith('_kcount') ? 1_000 : 1_000_000));
  }
  return { aboveTokens, prices: units satisfies UnitPrices };
}

function isTiered(price: number | BookTiers | undefined): price is BookTiers {
  return typeof price === 'object';
}

/** Like the book: the highest tier whose start is below the size of the whole input sets the price of all its tokens. */
function tierPrice(price: BookTiers, aboveTokens: number): number {
  const reached = price.tiers.filter(tier => tier.start <= aboveTokens).toSorted((a, b) => a.start - b.start);
  return reached.at(-1)?.price ?? price.base;
}
