/** The limits of a rate: one that rounds to 0 would be free, and one that is too large would not be exact. */
import { invalidValue } from '../errors.ts';
import type { Ratio } from './ratio.ts';
import { isLess, over, ratioOf, times, toNumber, toPicoUsd } from './ratio.ts';

/** Half a pico-dollar per unit, the smallest that does not round to 0: 0.0000005 USD per million tokens. */
const MIN_USD: Ratio = { num: 1n, den: 2_000_000_000_000n };

/** Per unit: nine billion USD per million tokens. A count × this rate is exact, and a rate is a safe integer. */
const MAX_USD: Ratio = { num: 9_000n, den: 1n };

export const RATE_LIMITS = 'a rate from 5e-13 to 9000 USD per unit';

/** Whether the ledger can store an amount of one unit at this rate, in USD, other than 0. */
export function isRate(usd: Ratio): boolean {
  return toPicoUsd(usd) > 0 && !isLess(MAX_USD, usd);
}

/** The smallest and the largest of these rates, ignoring rates of 0. */
export function extremes(rates: readonly Ratio[]): readonly Ratio[] {
  const [first, ...others] = rates.filter(({ num }) => num > 0n);
  if (first === undefined) return [];
  let [least, most] = [first, first];
  for (const rate of others) {
    if (isLess(rate, least)) least = rate;
    if (isLess(most, rate)) most = rate;
  }
  return [least, most];
}

/**
 * A configured number by which rates are multiplied. 0 makes them free.
 *
 * @param rates USD per unit, above 0
 * @throws RouterError `invalid-value`, with the accepted range, unless it is a number from 0 that keeps every rate within the
 * limits
 */
export function checkedFactor(value: unknown, path: string, rates: readonly Ratio[]): Ratio {
  const isNumber = typeof value === 'number' && Number.isFinite(value) && value >= 0;
  const factor = isNumber ? ratioOf(value) : undefined;
  if (factor !== undefined && (value === 0 || keepsWithin(factor, rates))) return factor;
  throw invalidValue(
    value,
    path,
    rates.length === 0 ? 'a number from 0' : `0, or a number from ${minFactor(rates)} to ${maxFactor(rates)}`,
  );
}

export function keepsWithin(factor: Ratio, rates: readonly Ratio[]): boolean {
  return rates.every(rate => isRate(times(rate, factor)));
}

/** Three digits, rounded up so that the printed number itself is accepted. */
export function minFactor(rates: readonly Ratio[]): number {
  const exact = Math.max(...rates.map(rate => toNumber(over(MIN_USD, rate))));
  const rounded = Number(exact.toPrecision(3));
  return rounded < exact ? Number((rounded * 1.01).toPrecision(3)) : rounded;
}

function maxFactor(rates: readonly Ratio[]): number {
  const exact = Math.min(...rates.map(rate => toNumber(over(MAX_USD, rate))));
  const rounded = Number(exact.toPrecision(3));
  return rounded > exact ? Number((rounded * 0.99).toPrecision(3)) : rounded;
}
