/** Exact decimals as scaled integers, written without exponents. */

/** `digits / 10^scale` as text: `decimalText(1_500n, 3)` → `"1.5"`. */
export function decimalText(digits: number | bigint, scale: number): string {
  const isNegative = digits < 0;
  const text = String(isNegative ? -digits : digits).padStart(scale + 1, '0');
  const point = text.length - scale;
  let end = text.length;
  while (end > point && text.charCodeAt(end - 1) === 48) end--;
  const fraction = end > point ? `.${text.slice(point, end)}` : '';
  return `${isNegative ? '-' : ''}${text.slice(0, point)}${fraction}`;
}

/** The exact product of two integers: a bigint only if a number cannot hold it. */
export function product(a: number, b: number): number | bigint {
  const result = a * b;
  return Number.isSafeInteger(result) ? result : BigInt(a) * BigInt(b);
}

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * A decimal text (`1.25`, `-3`, `2.5E-7`) as an integer in units of 10^-scale. `undefined` for any other text, and for a
 * number with more decimal places: rounding is the caller's decision.
 */
export function parseDecimal(text: string, scale: number): bigint | undefined {
  const match = DECIMAL.exec(text.trim());
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  if (whole === '' && fraction === '') return undefined;
  const shift = scale - fraction.length + Number(exponent);
  const written = whole + fraction;
  const size = written.length < 16 ? BigInt(Number(written)) : BigInt(written);
  const digits = sign === '-' ? -size : size;
  if (shift >= 0) return digits * tenTo(shift);
  const divisor = tenTo(-shift);
  return digits % divisor === 0n ? digits / divisor : undefined;
}

const POWERS: readonly bigint[] = Array.from({ length: 32 }, (_, power) => 10n ** BigInt(power));

function tenTo(power: number): bigint {
  return POWERS[power] ?? 10n ** BigInt(power);
}
