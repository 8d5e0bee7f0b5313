/** Sliders of amounts that span powers of ten: equal steps multiply. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  /** Equal steps add instead. */
  readonly linear: boolean;
  readonly places: number;
}

/** The place of a value, 0 to `places`; values outside are at the ends. */
export function placeOf(value: number, { low, high, linear, places }: Scale): number {
  const part = linear ? (value - low) / (high - low) : Math.log(value / low) / Math.log(high / low);
  return Math.round(places * Math.min(1, Math.max(0, Number.isNaN(part) ? 0 : part)));
}

/** The value at a place, rounded to three digits. */
export function atPlace(place: number, { low, high, linear, places }: Scale): number {
  const part = place / places;
  const value = linear ? low + part * (high - low) : low * (high / low) ** part;
  return Number(value.toPrecision(3));
}
