/**
 * The providers of the price book and their models. Each is read at its first use: reading all would add 21 ms to every
 * start.
 */
import { ADDRESSES, PROVIDERS } from './book-data.ts';

export interface BookTiers {
  readonly base: number;
  readonly tiers: readonly { readonly start: number; readonly price: number }[];
}

export type BookRates = Readonly<Record<string, number | BookTiers | undefined>>;

export interface ConditionalRates {
  readonly constraint?:
    | { readonly type: 'start_date'; readonly start_date: string }
    | { readonly type: 'time_of_date'; readonly start_time: string; readonly end_time: string };
  readonly prices: BookRates;
}

export type MatchLogic =
  | { readonly or: readonly MatchLogic[] }
  | { readonly and: readonly MatchLogic[] }
  | { readonly equals: string }
  | { readonly starts_with: string }
  | { readonly ends_with: string }
  | { readonly contains: string }
  | { readonly regex: string };

export interface BookModel {
  readonly id: string;
  readonly match: MatchLogic;
  readonly context_window?: number;
  readonly prices: BookRates | readonly ConditionalRates[];
}

export interface BookProvider {
  readonly id: string;
  readonly name: string;
  /** Providers whose models are looked up after its own. */
  readonly fallback_model_providers?: readonly string[];
  readonly models: readonly BookModel[];
}

const read = new Map<string, BookProvider>();

/** The provider with that id, in any case. */
export function bookProvider(providerId: string): BookProvider | undefined {
  const id = providerId.toLowerCase();
  const known = read.get(id);
  const text = Object.hasOwn(PROVIDERS, id) ? PROVIDERS[id] : undefined;
  if (known !== undefined || text === undefined) return known;
  const provider = { id, ...(JSON.parse(text) as Omit<BookProvider, 'id'>) };
  read.set(id, provider);
  return provider;
}

/** The id of the provider that serves an address. */
export function providerServing(address: string): string | undefined {
  return Object.keys(ADDRESSES).find(id => new RegExp(`^(?:${ADDRESSES[id]})`).test(address));
}

/**
 * The model that the price book's own rules find for a name, at the provider or at one that it falls back to. They also match
 * names that are only similar.
 */
export function matchingModel(provider: BookProvider, name: string): BookModel | undefined {
  const wanted = name.toLowerCase().trim();
  return matching(provider, wanted) ?? matching(provider, withDashes(wanted));
}

function matching(provider: BookProvider, wanted: string): BookModel | undefined {
  const own = provider.models.find(({ match }) => holds(match, wanted));
  if (own !== undefined) return own;
  for (const id of provider.fallback_model_providers ?? []) {
    const other = bookProvider(id)?.models.find(({ match }) => holds(match, wanted));
    if (other !== undefined) return other;
  }
  return undefined;
}

/** `-20250807` → `-2025-08-07`. */
function withDashes(name: string): string {
  return name.replaceAll(
    /-(20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=-|:|$)/g,
    (digits, year: string, month: string, day: string) => {
      const date = `${year}-${month}-${day}`;
      const ms = Date.parse(`${date}T00:00:00Z`);
      // 31 June parses as a number, but is not a date.
      return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(date) ? `-${date}` : digits;
    },
  );
}

function holds(match: MatchLogic, name: string): boolean {
  if ('or' in match) return match.or.some(part => holds(part, name));
  if ('and' in match) return match.and.every(part => holds(part, name));
  if ('equals' in match) return name === match.equals.toLowerCase();
  if ('starts_with' in match) return name.startsWith(match.starts_with.toLowerCase());
  if ('ends_with' in match) return name.endsWith(match.ends_with.toLowerCase());
  if ('contains' in match) return name.includes(match.contains.toLowerCase());
  return new RegExp(match.regex).test(name);
}
