/** Reads a provider's bill from FOCUS CSV, whether we, the provider or a FinOps tool wrote it. */
import { CsvError, parse } from 'csv-parse';
import { callback, iterable, oneOf, optional, optionsWith } from '../../argument-checks.ts';
import { MAX_FACT_USD } from '../../core/ledger/money.ts';
import { invalidValue, RouterError } from '../../errors.ts';
import { csvText } from '../focus/csv.ts';
import { parseDecimal } from '../focus/decimal.ts';

/** Costs and quantities are integers in units of 10⁻¹⁸. More decimal places are rejected, so sums are exact. */
export const BILL_SCALE = 18;

const PER_USD = 10n ** BigInt(BILL_SCALE);

/** One row of a bill: the columns that matching needs. */
export interface BillRow {
  /** Our request id or the provider's; `undefined` where the row covers more than one request. */
  readonly requestId: string | undefined;
  /** SkuId: the provider's model name. */
  readonly model: string;
  /** SkuMeter: `Input Tokens`; empty for an adjustment. */
  readonly meter: string;
  /** Start of the charge period, milliseconds since the epoch. */
  readonly startMs: number;
  /** In units of 10⁻¹⁸ USD. */
  readonly cost: bigint;
  /** ConsumedQuantity in units of 10⁻¹⁸; `undefined` where the row has none. */
  readonly quantity: bigint | undefined;
}

export interface BillOptions {
  /** The column to read as the cost; default `EffectiveCost`. */
  readonly costColumn?: 'EffectiveCost' | 'BilledCost' | 'ListCost';
  /** For a bill with other model or meter names: map a row to ours. */
  readonly modelOf?: (row: Readonly<Record<string, string>>) => string;
  readonly meterOf?: (row: Readonly<Record<string, string>>) => string;
}

const checkChunks = iterable("text in chunks: createReadStream('bill.csv', 'utf8')", { orText: true });
const checkOptions = optionsWith<BillOptions>({
  costColumn: optional(oneOf(['EffectiveCost', 'BilledCost', 'ListCost'])),
  modelOf: optional(callback),
  meterOf: optional(callback),
});

/**
 * The rows of a FOCUS bill. Required columns: `ChargePeriodStart` and the cost; `x_RequestId` and `ConsumedQuantity` are
 * used where they exist.
 *
 * @throws RouterError `invalid-data` with the line for a missing column, an invalid number or time, a cost that no use can
 *   have (below 0, above $9,000,000), or another currency; `invalid-value` for wrong arguments; an error of the source as it is
 *
 * @example
 * ```ts
 * import { createReadStream } from 'node:fs';
 * import { reconcile } from 'outcome-router/finops';
 * const priceOf = () => resolvePrice(models.mini);
 * const result = await reconcile(readBill(createReadStream('openai.csv', 'utf8')), store, { priceOf });
 * ```
 */
export async function* readBill(
  chunks: AsyncIterable<string> | Iterable<string>,
  options: BillOptions = {},
): AsyncGenerator<BillRow> {
  checkChunks(chunks, 'readBill.chunks');
  checkOptions(options, 'readBill');
  const {
    costColumn = 'EffectiveCost',
    modelOf = row => row.SkuId ?? '',
    meterOf = row => row.SkuMeter ?? '',
  } = options;
  let hasHeader = false;
  const columns = (names: string[]): string[] => {
    hasHeader = true;
    // A file without rows is checked too: it may be something else than a bill.
    for (const column of ['ChargePeriodStart', costColumn])
      if (!names.includes(column)) throw invalid(1, `the bill has no column ${column}`, 'FOCUS CSV');
    return names;
  };
  const parser = parse({ columns, bom: true, skip_empty_lines: true, cast: csvText });
  const feeding = feed(chunks, parser);
  // The first data row is line 2.
  let line = 1;
  try {
    for await (const row of parser as AsyncIterable<Readonly<Record<string, string>>>) {
      line++;
      const currency = row.BillingCurrency ?? 'USD';
      if (currency !== 'USD') throw invalid(line, `the bill is in ${currency}`, 'USD');
      const startMs = Date.parse(row.ChargePeriodStart ?? '');
      if (Number.isNaN(startMs))
        throw invalid(line, `ChargePeriodStart "${row.ChargePeriodStart}" is not a time`, 'an ISO time');
      const cost = costOf(row, costColumn, line);
      // Our export has such a row for an intent that cost nothing.
      if (cost === 0n && row.ChargeCategory === 'Adjustment') continue;
      yield {
        requestId: row.x_RequestId === '' ? undefined : row.x_RequestId,
        model: modelOf(row),
        meter: meterOf(row),
        startMs,
        cost,
        quantity: row.ConsumedQuantity ? decimal(row.ConsumedQuantity, 'ConsumedQuantity', line) : undefined,
      };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // Without the field's value, which may be the rest of the file.
    throw invalid(line + 1, error.message.replace(/, value is .*$/su, ''), 'CSV with a header line');
  }
  await feeding;
  if (!hasHeader) throw invalid(1, 'the bill is empty', 'CSV with a header line');
}

/** Writes into the parser, with back-pressure. */
async function feed(chunks: AsyncIterable<string> | Iterable<string>, parser: ReturnType<typeof parse>): Promise<void> {
  try {
    for await (const chunk of chunks) {
      if (parser.destroyed) return;
      if (typeof chunk !== 'string' && !ArrayBuffer.isView(chunk)) throw invalidValue(chunk, 'readBill.chunks', 'text');
      if (!parser.write(chunk)) await drained(parser);
    }
    parser.end();
  } catch (error) {
    parser.destroy(error as Error);
  }
}

/** Resolves when the parser has room again or is closed. */
async function drained(parser: ReturnType<typeof parse>): Promise<void> {
  await new Promise<void>(resolve => {
    const done = (): void => {
      parser.off('drain', done).off('close', done);
      resolve();
    };
    parser.on('drain', done).on('close', done);
  });
}

/** A use costs nothing or more. A credit, a correction and an adjustment without a meter may take from it. */
function costOf(row: Readonly<Record<string, string>>, column: string, line: number): bigint {
  const text = row[column] ?? '';
  const cost = decimal(text, column, line);
  const { SkuMeter = '', ChargeCategory = 'Usage', ChargeClass = '' } = row;
  const isUse = SkuMeter !== '' && ChargeCategory === 'Usage' && ChargeClass !== 'Correction';
  const minUsd = isUse ? 0 : -MAX_FACT_USD;
  if (cost >= BigInt(minUsd) * PER_USD && cost <= BigInt(MAX_FACT_USD) * PER_USD) return cost;
  throw invalid(line, `${column} "${text}" is not accepted`, `USD from ${minUsd} to ${MAX_FACT_USD}`);
}

function decimal(text: string, column: string, line: number): bigint {
  const value = parseDecimal(text, BILL_SCALE);
  if (value === undefined)
    throw invalid(
      line,
      `${column} "${text}" is not a decimal with at most ${BILL_SCALE} digits after the point`,
      'a number',
    );
  return value;
}

function invalid(line: number, message: string, accepted: string): RouterError {
  return new RouterError('invalid-data', message, { path: `line ${line}`, accepted });
}
