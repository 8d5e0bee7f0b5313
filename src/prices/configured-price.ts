/** Translates a configured price into eras. */
import { invalidValue, RouterError } from '../errors.ts';
import type { BookPrice, RatesPrice } from '../contracts/price-config.ts';
import { longContextPrices, RATE_KEYS, unitPrices } from './configured-rates.ts';
import { onTerms } from './configured-terms.ts';
import type { PriceBracket } from './rate-table.ts';
import type { Era } from './schedule.ts';
import type { Sheet } from './sheet.ts';
import { TERM_KINDS } from './term-names.ts';

const TERM_KEYS = [...TERM_KINDS, 'discount'];
export const RATES_KEYS: readonly string[] = [...RATE_KEYS, ...TERM_KEYS, 'longContext'];
/** A price with one of these rates does not come from the book, and needs both. */
export const OWN_RATES: readonly string[] = ['inputUsdPerMillion', 'outputUsdPerMillion'];
export const BOOK_KEYS: readonly string[] = ['as', ...TERM_KEYS, ...RATE_KEYS.filter(key => !OWN_RATES.includes(key))];

/** The price list of a price that is configured as rates. */
export function sheetOfRates(config: RatesPrice, path: string): Sheet {
  const base = unitPrices(config, path);
  if (base.input === undefined || base.output === undefined) {
    throw new RouterError('invalid-value', 'a price needs the rates of input and output', {
      path,
      accepted: OWN_RATES,
    });
  }
  const standard: PriceBracket[] = [{ aboveTokens: -1, prices: base }];
  if (config.longContext !== undefined) {
    const { aboveTokens, prices } = longContextPrices(config.longContext, `${path}.longContext`);
    standard.push({ aboveTokens, prices: { ...base, ...prices } });
  }
  return onTerms({ standard }, config, path);
}

/**
 * Adds the application's terms to a price list. A configured rate adds a meter that the list lacks, or replaces the list's rate,
 * whatever the size of the request.
 */
export function withTerms(list: Sheet, config: Omit<BookPrice, 'as'>, path: string): Sheet {
  const rates = unitPrices(config, path);
  const standard = list.standard.map(bracket => ({ ...bracket, prices: { ...bracket.prices, ...rates } }));
  return onTerms({ ...list, standard }, config, path);
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
