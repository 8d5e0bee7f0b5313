/** Exact decimals, used at start-up: a price of 0.15 is billed as 0.15, which no binary float represents exactly. */

/** num / den, den > 0. */
export interface Ratio {
  readonly num: bigint;
  readonly den: bigint;
}

export const ONE: Ratio = Object.freeze({ num: 1n, den: 1n });

/**
 * The decimal as which a number was written: the shortest one that reads back as the same float, which is exact for up to 15
 * digits.
 *
 * @throws TypeError when `value` is not finite
 */
export function ratioOf(value: number): Ratio {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value));
  if (match === null) throw new TypeError(`not a finite number: ${value}`);
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const digits = BigInt(`${sign}${whole}${fraction}`);
  const scale = fraction.length - Number(exponent);
  return scale > 0 ? { num: digits, den: 10n ** BigInt(scale) } : { num: digits * 10n ** BigInt(-scale), den: 1n };
}

export function times(a: Ratio, b: Ratio): Ratio {
  return { num: a.num * b.num, den: a.den * b.den };
}

export function over(a: Ratio, b: Ratio): Ratio {
  return { num: a.num * b.den, den: a.den * b.num };
}

export function isLess(a: Ratio, b: Ratio): boolean {
  return a.num * b.den < b.num * a.den;
}

/** The nearest float, for display. */
export function toNumber({ num, den }: Ratio): number {
  return Number(num) / Number(den);
}

/** The nearest integer number of pico-dollars, half up. `usd` is not negative. */
export function toPicoUsd(usd: Ratio): number {
  return Number((usd.num * 2_000_000_000_000n + usd.den) / (usd.den * 2n));
}
