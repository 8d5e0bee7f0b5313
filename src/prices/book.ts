/** The offline price book: one look-up per model at start-up, and only exact names count. Nothing is ever fetched. */
import type { ConditionalPrice, MatchLogic, ModelInfo, ModelPrice, Provider } from '@pydantic/genai-prices';
import { calcPrice, findProvider, TieredPrices } from '@pydantic/genai-prices';
import type { Meter } from '../core/ledger/usage.ts';
import type { PriceBracket, UnitPrices } from './rate-table.ts';
import type { Ratio } from './ratio.ts';
import { over, ratioOf } from './ratio.ts';
import type { DailyWindow, Era, Sheet } from './schedule.ts';
import { withoutSnapshot } from './snapshot.ts';

export const BOOK = 'genai-prices 0.1.8';

export type Lookup =
  /** The book knows exactly this name. */
  | { readonly kind: 'found'; readonly provider: string; readonly id: string; readonly eras: readonly Era[] }
  /** The book would price another model in its place. */
  | { readonly kind: 'other-model'; readonly provider: string; readonly id: string }
  /** The book has the model, but bills it by something that replies do not count here. */
  | { readonly kind: 'unbillable'; readonly provider: string; readonly id: string; readonly because: string }
  | { readonly kind: 'unknown-model'; readonly provider: string; readonly near: readonly string[] }
  | { readonly kind: 'unknown-provider' };

/** Looks a model up by the book's provider id. */
export function lookUp(providerId: string, model: string): Lookup {
  const provider = findProvider({ providerId });
  // The book's own matching of providers is generous ("my-openai-gateway" is openai); ours is not.
  if (provider === undefined || provider.id !== providerId.toLowerCase()) return { kind: 'unknown-provider' };
  const info = modelOf(provider, model);
  if (info === undefined) return { kind: 'unknown-model', provider: provider.id, near: nearNames(provider, model) };
  const found = { provider: provider.id, id: info.id };
  if (!isExact(info, model)) return { kind: 'other-model', ...found };
  const because = unbillable(info);
  return because === undefined
    ? { kind: 'found', ...found, eras: erasOf(info.prices) }
    : { kind: 'unbillable', ...found, because };
}

/** The book's provider that serves an endpoint, if it knows one. */
export function providerAt(baseURL: string): string | undefined {
  return findProvider({ providerApiUrl: baseURL })?.id;
}

/** What people call a provider of the book: `openai` → `OpenAI`. */
export function providerName(providerId: string): string | undefined {
  const provider = findProvider({ providerId });
  return provider?.id === providerId ? provider.name : undefined;
}

/** The model of that id, else what the book's own rules take the name for. */
function modelOf(provider: Provider, model: string): ModelInfo | undefined {
  const named = provider.models.find(info => info.id === model);
  if (named !== undefined) return named;
  try {
    return calcPrice({}, model, { providerId: provider.id, timestamp: new Date(0) })?.model;
  } catch {
    return undefined;
  }
}

function isExact(info: ModelInfo, model: string): boolean {
  const wanted = model.toLowerCase().trim();
  const names = namesOf(info);
  return names.includes(wanted) || names.map(withoutSnapshot).includes(withoutSnapshot(wanted));
}

/** The names the book itself writes for a model: its id and the literals of its matching rule. */
function namesOf(info: ModelInfo): readonly string[] {
  return [info.id, ...literals(info.match)].map(name => name.toLowerCase());
}

function literals(match: MatchLogic): readonly string[] {
  if ('or' in match) return match.or.flatMap(literals);
  if ('equals' in match) return [match.equals];
  if ('starts_with' in match) return [match.starts_with];
  return [];
}

const METER_OF_KEY: Readonly<Record<string, Meter>> = {
  input_mtok: 'input',
  cache_read_mtok: 'cacheRead',
  cache_write_mtok: 'cacheWrite5m',
  cache_write_5m_mtok: 'cacheWrite5m',
  cache_write_1h_mtok: 'cacheWrite1h',
  input_audio_mtok: 'inputAudio',
  cache_audio_read_mtok: 'cacheReadAudio',
  output_mtok: 'output',
  output_audio_mtok: 'outputAudio',
  web_searches_kcount: 'webSearch',
};

/** Billed beside the tokens and not counted in replies; see docs/prices.md. */
const NOT_METERED = new Set(['storage_searches_kcount']);

function unbillable(info: ModelInfo): string | undefined {
  for (const { prices } of conditional(info.prices)) {
    const key = Object.keys(prices).find(key => !(key in METER_OF_KEY) && !NOT_METERED.has(key));
    if (key !== undefined) return `a price per ${key}`;
    if (prices['input_mtok'] === undefined) return 'no price of input tokens';
    if (prices['output_mtok'] === undefined) return 'no price of output tokens';
  }
  return undefined;
}

function conditional(prices: ModelInfo['prices']): readonly ConditionalPrice[] {
  return Array.isArray(prices) ? prices : [{ prices }];
}

/** The book's rule, last condition that holds first, laid out by date. */
function erasOf(prices: ModelInfo['prices']): readonly Era[] {
  const entries = conditional(prices);
  const starts = entries.map(startOf).filter(start => start !== undefined);
  return [-Infinity, ...[...new Set(starts)].sort((a, b) => a - b)].map(fromMs => eraFrom(entries, fromMs));
}

function startOf({ constraint }: ConditionalPrice): number | undefined {
  return constraint?.type === 'start_date' ? Date.parse(`${constraint.start_date}T00:00:00Z`) : undefined;
}

function eraFrom(entries: readonly ConditionalPrice[], fromMs: number): Era {
  const windows: DailyWindow[] = [];
  for (const entry of entries.toReversed()) {
    const { constraint } = entry;
    if (constraint?.type === 'time_of_date') {
      const { start_time, end_time } = constraint;
      windows.push({ startMs: timeOfDayMs(start_time), endMs: timeOfDayMs(end_time), sheet: sheetOf(entry.prices) });
    } else if (constraint === undefined || (startOf(entry) as number) <= fromMs) {
      return { fromMs, windows, sheet: sheetOf(entry.prices) };
    }
  }
  return { fromMs, windows, sheet: sheetOf((entries[0] as ConditionalPrice).prices) };
}

/** `16:30:00Z` → milliseconds since midnight UTC. */
function timeOfDayMs(text: string): number {
  return Date.parse(`1970-01-01T${text}`);
}

function sheetOf(prices: ModelPrice): Sheet {
  const starts = Object.values(prices).flatMap(price => (isTiered(price) ? price.tiers.map(tier => tier.start) : []));
  const sizes = [-1, ...[...new Set(starts)].sort((a, b) => a - b)];
  return { standard: sizes.map(aboveTokens => bracket(prices, aboveTokens)) };
}

function bracket(prices: ModelPrice, aboveTokens: number): PriceBracket {
  const units: Partial<Record<Meter, Ratio>> = {};
  for (const [key, price] of Object.entries(prices)) {
    const meter = METER_OF_KEY[key];
    if (meter === undefined || price === undefined) continue;
    const usd = isTiered(price) ? tierPrice(price, aboveTokens) : price;
    units[meter] = over(ratioOf(usd), ratioOf(key.endsWith('_kcount') ? 1_000 : 1_000_000));
  }
  return { aboveTokens, prices: units satisfies UnitPrices };
}

function isTiered(price: number | TieredPrices | undefined): price is TieredPrices {
  return typeof price === 'object';
}

/** The package bills a tier when the whole input is above its start, all of the request at that tier. */
function tierPrice(price: TieredPrices, aboveTokens: number): number {
  const reached = price.tiers.filter(tier => tier.start <= aboveTokens).sort((a, b) => a.start - b.start);
  return reached.at(-1)?.price ?? price.base;
}

const NEAR = 5;

function nearNames(provider: Provider, model: string): readonly string[] {
  const wanted = model.toLowerCase();
  const limit = Math.max(3, Math.ceil(wanted.length / 3));
  return provider.models
    .flatMap(info => namesOf(info))
    .map(name => ({ name, distance: editDistance(wanted, name) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance || a.name.localeCompare(b.name))
    .map(({ name }) => name)
    .filter((name, i, names) => names.indexOf(name) === i)
    .slice(0, NEAR);
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
