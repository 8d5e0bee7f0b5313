/** The offline price book: looks a model up once, at start-up. Only exact names count, and nothing is fetched. */
import { BOOK_VERSION } from './book-data.ts';
import type { BookModel, BookProvider, MatchLogic } from './book-providers.ts';
import { bookProvider, matchingModel, providerServing } from './book-providers.ts';
import { bookEras, unbillable } from './book-eras.ts';
import type { Era } from './schedule.ts';
import { editDistance } from '../nearest-name.ts';
import { withoutSnapshot } from './snapshot.ts';

export const BOOK = `genai-prices ${BOOK_VERSION}`;

/** The day on which that version of the book was published. */
export const BOOK_AS_OF = '2026-09-23';

export type Lookup =
  /** The book knows exactly this name. */
  | {
      readonly kind: 'found';
      readonly provider: string;
      readonly id: string;
      readonly eras: readonly Era[];
      readonly contextTokens?: number | undefined;
    }
  /** The book would use the price of another model for this name. */
  | { readonly kind: 'other-model'; readonly provider: string; readonly id: string }
  /** The book has the model, but its bill depends on values that replies do not report. */
  | { readonly kind: 'unbillable'; readonly provider: string; readonly id: string; readonly because: string }
  | { readonly kind: 'unknown-model'; readonly provider: string }
  | { readonly kind: 'unknown-provider' };

/** Looks a model up by the book's provider id. */
export function lookUp(providerId: string, model: string): Lookup {
  const provider = bookProvider(providerId);
  if (provider === undefined) return { kind: 'unknown-provider' };
  const info = modelOf(provider, model);
  if (info === undefined) return { kind: 'unknown-model', provider: provider.id };
  const found = { provider: provider.id, id: info.id };
  if (!isExact(info, model)) return { kind: 'other-model', ...found };
  const because = unbillable(info.prices);
  return because === undefined
    ? { kind: 'found', ...found, eras: bookEras(info.prices), contextTokens: info.context_window }
    : { kind: 'unbillable', ...found, because };
}

/** The ids of a provider's models; empty for a provider that the book does not have. */
export function modelIds(providerId: string): readonly string[] {
  return (bookProvider(providerId)?.models ?? []).map(({ id }) => id);
}

/** The book's provider that serves an endpoint; `undefined` when the book knows none. */
export function providerAt(baseURL: string): string | undefined {
  return providerServing(baseURL.replace(REGION, ''));
}

/** A vendor's hosts for data residency (`eu.api.openai.com`) serve the models of its main host, the only one in the book. */
const REGION = /(?<=^https:\/\/)[a-z]{2}(?:-[a-z]+-\d)?\.(?=api\.(?:openai\.com|x\.ai)(?:[/:]|$))/i;

/** The display name of a provider of the book: `openai` → `OpenAI`. */
export function providerName(providerId: string): string | undefined {
  const provider = bookProvider(providerId);
  return provider?.id === providerId ? provider.name : undefined;
}

/**
 * The model with that id, else the model that the book's own matching rules give for the name. The rules also search the lists of
 * other providers, but a snapshot of a model that this provider has is not looked up there.
 */
function modelOf(provider: BookProvider, model: string): BookModel | undefined {
  const named = (id: string): BookModel | undefined => provider.models.find(info => info.id === id);
  const own = named(model);
  if (own !== undefined) return own;
  const found = matchingModel(provider, model);
  if (found === undefined || provider.models.includes(found)) return found;
  return named(withoutSnapshot(model.toLowerCase().trim())) ?? found;
}

function isExact(info: BookModel, model: string): boolean {
  const wanted = withoutSnapshot(model.toLowerCase().trim());
  return namesOf(info).some(name => withoutSnapshot(name) === wanted);
}

/** The names that the book has for a model: its id and the literals of its matching rule. */
function namesOf(info: BookModel): readonly string[] {
  return [info.id, ...literals(info.match)].map(name => name.toLowerCase());
}

function literals(match: MatchLogic): readonly string[] {
  if ('or' in match) return match.or.flatMap(literals);
  if ('equals' in match) return [match.equals];
  if ('starts_with' in match) return [match.starts_with];
  return [];
}

/** Maximum number of names that an error suggests. */
const MAX_NEAR_NAMES = 5;

/** Names that the book's provider has and that a misspelled name may mean, the most similar first. */
export function nearNames(providerId: string, model: string): readonly string[] {
  const wanted = model.toLowerCase();
  const limit = Math.max(3, Math.ceil(wanted.length / 3));
  return (bookProvider(providerId)?.models ?? [])
    .flatMap(info => namesOf(info))
    .map(name => ({ name, distance: editDistance(wanted, name) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance || a.name.localeCompare(b.name))
    .map(({ name }) => name)
    .filter((name, i, names) => names.indexOf(name) === i)
    .slice(0, MAX_NEAR_NAMES);
}
