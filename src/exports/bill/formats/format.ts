/** The interface of a reader of one vendor's bill, and the functions that readers share. */
import { MAX_FACT_USD } from '../../../core/ledger/money.ts';
import { RouterError } from '../../../errors.ts';
import { parseDecimal } from '../../focus/decimal.ts';
import type { BillRounding, BillRow, RowKind } from '../bill-row.ts';
import { BILL_SCALE } from '../bill-row.ts';
import type { BillTimes } from '../bill-times.ts';
import type { CsvRecord } from '../csv-records.ts';
import type { LastDigit } from '../rounding.ts';
import { digitsOfCurrency, lastDigit } from '../rounding.ts';
import type { SkuMap } from '../sku-map.ts';

/** A reader of one kind of bill. It recognizes its own files. */
export interface BillFormat {
  /** Name of the format: `openai-costs`. */
  readonly name: string;
  /** The vendor that sends the bill, if it has no other vendor's charges. */
  readonly vendor?: string;
  readonly csv?: {
    /** Columns that no other bill has in this combination. */
    readonly isOf: readonly string[];
    /** All columns that are read, `isOf` included. */
    readonly columns: readonly string[];
    rows(record: CsvRecord, context: RowContext): Iterable<BillRow>;
  };
  readonly json?: {
    /** @param value one object of the file: a bucket of a page, a line */
    isOf(value: BillObject): boolean;
    rows(value: BillObject, context: RowContext): Iterable<BillRow>;
  };
}

/** Numbers are kept as the text in which they are written. */
export type BillObject = Readonly<Record<string, unknown>>;

export interface RowContext {
  /** Where the row is: `line 7`, `value 3`. */
  readonly path: string;
  readonly times: BillTimes;
  readonly names: SkuMap;
  /** USD for one unit of another currency, by its code. */
  readonly usdPer: Readonly<Record<string, number>>;
  /** Rows with other values in these columns or fields belong to another key. */
  readonly only: Readonly<Record<string, string>>;
  readonly costColumn: 'EffectiveCost' | 'BilledCost' | 'ListCost';
  /** How costs in another currency are rounded. */
  readonly rounding: FileRounding;
}

/** Rounding in one file. {@link usdOf} adds the costs that it converts. */
export interface FileRounding extends BillRounding {
  /** @param rate USD for one unit of the currency, and both in units of 10⁻¹⁸ */
  add(amount: bigint, currency: string, rate: bigint): void;
  /** How many costs so far were in a currency other than USD. */
  readonly converted: number;
}

export function fileRounding(): FileRounding {
  const currencies = new Map<string, { readonly digit: LastDigit; rate: bigint }>();
  let converted = 0;
  return {
    add(amount, currency, rate) {
      converted++;
      let known = currencies.get(currency);
      if (known === undefined)
        currencies.set(currency, (known = { digit: lastDigit(digitsOfCurrency(currency)), rate }));
      known.digit.add(amount);
      if (rate > known.rate) known.rate = rate;
    },
    get converted() {
      return converted;
    },
    get lastDigit() {
      // The digit is at least the last digit of converted costs.
      const digits = [...currencies.values()].map(({ digit, rate }) => (digit.unit() * rate) / PER_USD + 1n);
      return digits.reduce((coarsest, digit) => (digit > coarsest ? digit : coarsest), 1n);
    },
  };
}

export function invalidRow({ path }: RowContext, message: string, accepted: string): RouterError {
  return new RouterError('invalid-data', message, { path, accepted });
}

/**
 * The text of a JSON value: for a number, its digits; `undefined` for null and for a value that is neither a text nor a number.
 */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * `undefined` if no currency is named: the bill is then in USD. @throws RouterError `invalid-data` for a value that is not a text
 */
export function currencyOf(value: unknown, context: RowContext): string | undefined {
  if (value === undefined || value === null || typeof value === 'string') return textOf(value);
  throw invalidRow(context, 'the currency is not a text', 'USD, EUR …');
}

export function objectsIn(value: unknown): readonly BillObject[] {
  return Array.isArray(value) ? value.filter(each => typeof each === 'object' && each !== null) : [];
}

/**
 * An amount as an integer in units of 10⁻¹⁸. Further digits are cut off: they come from a float.
 *
 * @throws RouterError `invalid-data` for a value that is not a number
 */
export function amountOf(text: string | undefined, what: string, context: RowContext): bigint {
  const value = text === undefined ? undefined : parseDecimal(withoutFloatDigits(text), BILL_SCALE);
  if (value === undefined)
    throw invalidRow(
      context,
      `${what} "${text ?? ''}" is not a decimal with at most ${BILL_SCALE} digits after the point`,
      'a number',
    );
  return value;
}

/**
 * A float of an API has up to 17 digits, some of them after the 18th decimal place: `1.2345678901234567e-5`,
 * `0.0096995999999999992`. A decimal 0 may be written with its exponent: `0E-6176`.
 */
function withoutFloatDigits(text: string): string {
  if (text.length < 20 && !/e/i.test(text)) return text;
  const [, sign, whole = '', fraction = '', exponent = '0'] =
    /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  const over = fraction.length - Number(exponent) - BILL_SCALE;
  if (sign === undefined || over <= 0) return text;
  const digits = whole + fraction;
  return `${sign}${digits.slice(0, Math.max(0, digits.length - over)) || '0'}e-${BILL_SCALE}`;
}

/** @throws for a negative cost of a use; other kinds of rows may be negative */
export function usdOf(
  text: string | undefined,
  what: string,
  context: RowContext,
  {
    currency = 'USD',
    kind = 'use',
    per = 1n,
    perUsd,
  }: {
    readonly currency?: string | undefined;
    readonly kind?: RowKind;
    readonly per?: bigint;
    /** Units of the currency per dollar, in units of 10⁻¹⁸, if the bill states the rate. */
    readonly perUsd?: bigint;
  } = {},
): bigint {
  const amount = amountOf(text, what, context) / per;
  const code = currency.toUpperCase();
  const rate = perUsd === undefined ? usdPer(code, context) : (PER_USD * PER_USD) / perUsd;
  const cost = perUsd === undefined ? (amount * rate) / PER_USD : (amount * PER_USD) / perUsd;
  if (rate !== PER_USD) context.rounding.add(amount, code, rate);
  const minUsd = kind === 'use' ? 0 : -MAX_FACT_USD;
  if (cost >= BigInt(minUsd) * PER_USD && cost <= BigInt(MAX_FACT_USD) * PER_USD) return cost;
  throw invalidRow(context, `${what} "${text}" is not accepted`, `USD from ${minUsd} to ${MAX_FACT_USD}`);
}

const PER_USD = 10n ** BigInt(BILL_SCALE);

/** USD for one unit of the currency, in units of 10⁻¹⁸. */
function usdPer(currency: string, context: RowContext): bigint {
  if (currency === 'USD') return PER_USD;
  const rate = Object.hasOwn(context.usdPer, currency) ? context.usdPer[currency] : undefined;
  if (rate === undefined)
    throw invalidRow(
      context,
      `the bill is in ${currency}`,
      `USD, or what one ${currency} is in USD: --usd-per ${currency}=1.08`,
    );
  return parseDecimal(String(rate), BILL_SCALE) ?? 0n;
}

/** A quantity in units of 10⁻¹⁸, or `undefined` where there is none. */
export function quantityOf(
  text: string | undefined,
  what: string,
  context: RowContext,
  factor = 1,
): bigint | undefined {
  if (text === undefined || text === '') return undefined;
  return amountOf(text, what, context) * BigInt(factor);
}

/** `other-key` if a row belongs to none of the selected projects, keys or accounts. */
export function isOfOtherKey(values: Readonly<Record<string, unknown>>, { only }: RowContext): boolean {
  for (const name in only) if ((textOf(values[name]) ?? '') !== only[name]) return true;
  return false;
}
