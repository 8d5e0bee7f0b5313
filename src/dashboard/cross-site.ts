/** The origin of a request, from the two headers that a page cannot forge. */
import type { IncomingHttpHeaders } from 'node:http';

/** `unstated`: neither header was sent, as by a command-line client or when a person opens an address. */
export type RequestSource = 'same-origin' | 'cross-site' | 'unstated';

/**
 * `Sec-Fetch-Site` decides if the browser sends it. Browsers omit it over plain HTTP; then `Origin` must name the requested host.
 * A sibling subdomain (`same-site`) counts as another site: it may belong to another team.
 */
export function sourceOf(headers: IncomingHttpHeaders): RequestSource {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'none') return site === 'same-origin' ? 'same-origin' : 'cross-site';
  const { origin, host } = headers;
  if (origin === undefined) return 'unstated';
  return origin.replace(/^https?:\/\//, '') === host ? 'same-origin' : 'cross-site';
}
