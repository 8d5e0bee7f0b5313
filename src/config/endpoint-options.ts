/** Checks the address and the headers of a model's own endpoint. `fetch` would refuse them at every call, and quote the key. */
import { RouterError } from '../errors.ts';

export const HEADERS = 'an object of texts by header name';

export function isAddress(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return /^https?:$/.test(protocol) && username + password === '';
}

/** False too for a list, a Map or a promise: they have no header of their own, so none would be sent. */
export function areHeaders(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Symbol.iterator in value || 'then' in value) return false;
  if (!Object.values(value).every(header => typeof header === 'string')) return false;
  try {
    void new Headers(value as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}

/**
 * What the application's function returns for one request.
 *
 * @throws RouterError `invalid-value`, without the headers: they may hold a key
 */
export function checkedHeaders<Given>(headers: Given, path: string): Given {
  if (areHeaders(headers)) return headers;
  throw new RouterError('invalid-value', 'no headers', { path, accepted: HEADERS });
}
