/** Numbers as people write them on a command line, and as tables show them. */
import { InvalidArgumentError } from 'commander';

/** Commas part thousands and nothing else: a decimal comma would be read as a number ten thousand times as large. */
const NUMBER = /^(-?(?:[1-9]\d{0,2}(?:,\d{3})+|\d+(?:_\d+)*)(?:\.\d+)?|-?\.\d+)(%?)$/;

/** `0.7`, `70%`, `1_000` or `1,000`. */
export function parseNumber(text: string): number {
  const match = NUMBER.exec(text.trim());
  if (match === null) throw new InvalidArgumentError('Not a number such as 0.0019, 1,000 or 70%.');
  const value = Number((match[1] ?? '').replace(/[_,]/g, ''));
  return match[2] === '%' ? value / 100 : value;
}

/** A whole number from 0. */
export function parseCount(text: string): number {
  const value = parseNumber(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('Not a whole number from 0.');
  return value;
}

const DATE = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:\d{2})?)?$/;

/** An ISO date, or date and time, in UTC where no offset is given → milliseconds since the epoch. */
export function parseDate(text: string): number {
  const [, day = '', time = '00:00', offset = 'Z'] = DATE.exec(text) ?? [];
  const dayMs = Date.parse(day);
  const atMs = Date.parse(`${day}T${time}${offset}`);
  // `Date.parse` takes the 30th of February for the 2nd of March, and a time without an offset for the machine's own.
  if (Number.isNaN(atMs) || new Date(dayMs).toISOString().slice(0, 10) !== day) {
    throw new InvalidArgumentError('Not an ISO date or moment such as 2026-11-22 or 2026-11-22T23:00.');
  }
  return atMs;
}

/** USD to the cent from a dollar up, with enough digits to tell small amounts apart below: `$4.50`, `$0.0806`. */
export function usdText(usd: number): string {
  if (!Number.isFinite(usd)) return usd > 0 ? '∞' : '–';
  const size = Math.abs(usd);
  const digits = size === 0 || size >= 1 ? 2 : Math.min(12, Math.max(2, 2 - Math.floor(Math.log10(size))));
  const [whole = '', fraction = ''] = size.toFixed(digits).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  const kept = fraction.slice(0, 2) + fraction.slice(2).replace(/0+$/, '');
  return `${usd < 0 ? '-' : ''}$${grouped}.${kept}`;
}

/** `83 %`, or `-12 %`. */
export function percentText(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

/** A rate in pico-dollars per unit, as USD for many units, with every digit it has; `''` for none. */
export function rateText(picoUsd: number | undefined, units: number): string {
  if (picoUsd === undefined) return '';
  const [whole = '', fraction = ''] = ((picoUsd * units) / 1e12).toFixed(9).split('.');
  return `$${whole}.${fraction.slice(0, 2)}${fraction.slice(2).replace(/0+$/, '')}`;
}
