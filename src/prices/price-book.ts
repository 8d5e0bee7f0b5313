/** Resolves the price of a configured model: from the price book, our overlay, or the configuration. */
import { checkNames, checkText, invalidValue, RouterError } from '../errors.ts';
import type { Lookup } from './book.ts';
import { BOOK, lookUp, nearNames } from './book.ts';
import { BOOK_KEYS, datedEras, OWN_RATES, RATES_KEYS, sheetOfRates, withTerms } from './configured-price.ts';
import type { ListedPrice } from './listed-price.ts';
import { listedPrice, listOf, priceOf, withDiscountsOfBase } from './listed-price.ts';
import type { Price } from '../contracts/price.ts';
import type { BookPrice, DatedPrice, PriceConfig, RatesPrice } from '../contracts/price-config.ts';
import type { PriceList } from '../contracts/price-list.ts';
import type { Era } from './schedule.ts';
import { checkPriceList } from './price-list-check.ts';
import { mapSheets, schedulePrice } from './schedule.ts';
import { selfHostedPrice } from './self-hosted.ts';
import { statedPrice } from './stated-price.ts';

/** The model whose price to resolve. */
export interface PriceRequest {
  /** `openai`, `anthropic`, any other provider id of the price book, or `other`, which has no prices of its own. */
  readonly provider: string;
  /** The provider's model name. */
  readonly model: string;
  /** The model's endpoint, if it is not the provider's own. The book's prices of the endpoint's operator then apply. */
  readonly baseURL?: string;
  readonly price?: PriceConfig;
  /** The application's own list prices, looked up before those of the package. */
  readonly priceList?: PriceList;
  /** Path of the price in the configuration, for errors: `models.mini.price`. Default `price`. */
  readonly path?: string;
}

/**
 * Resolves a model's price once, at start-up. Nothing is fetched: the book is part of the package.
 *
 * The book's price is used only for exactly the named model. A dated snapshot (`-2025-08-07`, `-20250929`, `-latest`) of a
 * name in the book is that model; a name that is only similar is not.
 *
 * @throws RouterError `unknown-price` when neither the configuration nor the price book has a price; the error suggests
 * similar names. `invalid-value` for a configured price that is not valid. Both have the path.
 *
 * @example
 * ```ts
 * const price = resolvePrice({ provider: 'openai', model: 'gpt-5-mini' });
 * price.cost({ input: 1_000, output: 300 }, Date.UTC(2026, 0, 1)); // 850_000 nano-dollars: $0.00085
 * ```
 */
export function resolvePrice(request: PriceRequest): Price {
  checkNames(request, REQUEST_KEYS, 'resolvePrice');
  const { price, path = 'price', provider, model, baseURL, priceList } = request;
  checkText(provider, 'resolvePrice.provider');
  checkText(model, 'resolvePrice.model');
  if (baseURL !== undefined) checkText(baseURL, 'resolvePrice.baseURL');
  if (priceList !== undefined) checkPriceList(priceList, 'priceList');
  if (price === 'reported') return statedPrice(listPrice(request));
  if (typeof price === 'string') return priceOf(foundAs(request, price, path));
  if (price === undefined) return priceOf(found(request, path));
  if (typeof price !== 'object' || price === null) throw invalidValue(price, path, FORMS);
  if (Array.isArray(price)) {
    const list = price as readonly DatedPrice[];
    return schedulePrice(
      'configuration',
      datedEras(list, path, (entry, entryPath) => erasOfEntry(request, entry, { path: entryPath, known: ['from'] })),
    );
  }
  if ('gpuHourUsd' in price) {
    checkNames(price, ['gpuHourUsd', 'concurrency', 'tokensPerSecond', 'utilisation'], path);
    return selfHostedPrice(price, path);
  }
  const terms = price as (RatesPrice | BookPrice) & { readonly reported?: boolean };
  const { reported = false } = terms;
  if (typeof reported !== 'boolean') throw invalidValue(reported, `${path}.reported`, 'true or false');
  if (reported && Object.keys(terms).length === 1) return statedPrice(listPrice(request));
  const rates = schedulePrice(sourceOf(request, terms), erasOfEntry(request, terms, { path, known: ['reported'] }));
  return reported ? statedPrice(rates) : rates;
}

/** The keys of a configured model, so that one can be passed unchanged. */
const REQUEST_KEYS =
  'provider model baseURL price priceList path headers apiKey api servedAs params transform lacks contextTokens cache'.split(
    ' ',
  );

const FORMS = [
  "'provider/model'",
  '{ inputUsdPerMillion, outputUsdPerMillion }',
  '{ discount }',
  '[{ from, … }]',
  '{ gpuHourUsd }',
  '{ reported: true, … }',
];

function isRates(entry: RatesPrice | BookPrice): entry is RatesPrice {
  return OWN_RATES.some(rate => rate in entry);
}

/** @param options.known further keys that the entry may have: `from`, in a dated list */
function erasOfEntry(
  request: PriceRequest,
  entry: RatesPrice | BookPrice,
  { path, known = [] }: { readonly path: string; readonly known?: readonly string[] },
): readonly Era[] {
  if (isRates(entry)) {
    checkNames(entry, [...RATES_KEYS, ...known], path);
    const eras = [{ fromMs: -Infinity, sheet: sheetOfRates(entry, path) }];
    const provider = listOf(request);
    return provider === undefined
      ? eras
      : withDiscountsOfBase(eras, { provider, model: request.model, own: request.priceList });
  }
  // The entry has no rates of its own, but may contain a misspelled one.
  checkNames(entry, [...OWN_RATES, ...BOOK_KEYS, ...known], path);
  const { eras } = entry.as === undefined ? found(request, path) : foundAs(request, entry.as, `${path}.as`);
  return eras.map(era => mapSheets(era, sheet => withTerms(sheet, entry, path)));
}

function sourceOf(request: PriceRequest, entry: RatesPrice | BookPrice): string {
  if (isRates(entry)) return 'configuration';
  return `${BOOK} ${entry.as ?? `${request.provider}/${request.model}`}, configured terms`;
}

/** The book's price of `provider/model`, as the application names it. */
function foundAs({ priceList }: PriceRequest, name: string, path: string): ListedPrice {
  const slash = typeof name === 'string' ? name.indexOf('/') : 0;
  if (slash < 1) throw invalidValue(name, path, "'provider/model' of the price book, such as 'openai/gpt-5-mini'");
  const list = priceList === undefined ? {} : { priceList };
  return found({ provider: name.slice(0, slash), model: name.slice(slash + 1), ...list }, path);
}

/** `undefined` if no list has the model. */
function listPrice(request: PriceRequest): Price | undefined {
  const known = listed(request);
  return known === undefined ? undefined : priceOf(known);
}

function found(request: PriceRequest, path: string): ListedPrice {
  const known = listed(request);
  if (known !== undefined) return known;
  const provider = listOf(request);
  const lookup = provider === undefined ? undefined : (lookUp(provider, request.model) as NotFound);
  throw new RouterError('unknown-price', `the price of "${request.model}" is unknown: ${whyUnknown(request, lookup)}`, {
    path,
    accepted: whatToWrite(request, lookup),
  });
}

function listed(request: PriceRequest): ListedPrice | undefined {
  const provider = listOf(request);
  return provider === undefined ? undefined : listedPrice(provider, request.model, request.priceList);
}

type NotFound = Exclude<Lookup, { readonly kind: 'found' }>;

function whyUnknown({ provider, model, baseURL }: PriceRequest, lookup: NotFound | undefined): string {
  if (lookup === undefined) return `no provider of ${BOOK} serves ${addressOf(baseURL)}`;
  switch (lookup.kind) {
    case 'other-model':
      return `${BOOK} would take it for "${lookup.id}", which is another model`;
    case 'unbillable':
      return `${BOOK} has ${lookup.because} for "${lookup.id}", which cannot be billed from a reply`;
    case 'unknown-model': {
      const near = nearNames(lookup.provider, model).map(name => `"${name}"`);
      return near.length === 0
        ? `${BOOK} has nothing like it under "${lookup.provider}"`
        : `the nearest names in ${BOOK} under "${lookup.provider}" are ${near.join(', ')}`;
    }
    case 'unknown-provider':
      return provider === 'other'
        ? 'provider "other" has no prices of its own'
        : `${BOOK} has no provider "${provider}"`;
  }
}

/** The address without its user, password and query, which may contain a key. */
function addressOf(baseURL = ''): string {
  if (!URL.canParse(baseURL)) return 'that address';
  const { origin, pathname } = new URL(baseURL);
  return origin + pathname;
}

function whatToWrite({ provider, model, priceList }: PriceRequest, lookup: NotFound | undefined): string {
  const rates = 'price: { inputUsdPerMillion: …, outputUsdPerMillion: … } from your price list';
  if (lookup === undefined) {
    const id = listedPrice(provider, model, priceList)?.id;
    return id === undefined ? rates : `${rates}, or price: '${id}' if it bills that list price`;
  }
  if (lookup.kind === 'other-model')
    return `${rates}, or price: '${lookup.provider}/${lookup.id}' if it costs the same`;
  return rates;
}
