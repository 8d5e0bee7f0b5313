/**
 * Money is integer nano-dollars (1 USD = 10⁹ nUSD) from the moment usage is priced.
 *
 * One fact (an attempt, an intent, a failure cost) is a safe-integer `number`: up to $9,007,199. A sum over facts is a
 * `bigint`, so that totals and moments merge exactly and in any order. A float never enters a total.
 */

/** Integer nano-dollars of one fact, a safe integer. */
export type NanoUsd = number;

/** Integer nano-dollars of a sum over facts. */
export type NanoUsdTotal = bigint;

export const NANO_PER_USD = 1_000_000_000;

/** The largest amount one fact may have, USD. */
export const MAX_FACT_USD = 9_000_000;

/** {@link MAX_FACT_USD} in nano-dollars: a safe integer. */
export const MAX_FACT_NANO_USD: NanoUsd = MAX_FACT_USD * NANO_PER_USD;

/**
 * USD as an application writes it → nano-dollars, rounded to the nearest.
 * The caller has checked that `usd` is finite, not negative and at most {@link MAX_FACT_USD}.
 */
export function toNanoUsd(usd: number): NanoUsd {
  return Math.round(usd * NANO_PER_USD);
}

/** Nano-dollars → USD as a float, for estimates and display; never summed back into a total. */
export function toUsd(nanoUsd: NanoUsd | NanoUsdTotal): number {
  return Number(nanoUsd) / NANO_PER_USD;
}

/** Exact decimal USD, without an exponent: `1_500_000_001n` → `"1.500000001"`. */
export function toDecimalUsd(nanoUsd: NanoUsd | NanoUsdTotal): string {
  const total = BigInt(nanoUsd);
  const digits = (total < 0n ? -total : total).toString().padStart(10, '0');
  const fraction = digits.slice(-9).replace(/0+$/, '');
  return `${total < 0n ? '-' : ''}${digits.slice(0, -9)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** The inverse of {@link toDecimalUsd}: `"1.500000001"` → `1_500_000_001n`. */
export function fromDecimalUsd(usd: string): NanoUsdTotal {
  const [whole = '', fraction = ''] = usd.replace('-', '').split('.');
  const nano = BigInt(whole + fraction.padEnd(9, '0'));
  return usd.startsWith('-') ? -nano : nano;
}

/** Above this product ($9,000 on one line) a float no longer holds every pico-dollar, and bigint takes over. */
const EXACT_PICO_USD = 9_000_000_000_000_000;

/** A whole quantity × rate (pico-dollars), rounded half up to nano-dollars. The result may exceed the limit of one fact. */
export function amount(quantity: number, rate: number): NanoUsd {
  if (rate <= 0) return 0;
  const picoUsd = quantity * rate;
  if (picoUsd > EXACT_PICO_USD) return Number((BigInt(quantity) * BigInt(rate) + 500n) / 1000n);
  // Below the limit, the error of the quotient is less than 0.002, so that no quotient below a whole number is rounded up to it.
  return Math.floor((picoUsd + 500) / 1000);
}
