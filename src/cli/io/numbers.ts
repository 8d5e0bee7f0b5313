/** Numbers and dates of the command line, and exact rates for tables. */
import { InvalidArgumentError } from 'commander';
import { formatRate } from '../../core/report/wording.ts';

/** A comma is accepted only between thousands: otherwise a decimal comma, as in `0,0019`, would be read as 19. */
const NUMBER = /^(-?(?:[1-9]\d{0,2}(?:,\d{3})+|\d+(?:_\d+)*)(?:\.\d+)?|-?\.\d+)(%?)$/;

/** `0.7`, `70%`, `1_000` or `1,000`. */
export function parseNumber(text: string): number {
  const match = NUMBER.exec(text.trim());
  if (match === null) throw new InvalidArgumentError('Not a number such as 0.0019, 1,000 or 70%.');
  const value = Number((match[1] ?? '').replace(/[_,]/g, ''));
  return match[2] === '%' ? value / 100 : value;
}

/** A fraction from 0 to 1: `0.05` or `5%`. */
export function parseFraction(text: string): number {
  const fraction = parseNumber(text);
  if (!(fraction >= 0 && fraction <= 1)) throw new InvalidArgumentError(`${text} is not between 0 and 1.`);
  return fraction;
}

/**
 * A fraction of some intents: `5%`, `5 %`, or `0.05`. A bare number of 1 or more may mean a percentage or all of them, and is refused.
 */
export function parseShare(text: string): number {
  const bare = text.trim().replace(/\s+%$/, '%');
  const value = parseNumber(bare);
  if (!bare.endsWith('%') && value >= 1)
    throw new InvalidArgumentError(`${bare} may be ${bare} %, or all of them. Write ${bare}%, or ${value / 100}.`);
  if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError(`${text} is not between 0 and 100 %.`);
  return value;
}

/** A whole number, 0 or more. */
export function parseCount(text: string): number {
  const value = NUMBER.test(text.trim()) ? parseNumber(text) : Number.NaN;
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('Not a whole number of 0 or more.');
  return value;
}

/** A whole number, 1 or more. */
export function parsePositiveCount(text: string): number {
  const value = parseCount(text);
  if (value === 0) throw new InvalidArgumentError('Not a whole number of 1 or more.');
  return value;
}

const DATE = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:\d{2})?)?$/;

/** An ISO date, or date and time, in UTC unless it has an offset → milliseconds since the epoch. */
export function parseDate(text: string): number {
  const [, day = '', time = '00:00', offset = 'Z'] = DATE.exec(text) ?? [];
  const dayMs = Date.parse(day);
  const atMs = Date.parse(`${day}T${time}${offset}`);
  // `Date.parse` reads 30 February as 2 March, and a time without an offset in the machine's time zone.
  if (Number.isNaN(atMs) || new Date(dayMs).toISOString().slice(0, 10) !== day) {
    throw new InvalidArgumentError('Not an ISO date or time such as 2026-11-22 or 2026-11-22T23:00.');
  }
  return atMs;
}

/** A rate in pico-dollars per unit, as USD for `units`, with all its digits; `''` without a rate. */
export function rateText(picoUsd: number | undefined, units: number): string {
  return picoUsd === undefined ? '' : formatRate((picoUsd * units) / 1e12);
}
