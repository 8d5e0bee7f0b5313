/** Reads a provider's bill of any vendor. */
import { aboveZero, callback, iterable, oneOf, optional, optionsWith, recordOf, text } from '../../argument-checks.ts';
import { invalidValue, RouterError } from '../../errors.ts';
import type { BillRow } from './bill-row.ts';
import { billTimes } from './bill-times.ts';
import { csvRecords } from './csv-records.ts';
import { ANTHROPIC_COSTS, ANTHROPIC_USAGE } from './formats/anthropic.ts';
import { FOCUS } from './formats/focus-bill.ts';
import type { BillFormat, BillObject, RowContext } from './formats/format.ts';
import { fileRounding, objectsIn } from './formats/format.ts';
import { LITELLM_SPEND, OPENROUTER_ACTIVITY, OPENROUTER_DAYS } from './formats/gateways.ts';
import { OPENAI_COSTS, OPENAI_USAGE } from './formats/openai.ts';
import { jsonValues } from './json-values.ts';
import type { SkuEntry } from './sku-map.ts';
import { skuMap } from './sku-map.ts';

/** A file is read in the first of these formats that matches it. */
const FORMATS: readonly BillFormat[] = [
  FOCUS,
  OPENAI_COSTS,
  OPENAI_USAGE,
  ANTHROPIC_COSTS,
  ANTHROPIC_USAGE,
  OPENROUTER_ACTIVITY,
  OPENROUTER_DAYS,
  LITELLM_SPEND,
];

const KNOWN =
  'FOCUS, OpenAI costs or usage, Anthropic cost or usage reports, OpenRouter activity, LiteLLM spend logs: `outcome-router help bills`';

export interface BillOptions {
  /** The column of a FOCUS bill to read as the cost; default `EffectiveCost`. */
  readonly costColumn?: 'EffectiveCost' | 'BilledCost' | 'ListCost';
  /** The meaning of names on the bill (SKUs, meters, line items, models) that differ from the ledger's. */
  readonly names?: Readonly<Record<string, SkuEntry>>;
  /** For rows that `names` cannot map, in a FOCUS bill in CSV: returns our name of a row's model. */
  readonly modelOf?: (row: Readonly<Record<string, string>>) => string;
  /** Like `modelOf`, for the meter of a row: a name in the ledger, such as `input` or `output`. */
  readonly meterOf?: (row: Readonly<Record<string, string>>) => string;
  /** Zone of times and dates without an offset: `America/Los_Angeles`. Default: UTC. */
  readonly timeZone?: string;
  /** USD for one unit of another currency: `{ EUR: 1.08 }`. */
  readonly usdPer?: Readonly<Record<string, number>>;
  /** Rows with other values belong to other keys: `{ project_id: 'proj_1' }`. */
  readonly only?: Readonly<Record<string, string>>;
}

const checkChunks = iterable("text in chunks: createReadStream('bill.csv', 'utf8')", { orText: true });
const checkOptions = optionsWith<BillOptions>({
  costColumn: optional(oneOf(['EffectiveCost', 'BilledCost', 'ListCost'])),
  names: optional(recordOf("{ SKU: { model: 'gpt-5-mini', meter: 'Input Tokens' } }", () => undefined)),
  modelOf: optional(callback),
  meterOf: optional(callback),
  timeZone: optional(text),
  usdPer: optional(recordOf('{ EUR: 1.08 }', aboveZero)),
  only: optional(recordOf("{ project_id: 'proj_1' }", text)),
});

/**
 * The rows of a bill, as CSV or JSON: FOCUS (our own, Azure's, AWS's, Google's), OpenAI's costs and reports of use, Anthropic's cost and
 * usage reports, OpenRouter's activity, LiteLLM's spend logs. The file's columns or fields say which it is.
 *
 * @throws RouterError `invalid-data` with the line for another file, an invalid number or time, a cost that no use can
 *   have (below 0, above $9,000,000), another currency without a rate, or pages of which the last says that another one follows;
 *   `invalid-value` for wrong arguments; an error of the source as it is
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
  const source = textChunks(chunks);
  try {
    const begun = await firstText(source);
    const isJson = /^\uFEFF?\s*[[{]/.test(begun);
    for await (const rows of isJson ? jsonRows(source, begun, options) : csvRows(source, begun, options))
      for (const row of rows) yield row;
  } finally {
    await source.return(undefined);
  }
}

/** @param pathOf returns the place of the row that is being read: nearly no row needs it */
function contextOf(
  { costColumn = 'EffectiveCost', names, timeZone, usdPer = {}, only = {} }: BillOptions,
  pathOf: () => string,
): RowContext {
  return {
    times: timesOf(timeZone),
    names: skuMap(names),
    usdPer,
    only,
    costColumn,
    rounding: fileRounding(),
    get path() {
      return pathOf();
    },
  };
}

function timesOf(timeZone: string | undefined): RowContext['times'] {
  try {
    return billTimes(timeZone);
  } catch {
    throw invalidValue(timeZone, 'readBill.timeZone', 'a time zone: America/Los_Angeles');
  }
}

type Rows = AsyncGenerator<readonly BillRow[]>;

async function* csvRows(source: AsyncGenerator<string>, begun: string, options: BillOptions): Rows {
  const { header, records } = await csvRecords(source, begun);
  const format = FORMATS.find(({ csv }) => csv?.isOf.every(name => header.includes(name)));
  if (format?.csv === undefined) throw invalid('line 1', 'the bill has no known format', KNOWN);
  const { csv } = format;
  let line = 1;
  const context = contextOf(options, () => `line ${line}`);
  if (format === FOCUS && !header.includes(context.costColumn))
    throw invalid('line 1', `the bill has no column ${context.costColumn}`, 'FOCUS CSV');
  const asked = Object.keys(options.only ?? {});
  for (const name of asked)
    if (!header.includes(name)) throw invalid('line 1', `the bill has no column ${name}`, header.join(', '));
  const { modelOf, meterOf } = options;
  const needed = modelOf === undefined && meterOf === undefined ? [...format.csv.columns, ...asked] : header;
  for await (const batch of records([...new Set([...needed, ...format.csv.columns])])) {
    const rows: BillRow[] = [];
    for (const record of batch) {
      line++;
      for (const row of ofFile(format, context, () => csv.rows(record, context))) {
        const fields = record as Readonly<Record<string, string>>;
        if (modelOf === undefined && meterOf === undefined) rows.push(row);
        else
          rows.push({ ...row, ...(modelOf && { model: modelOf(fields) }), ...(meterOf && { meter: meterOf(fields) }) });
      }
    }
    yield rows;
  }
}

async function* jsonRows(source: AsyncGenerator<string>, begun: string, options: BillOptions): Rows {
  let index = 0;
  let rows = 0;
  /**
   * The names in `only` that no row has had so far: a report leaves out fields without a value, so any row may be the first with
   * such a field.
   */
  const missing = new Set(Object.keys(options.only ?? {}));
  let fields: readonly string[] = [];
  const context = contextOf(options, () => `value ${index}`);
  for await (const value of jsonValues(source, begun)) {
    index++;
    const format = FORMATS.find(({ json }) => json?.isOf(value as BillObject));
    if (format?.json === undefined) throw invalid(context.path, 'the bill has no known format', KNOWN);
    const { json } = format;
    if (missing.size > 0) {
      const { results } = value as BillObject;
      fields = [value as BillObject, ...objectsIn(results)].flatMap(Object.keys);
      for (const name of fields) missing.delete(name);
    }
    const found = [...ofFile(format, context, () => json.rows(value as BillObject, context))];
    rows += found.length;
    yield found;
  }
  const [name] = missing;
  if (name !== undefined && rows > 0)
    throw invalid(context.path, `no row of the bill has the field ${name}`, [...new Set(fields)].join(', '));
}

/** Fast path: a large bill is usually for several vendors and in USD, and its rows need no copy. */
function ofFile({ vendor }: BillFormat, { rounding }: RowContext, read: () => Iterable<BillRow>): Iterable<BillRow> {
  const before = rounding.converted;
  const found = read();
  const rows = Array.isArray(found) ? (found as readonly BillRow[]) : [...found];
  const isConverted = rounding.converted > before;
  if (vendor === undefined && !isConverted) return rows;
  const more = { ...(vendor === undefined ? {} : { vendor }), ...(isConverted ? { rounding } : {}) };
  return rows.map(row => ({ ...row, ...more }));
}

async function* textChunks(chunks: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string> {
  for await (const chunk of chunks) {
    if (typeof chunk !== 'string' && !ArrayBuffer.isView(chunk)) throw invalidValue(chunk, 'readBill.chunks', 'text');
    yield chunk;
  }
}

/** Enough text to recognize the file's format. */
async function firstText(source: AsyncGenerator<string>): Promise<string> {
  let begun = '';
  while (begun.trim().replace(/^\uFEFF/, '') === '') {
    const { value, done } = await source.next();
    if (done === true) return begun;
    begun += value;
  }
  return begun;
}

function invalid(path: string, message: string, accepted: string): RouterError {
  return new RouterError('invalid-data', message, { path, accepted });
}
