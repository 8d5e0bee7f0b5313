/** Checks the address and the headers of a model's own endpoint. `fetch` would refuse them at every call, and quote the key. */
import { isText, RouterError } from '../errors.ts';
import type { HeaderTexts } from './application.ts';

export const KEY = 'a key that a header can hold';
export const HEADERS = 'an object of texts by header name, without those that `fetch` sets (host, content-length)';

/** Headers of the connection, which `fetch` sets from the address and the body. */
const OF_CONNECTION = /^(?:host|content-length|transfer-encoding|connection|keep-alive|upgrade|te|trailer|expect)$/i;

export function isAddress(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return /^https?:$/.test(protocol) && username + password === '';
}

/** False too for a list, a Map or a promise: they have no header of their own, so none would be sent. */
export function areHeaders(value: unknown): value is HeaderTexts {
  if (typeof value !== 'object' || value === null || Symbol.iterator in value || 'then' in value) return false;
  if (!Object.values(value).every(header => typeof header === 'string')) return false;
  if (Object.keys(value).some(name => OF_CONNECTION.test(name))) return false;
  try {
    void new Headers(value as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}

/** A key that a header can hold. */
export function isKey(value: unknown): value is string {
  return isText(value) && areHeaders({ key: value });
}

/** @throws RouterError `invalid-value`, without the key */
export function checkedKey(key: unknown, path: string): string {
  if (isKey(key)) return key;
  throw new RouterError('invalid-value', 'no API key', { path, accepted: KEY });
}

/**
 * Checks the headers that the application's function returns for one request.
 *
 * @throws RouterError `invalid-value`, without the headers: they may hold a key
 */
export function checkedHeaders(headers: unknown, path: string): HeaderTexts {
  if (areHeaders(headers)) return headers;
  throw new RouterError('invalid-value', 'no headers', { path, accepted: HEADERS });
}
