/** Sliders for amounts that span powers of ten: an equal step multiplies the value. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  /** A linear scale: each step adds the same amount to the value. */
  readonly linear: boolean;
  readonly steps: number;
}

/** The position of a value, 0 to `steps`; values out of range are at the ends. */
export function positionOf(value: number, { low, high, linear, steps }: Scale): number {
  const fraction = linear ? (value - low) / (high - low) : Math.log(value / low) / Math.log(high / low);
  return Math.round(steps * Math.min(1, Math.max(0, Number.isNaN(fraction) ? 0 : fraction)));
}

/** The value at a position, rounded to three digits. */
export function valueAt(position: number, { low, high, linear, steps }: Scale): number {
  const fraction = position / steps;
  const value = linear ? low + fraction * (high - low) : low * (high / low) ** fraction;
  return Number(value.toPrecision(3));
}

/**
 * A slider's range for an amount: it extends on both sides of the configured value, whatever its size. For 0, it begins at a
 * hundred thousandth of a dollar.
 */
export function rangeAround(usd: number): { readonly low: number; readonly high: number } {
  return usd > 0 ? { low: usd / 1_000, high: usd * 100 } : { low: 1e-5, high: 100 };
}
