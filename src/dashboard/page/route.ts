import { currentHash, hashWithPeriod, periodInHash } from './period-address.ts';

/** The page that the reader is on, as the part of the address after `#`. */
export type Route =
  | { readonly page: 'overview' | 'calculator' | 'prices' }
  | { readonly page: 'feature' | 'what-if' | 'audit'; readonly feature: string };

const WITH_FEATURE: ReadonlySet<string> = new Set(['feature', 'what-if', 'audit']);

/** Any other address is the overview. */
export function parseRoute(hash: string): Route {
  const [path = ''] = hash.replace(/^#\/?/, '').split('?');
  const [page = '', feature = ''] = path.split('/').map(decode);
  if (WITH_FEATURE.has(page) && feature !== '') return { page: page as 'feature', feature };
  if (page === 'calculator' || page === 'prices') return { page };
  return { page: 'overview' };
}

/** The period that is shown stays when the reader follows a link. */
export function hashOf(route: Route, period = periodInHash(currentHash())): string {
  const path = 'feature' in route ? `#/${route.page}/${encodeURIComponent(route.feature)}` : `#/${route.page}`;
  return hashWithPeriod(path, period);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
