/** Translates names of a bill to the ledger's: the application states the meaning of an opaque SKU. */
import { invalidValue, RouterError } from '../../errors.ts';
import type { SkuNames } from './sku-names.ts';

/** The meaning of a name on the bill. For an omitted member, the bill's own name is kept. */
export interface SkuEntry {
  /** The ledger's name of the model. */
  readonly model?: string;
  /** A name as in `SkuMeter` of our export: `Input Tokens`, `Cache Read Tokens`, `Output Tokens` … */
  readonly meter?: string;
}

export interface SkuMap {
  readonly isEmpty: boolean;
  /** The entry of the first text that is in the map, completed with the names that the reader found. */
  apply(texts: readonly (string | undefined)[], found: SkuNames): SkuNames;
}

/** @param entries by the name on the bill: a SKU, a meter, a line item, a model */
export function skuMap(entries: Readonly<Record<string, SkuEntry>> = {}): SkuMap {
  const byName = new Map(Object.entries(entries).map(([name, entry]) => [name.trim().toLowerCase(), entry]));
  return {
    isEmpty: byName.size === 0,
    apply(texts, found) {
      if (byName.size === 0) return found;
      let names = found;
      for (const text of [...texts, found.meter, found.model].toReversed()) {
        const entry = text === undefined ? undefined : byName.get(text.trim().toLowerCase());
        if (entry !== undefined) names = { ...names, ...entry };
      }
      return names;
    },
  };
}

const ACCEPTED =
  'JSON { "SKU": { "model": "gpt-5-mini", "meter": "Input Tokens" } }, or CSV with the columns sku, model, meter';

/**
 * Reads a map from JSON, `{ "SKU": { "model": "gpt-5-mini", "meter": "Input Tokens" } }`, or from CSV with the columns `sku`, `model`
 * and `meter`.
 *
 * @throws RouterError `invalid-data` for another text, `invalid-value` for a value that is not a text
 *
 * @example
 * ```ts
 * import { createReadStream, readFileSync } from 'node:fs';
 * import { parseSkuMap, readBill } from 'outcome-router/finops';
 * const names = parseSkuMap(readFileSync('skus.csv', 'utf8'));
 * const bill = readBill(createReadStream('azure.csv', 'utf8'), { names });
 * ```
 */
export function parseSkuMap(text: string): Readonly<Record<string, SkuEntry>> {
  if (typeof text !== 'string') throw invalidValue(text, 'parseSkuMap.text', ACCEPTED);
  const body = text.replace(/^\uFEFF/, '').trim();
  return body.startsWith('{') ? fromJson(body) : fromCsv(body);
}

function fromJson(text: string): Readonly<Record<string, SkuEntry>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid('the map of names is not JSON');
  }
  for (const [sku, entry] of Object.entries(value as Record<string, unknown>)) {
    const names = Object.entries(entry ?? {});
    const isEntry =
      typeof entry === 'object' &&
      names.every(([name, of]) => (name === 'model' || name === 'meter') && typeof of === 'string');
    if (!isEntry) throw invalid(`the entry "${sku}" of the map of names is not accepted`);
  }
  return value as Readonly<Record<string, SkuEntry>>;
}

function fromCsv(text: string): Readonly<Record<string, SkuEntry>> {
  const [head = '', ...lines] = text.split(/\r?\n/);
  const fieldsOf = (line: string): readonly string[] =>
    [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
      (quoted?.replaceAll('""', '"') ?? plain ?? '').trim(),
    );
  const header = fieldsOf(head).map(name => name.toLowerCase());
  if (!header.includes('sku') || !(header.includes('model') || header.includes('meter')))
    throw invalid('the map of names has no columns sku, model and meter');
  const entries: Record<string, SkuEntry> = {};
  for (const line of lines) {
    if (line.trim() === '') continue;
    const fields = fieldsOf(line);
    const field = (name: string): string => fields[header.indexOf(name)] ?? '';
    const [model, meter] = [field('model'), field('meter')];
    entries[field('sku')] = { ...(model === '' ? {} : { model }), ...(meter === '' ? {} : { meter }) };
  }
  return entries;
}

function invalid(message: string): RouterError {
  return new RouterError('invalid-data', message, { path: 'the map of names', accepted: ACCEPTED });
}
