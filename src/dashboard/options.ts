/**
 * Checks the options of the dashboard when it is created: otherwise a JavaScript caller would see a mistake only at a request.
 */
import { checkNames, RouterError } from '../errors.ts';
import { checkLink } from '../analysis/audit-link.ts';
import type { Store } from '../contracts/store.ts';
import { parseBasePath } from './request-target.ts';

interface SharedOptions {
  readonly store: Store;
  readonly router?: { readonly explain: unknown };
  readonly link?: string;
  readonly traceLink?: string;
  readonly textOf?: unknown;
}

interface MountedOptions extends SharedOptions {
  readonly authorize: unknown;
  readonly userOf?: unknown;
  readonly basePath?: string;
  readonly onError?: unknown;
}

interface ServedOptions extends SharedOptions {
  readonly port?: number;
}

const SHARED = ['store', 'router', 'link', 'traceLink', 'textOf', 'reconciliation', 'site'] as const;

/** @throws RouterError `invalid-value` with the path of the option */
export function checkHandlerOptions(options: MountedOptions): void {
  checkNames(options, [...SHARED, 'authorize', 'userOf', 'basePath', 'onError'], 'dashboardHandler');
  checkFunction(
    options.authorize,
    'dashboardHandler.authorize',
    "request => 'read', 'label', 'control' or 'forbidden'",
  );
  if (options.userOf !== undefined) checkFunction(options.userOf, 'dashboardHandler.userOf', 'request => a name');
  if (options.onError !== undefined) checkFunction(options.onError, 'dashboardHandler.onError', 'error => …');
  if (options.basePath !== undefined) parseBasePath(options.basePath);
  checkShared(options, 'dashboardHandler');
}

/** @throws RouterError `invalid-value` with the path of the option */
export function checkServerOptions(options: ServedOptions): void {
  checkNames(options, [...SHARED, 'port', 'command'], 'startDashboard');
  const { port = 0 } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new RouterError('invalid-value', 'not a port', { path: 'startDashboard.port', accepted: '0 to 65535' });
  checkShared(options, 'startDashboard');
}

function checkShared({ store, router, link, traceLink, textOf }: SharedOptions, path: string): void {
  if (typeof store !== 'object' || typeof store?.scan !== 'function') {
    const accepted = "a store: sqlite('router.db') …";
    throw new RouterError('invalid-value', 'not a store', { path: `${path}.store`, accepted });
  }
  if (router !== undefined) checkFunction(router?.explain, `${path}.router.explain`, 'a router: createRouter({ … })');
  if (textOf !== undefined) checkFunction(textOf, `${path}.textOf`, 'intentId => the text, or undefined');
  if (link !== undefined) checkLink(link, `${path}.link`);
  if (traceLink !== undefined) checkLink(traceLink, `${path}.traceLink`);
}

function checkFunction(value: unknown, path: string, accepted: string): void {
  if (typeof value === 'function') return;
  throw new RouterError('invalid-value', value === undefined ? 'it is missing' : 'not a function', { path, accepted });
}
