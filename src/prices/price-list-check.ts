/** Checks a price list that an application brings, so that a mistake in it is found at start-up and not in a bill. */
import type { PriceList } from '../contracts/price-list.ts';
import { checkNames, checkText, invalidValue, RouterError } from '../errors.ts';
import { BOOK_KEYS } from './configured-price.ts';
import { erasOfModel, withListedTerms } from './price-list.ts';

/**
 * @param value the parsed JSON, or an object
 * @throws RouterError `invalid-value` with the path of the mistake: `priceList.models[3].prices[0].inputUsdPerMillion`
 */
export function checkPriceList(value: unknown, path: string): PriceList {
  if (CHECKED.has(value as PriceList)) return value as PriceList;
  checkNames(value, ['source', 'asOf', 'models', 'terms'], path);
  const list = value as PriceList;
  checkText(list.source, `${path}.source`);
  checkDay(list.asOf, `${path}.asOf`);
  const seen = new Set<string>();
  each(list.models, `${path}.models`, (entry, entryPath) => {
    checkNames(entry, ['provider', 'model', 'prices', 'source', 'asOf'], entryPath);
    checkOrigin(entry, entryPath);
    checkText(entry.model, `${entryPath}.model`);
    const name = `${entry.provider}/${entry.model}`.toLowerCase();
    if (seen.has(name))
      throw new RouterError('invalid-value', `"${name}" is listed twice`, { path: `${entryPath}.model` });
    seen.add(name);
    if (!Array.isArray(entry.prices)) throw invalidValue(entry.prices, `${entryPath}.prices`, 'a list of prices');
    erasOfModel(entry, `${entryPath}.prices`);
  });
  each(list.terms, `${path}.terms`, (entry, entryPath) => {
    checkNames(entry, TERMS_KEYS, entryPath);
    checkOrigin(entry, entryPath);
    if (entry.models !== 'all') checkNamesOf(entry.models, `${entryPath}.models`);
    if (entry.unknown !== undefined) each(entry.unknown, `${entryPath}.unknown`, checkUnknown);
    withListedTerms(ANY_ERA, [entry], entryPath);
  });
  CHECKED.add(list);
  return list;
}

/** A list is checked once, however many models have their prices from it. */
const CHECKED = new WeakSet<PriceList>();

const TERMS_KEYS = ['provider', 'models', 'source', 'asOf', 'unknown', ...BOOK_KEYS].filter(
  key => key !== 'as' && key !== 'discount',
);

/** Terms are added to prices that are not known yet: $1 per million tokens stands for them. */
const RATE = { num: 1n, den: 1_000_000n };
const ANY_ERA = {
  fromMs: -Infinity,
  sheet: { standard: [{ aboveTokens: -1, prices: { input: RATE, output: RATE } }] },
};

function each<Entry>(
  list: readonly Entry[] | undefined,
  path: string,
  check: (entry: Entry, path: string) => void,
): void {
  if (list === undefined) return;
  if (!Array.isArray(list)) throw invalidValue(list, path, 'a list');
  for (const [i, entry] of list.entries()) check(entry as Entry, `${path}[${i}]`);
}

function checkOrigin(
  entry: { readonly provider: string; readonly source?: string; readonly asOf?: string },
  path: string,
): void {
  checkText(entry.provider, `${path}.provider`);
  if (entry.source !== undefined) checkText(entry.source, `${path}.source`);
  if (entry.asOf !== undefined) checkDay(entry.asOf, `${path}.asOf`);
}

function checkNamesOf(models: unknown, path: string): void {
  if (!Array.isArray(models) || models.length === 0)
    throw invalidValue(models, path, "'all', or a list of model names");
  each(models as readonly unknown[], path, checkText);
}

function checkUnknown(meter: string, path: string): void {
  if (!UNKNOWN_METERS.includes(meter)) throw invalidValue(meter, path, UNKNOWN_METERS);
}

const UNKNOWN_METERS = ['cacheRead', 'request'];

function checkDay(value: unknown, path: string): void {
  const day =
    typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? new Date(`${value}T00:00:00Z`) : undefined;
  // `Date` reads 30 February as 2 March.
  if (day?.toJSON()?.slice(0, 10) !== value) throw invalidValue(value, path, 'an ISO date: "2026-11-28"');
}
