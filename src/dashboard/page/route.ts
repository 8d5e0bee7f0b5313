import type { PeriodChoice } from './period-address.ts';
import { currentHash, hashWithPeriod, periodInHash } from './period-address.ts';

/** The page that the reader is on, as the part of the address after `#`. */
export type Route =
  | { readonly page: 'overview' | 'calculator' | 'prices' | 'bill' }
  | { readonly page: 'feature' | 'what-if' | 'audit'; readonly feature: string }
  | { readonly page: 'intents'; readonly filter: URLSearchParams }
  | { readonly page: 'intent'; readonly id: string };

const WITH_FEATURE: ReadonlySet<string> = new Set(['feature', 'what-if', 'audit']);

/** Any other address leads to the overview. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = splitOnce(hash.replace(/^#\/?/, ''), '?');
  const [page = '', name = ''] = path.split('/').map(decode);
  if (WITH_FEATURE.has(page) && name !== '') return { page: page as 'feature', feature: name };
  if (page === 'calculator' || page === 'prices' || page === 'bill') return { page };
  if (page === 'intents') return { page, filter: new URLSearchParams(query) };
  if (page === 'intent' && name !== '') return { page, id: name };
  return { page: 'overview' };
}

/** The displayed period is kept when the reader follows a link, unless the link names a period. */
export function hashOf(route: Route, period = periodIn(route) ?? periodInHash(currentHash())): string {
  return hashWithPeriod(pathOf(route), period);
}

function periodIn(route: Route): PeriodChoice | undefined {
  const isNamed = 'filter' in route && route.filter.has('period');
  return isNamed ? periodInHash(pathOf(route)) : undefined;
}

function pathOf(route: Route): string {
  if ('feature' in route) return `#/${route.page}/${encodeURIComponent(route.feature)}`;
  if (route.page === 'intent') return `#/intent/${encodeURIComponent(route.id)}`;
  if (route.page === 'intents' && route.filter.size > 0) return `#/intents?${String(route.filter)}`;
  return `#/${route.page}`;
}

function splitOnce(text: string, mark: string): readonly string[] {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
