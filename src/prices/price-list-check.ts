/** Checks an application's price list, so that a mistake in it is found at start-up and not in a bill. */
import type { ListedTerms, PriceList } from '../contracts/price-list.ts';
import { checkNames, checkText, invalidValue, RouterError } from '../errors.ts';
import { lookUp, modelIds, nearNames } from './book.ts';
import { BOOK_KEYS } from './configured-price.ts';
import { listedPrice, ownEntry } from './listed-price.ts';
import { OVERLAY } from './overlay.ts';
import { erasOfModel, modelIn, withListedTerms } from './price-list.ts';
import { RATE_LIMITS } from './rate-limits.ts';

/**
 * @param value the parsed JSON, or an object
 * @param nowMs the current time, if it is known: a list with a later date is a mistake
 * @throws RouterError `invalid-value` with the path of the mistake: `priceList.models[3].prices[0].inputUsdPerMillion`
 */
export function checkPriceList(value: unknown, path: string, nowMs?: number): PriceList {
  const list = CHECKED.has(value as PriceList) ? (value as PriceList) : checkedList(value, path);
  if (nowMs !== undefined) checkPublished(list, path, nowMs);
  return list;
}

function checkedList(value: unknown, path: string): PriceList {
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
  const saidOf = new Set<string>();
  each(list.terms, `${path}.terms`, (entry, entryPath) => {
    checkNames(entry, TERMS_KEYS, entryPath);
    checkOrigin(entry, entryPath);
    checkListed(list, entry, entryPath);
    if (entry.unknown !== undefined) each(entry.unknown, `${entryPath}.unknown`, checkUnknown);
    withListedTerms(ANY_ERA, [entry], entryPath);
    checkSaidOnce(entry, saidOf, entryPath);
  });
  checkCombined(list, path);
  CHECKED.add(list);
  return list;
}

/**
 * If two entries set the same term for one model, one would be ignored. An entry for one model may repeat a term of an entry for
 * all models.
 *
 * @param saidOf the terms that the entries before this one set
 */
function checkSaidOnce(entry: ListedTerms, saidOf: Set<string>, path: string): void {
  const { provider, models, source: _, asOf: _a, unknown: _u, ...said } = entry;
  const terms = definedKeys(said).flatMap(key => {
    const value = said[key];
    return typeof value === 'object' ? definedKeys(value).map(name => `${key}.${name}`) : key;
  });
  for (const model of typeof models === 'string' ? [ALL_MODELS] : new Set(models))
    for (const term of terms) {
      const name = JSON.stringify([provider.toLowerCase(), model, term]);
      if (saidOf.has(name))
        throw new RouterError('invalid-value', 'the terms say this of one model twice', { path: `${path}.${term}` });
      saidOf.add(name);
    }
}

function definedKeys<T extends object>(value: T): (keyof T & string)[] {
  return (Object.keys(value) as (keyof T & string)[]).filter(key => value[key] !== undefined);
}

/** Stands for all models: no model has this name. */
const ALL_MODELS = '';

/**
 * Combines prices and terms as in pricing a reply: our terms change the list's prices, and the list's terms change all prices.
 */
function checkCombined({ models = [], terms = [], ...origin }: PriceList, path: string): void {
  const own = { ...origin, models };
  for (const [i, { provider, model }] of models.entries())
    checkPrice({ provider, model, list: own, path: `${path}.models[${i}].prices` });
  for (const [i, { provider, models: named }] of terms.entries()) {
    const list = { ...own, terms: terms.slice(0, i + 1) };
    for (const model of typeof named === 'string' ? namesOf(list, provider) : named)
      checkPrice({ provider, model, list, path: `${path}.terms[${i}]` });
  }
}

interface Combined {
  readonly provider: string;
  readonly model: string;
  readonly list: PriceList;
  readonly path: string;
}

function checkPrice({ provider, model, list, path }: Combined): void {
  try {
    listedPrice(provider, model, list);
  } catch (cause) {
    const message = `the prices of "${provider}/${model}" and the terms that they meet make a rate that is out of range`;
    throw new RouterError('invalid-value', message, { path, accepted: RATE_LIMITS, cause });
  }
}

/** The models of a provider in all lists. */
function namesOf(own: PriceList, provider: string): readonly string[] {
  const listed = [own, OVERLAY].flatMap(({ models = [] }) => models);
  const ofProvider = listed.filter(entry => entry.provider.toLowerCase() === provider.toLowerCase());
  return [...ofProvider.map(({ model }) => model), ...modelIds(provider)];
}

/** A list is checked once, however many models get their prices from it. */
const CHECKED = new WeakSet<PriceList>();

const TERMS_KEYS = ['provider', 'models', 'source', 'asOf', 'unknown', ...BOOK_KEYS].filter(
  key => key !== 'as' && key !== 'discount',
);

function checkPublished({ asOf, models = [], terms = [] }: PriceList, path: string, nowMs: number): void {
  const today = new Date(nowMs + FIRST_ZONE_MS).toISOString().slice(0, 10);
  const check = (day: string | undefined, at: string): void => {
    if (day !== undefined && day > today) throw invalidValue(day, at, `a day up to today, ${today}`);
  };
  check(asOf, `${path}.asOf`);
  for (const [i, entry] of models.entries()) check(entry.asOf, `${path}.models[${i}].asOf`);
  for (const [i, entry] of terms.entries()) check(entry.asOf, `${path}.terms[${i}].asOf`);
}

/** In the first time zone, the day begins 14 hours before that of UTC. */
const FIRST_ZONE_MS = 14 * 3_600_000;

/** Terms are added to prices that are not known yet: this rate, $1 per million tokens, stands for them. */
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

/** Terms for a model that no list has, or not under this name, would never be used. */
function checkListed(list: PriceList, { provider, models }: ListedTerms, path: string): void {
  const isListed = list.models?.some(entry => entry.provider.toLowerCase() === provider.toLowerCase()) === true;
  if (!isListed && lookUp(provider, '').kind === 'unknown-provider')
    throw invalidValue(provider, `${path}.provider`, 'a provider of the price book, or of a model in this list');
  if (models === 'all') return;
  const accepted = "'all', or a list of model names";
  if (!Array.isArray(models) || models.length === 0) throw invalidValue(models, `${path}.models`, accepted);
  each(models as readonly string[], `${path}.models`, (model, modelPath) => {
    checkText(model, modelPath);
    const id = idOf(list, provider, model);
    if (id === model) return;
    throw invalidValue(model, modelPath, id === undefined ? nearNames(provider, model) : [id]);
  });
}

/** The name of a model in the first list that has it. */
function idOf(own: PriceList, provider: string, model: string): string | undefined {
  const lookup = lookUp(provider, model);
  const listed = ownEntry(own, provider, model) ?? modelIn(OVERLAY, provider, model);
  return listed?.model ?? (lookup.kind === 'found' ? lookup.id : undefined);
}

function checkUnknown(meter: string, path: string): void {
  if (!UNKNOWN_METERS.includes(meter)) throw invalidValue(meter, path, UNKNOWN_METERS);
}

const UNKNOWN_METERS = ['cacheRead', 'request'];

function checkDay(value: unknown, path: string): void {
  const day =
    typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? new Date(`${value}T00:00:00Z`) : undefined;
  // `Date` reads 30 February as 2 March.
  if (day === undefined || day.toJSON()?.slice(0, 10) !== value)
    throw invalidValue(value, path, 'an ISO date: "2026-11-28"');
}
