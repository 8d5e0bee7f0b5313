/** Checks the prices of configured models: which are known, which are configured, and which are missing. */
import { RouterError } from '../errors.ts';
import type { RateBracket } from '../contracts/price.ts';
import type { PriceRequest } from './price-book.ts';
import { resolvePrice } from './price-book.ts';

/** A model to check, as the configuration has it. */
export type CheckedModel = Omit<PriceRequest, 'path'>;

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
}

/**
 * Checks prices as `createRouter` does, but reports every mistake instead of throwing the first one.
 *
 * @param atMs the time whose rates are shown
 */
export function checkPrices(models: Readonly<Record<string, CheckedModel>>, atMs: number): readonly PriceCheck[] {
  if (typeof models !== 'object' || models === null) {
    throw new RouterError('invalid-value', 'not an object of models', {
      path: 'checkPrices',
      accepted: "models by name: { mini: { provider: 'openai', model: 'gpt-5-mini' } }",
    });
  }
  return Object.entries(models).map(([name, model]) => checkPrice(name, model, atMs));
}

function checkPrice(name: string, request: CheckedModel, atMs: number): PriceCheck {
  const { provider, model } = request;
  const check = { name, provider, model };
  try {
    const price = resolvePrice({ ...request, path: `models.${name}.price` });
    const rates = price.ratesAt(atMs);
    if (request.price === undefined) {
      return { ...check, status: 'known', detail: price.source, rates, differsFromBook: false };
    }
    const book = bookRates(request, atMs);
    const differsFromBook = book !== undefined && JSON.stringify(book) !== JSON.stringify(rates);
    return { ...check, status: 'configured', detail: price.source, rates, differsFromBook };
  } catch (error) {
    if (!RouterError.isInstance(error)) throw error;
    return { ...check, status: 'unknown', detail: error.message, rates: [], differsFromBook: false };
  }
}

function bookRates({ provider, model, baseURL }: CheckedModel, atMs: number): readonly RateBracket[] | undefined {
  try {
    return resolvePrice({ provider, model, ...(baseURL === undefined ? {} : { baseURL }) }).ratesAt(atMs);
  } catch (error) {
    if (RouterError.isInstance(error)) return undefined;
    throw error;
  }
}
