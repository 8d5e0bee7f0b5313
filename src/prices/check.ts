/** Checks the prices of configured models: which are known, which are configured, and which are missing. */
import { accepting, finite, recordOf } from '../argument-checks.ts';
import { RouterError } from '../errors.ts';
import type { Meter } from '../core/ledger/usage.ts';
import type { Price, RateBracket } from '../contracts/price.ts';
import type { PriceList } from '../contracts/price-list.ts';
import { BOOK, BOOK_AS_OF } from './book.ts';
import { OVERLAY } from './overlay.ts';
import { checkPriceList } from './price-list-check.ts';
import type { PriceRequest } from './price-book.ts';
import { resolvePrice } from './price-book.ts';

/** A model to check, in the format of the configuration. */
export type CheckedModel = Omit<PriceRequest, 'path' | 'priceList'>;

/** A price list that is searched. */
export interface PriceListAge {
  readonly name: string;
  /** ISO date: the day of the newest entry, or the day on which the list was published. */
  readonly asOf: string;
}

/** The price lists in the order in which they are looked up: the application's own, our overlay, the price book. */
export function priceLists(own?: PriceList): readonly PriceListAge[] {
  return [
    ...(own === undefined ? [] : [{ name: own.source, asOf: own.asOf }]),
    { name: 'additions to the price book', asOf: OVERLAY.asOf },
    { name: BOOK, asOf: BOOK_AS_OF },
  ];
}

export interface PriceCheck {
  readonly name: string;
  readonly provider: string;
  readonly model: string;
  /**
   * `known`: priced from the book or the overlay; `configured`: priced by the application; `unknown`: start-up fails.
   */
  readonly status: 'known' | 'configured' | 'unknown';
  /** Where the price comes from, or why there is none and what to configure. */
  readonly detail: string;
  /** Rates in force at the time of the check; empty for a GPU hour and for an unknown price. */
  readonly rates: readonly RateBracket[];
  /** True for a configured price of a model that the book has at other rates. */
  readonly differsFromBook: boolean;
  /** Meters without a rate of their own. If a reply uses one, its cost is an estimate; cached input is priced as input. */
  readonly missing: readonly Meter[];
}

const checkModels = recordOf(
  "models by name: { mini: { provider: 'openai', model: 'gpt-5-mini' } }",
  accepting(
    "a model: { provider: 'openai', model: 'gpt-5-mini' }",
    value => typeof value === 'object' && value !== null,
  ),
);

/**
 * Checks prices as `createRouter` does, but reports every mistake instead of throwing the first one.
 *
 * @param atMs the time whose rates are shown
 * @param options the application's own list prices
 * @throws RouterError `invalid-value` for models that are not objects, for an invalid time and for a price list with a mistake
 */
export function checkPrices(
  models: Readonly<Record<string, CheckedModel>>,
  atMs: number,
  { priceList }: { readonly priceList?: PriceList | undefined } = {},
): readonly PriceCheck[] {
  checkModels(models, 'checkPrices');
  finite(atMs, 'checkPrices.atMs');
  if (priceList !== undefined) checkPriceList(priceList, 'priceList');
  const list = priceList === undefined ? {} : { priceList };
  return Object.entries(models).map(([name, model]) => checkPrice(name, { ...model, ...list }, atMs));
}

function checkPrice(name: string, request: PriceRequest, atMs: number): PriceCheck {
  const { provider, model } = request;
  const check = { name, provider, model };
  const price = resolved({ ...request, path: `models.${name}.price` });
  if (RouterError.isInstance(price)) {
    return { ...check, status: 'unknown', detail: price.message, rates: [], differsFromBook: false, missing: [] };
  }
  const rates = price.ratesAt(atMs);
  const found = { ...check, detail: price.source, rates, missing: missingRates(price, atMs) };
  const { price: configured, ...listed } = request;
  if (configured === undefined) return { ...found, status: 'known', differsFromBook: false };
  const book = resolved(listed);
  const differsFromBook = !RouterError.isInstance(book) && JSON.stringify(book.ratesAt(atMs)) !== JSON.stringify(rates);
  return { ...found, status: 'configured', differsFromBook };
}

/** What a request may use in addition to input and output. Audio and images are left out: few models have them. */
const FURTHER_METERS: readonly Meter[] = ['webSearch', 'fileSearch', 'codeSession', 'imageGenOutput'];

function missingRates(price: Price, atMs: number): readonly Meter[] {
  const [standard] = price.ratesAt(atMs);
  const isNamed = (meter: Meter): boolean => price.unpriced({ [meter]: 1 }, atMs).length > 0;
  return [
    ...(standard !== undefined && standard.rates.cacheRead === undefined ? (['cacheRead'] as const) : []),
    ...FURTHER_METERS.filter(isNamed),
    ...(price.hasRequestFee === true && isNamed('request') ? (['request'] as const) : []),
  ];
}

/** The price, or why there is none. */
function resolved(request: PriceRequest): Price | RouterError {
  try {
    return resolvePrice(request);
  } catch (error) {
    if (RouterError.isInstance(error)) return error;
    throw error;
  }
}
