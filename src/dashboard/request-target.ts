/** Converts request targets to paths below the dashboard's base path. */
import { RouterError } from '../errors.ts';

export interface Target {
  readonly path: string;
  /** The query with its question mark; `''` without a query. */
  readonly search: string;
}

/** Split by hand, because `URL` throws on targets that any client may send, such as `//[`. */
export function splitUrl(url: string): Target {
  const mark = url.indexOf('?');
  return mark < 0 ? { path: url, search: '' } : { path: url.slice(0, mark), search: url.slice(mark) };
}

/** A browser reads `//host` and `/\\host` as another server. */
const IS_PATH = /^\/(?![/\\])[^?#\s]*$/;
/** A browser resolves `..`, so no request would have such a path. */
const DOT_SEGMENT = /\/\.{1,2}(?:\/|$)/;

/**
 * A base path without its trailing slash; `''` for the root.
 *
 * @throws RouterError `invalid-value`
 */
export function parseBasePath(basePath: string): string {
  if (typeof basePath === 'string' && IS_PATH.test(basePath) && !DOT_SEGMENT.test(basePath))
    return basePath.replace(/\/+$/, '');
  throw new RouterError('invalid-value', `${JSON.stringify(basePath)} is not a path`, {
    path: 'basePath',
    accepted: 'a path that begins with a slash: /ops/router',
  });
}

/** The path below the base, with its leading slash; `undefined` outside it. */
export function pathBelow(base: string, path: string): string | undefined {
  return path.startsWith(`${base}/`) ? path.slice(base.length) : undefined;
}
