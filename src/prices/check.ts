/** Checks the prices of configured models: which are known, which are configured, and which are missing. */
import { accepting, finite, recordOf } from '../argument-checks.ts';
import { RouterError } from '../errors.ts';
import type { Price, RateBracket } from '../contracts/price.ts';
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
 * @throws RouterError `invalid-value` for models that are no objects and for a time that is none
 */
export function checkPrices(models: Readonly<Record<string, CheckedModel>>, atMs: number): readonly PriceCheck[] {
  checkModels(models, 'checkPrices');
  finite(atMs, 'checkPrices.atMs');
  return Object.entries(models).map(([name, model]) => checkPrice(name, model, atMs));
}

function checkPrice(name: string, request: CheckedModel, atMs: number): PriceCheck {
  const { provider, model } = request;
  const check = { name, provider, model };
  const price = resolved({ ...request, path: `models.${name}.price` });
  if (RouterError.isInstance(price)) {
    return { ...check, status: 'unknown', detail: price.message, rates: [], differsFromBook: false };
  }
  const rates = price.ratesAt(atMs);
  const { price: configured, ...listed } = request;
  if (configured === undefined) {
    return { ...check, status: 'known', detail: price.source, rates, differsFromBook: false };
  }
  const book = resolved(listed);
  const differsFromBook = !RouterError.isInstance(book) && JSON.stringify(book.ratesAt(atMs)) !== JSON.stringify(rates);
  return { ...check, status: 'configured', detail: price.source, rates, differsFromBook };
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
