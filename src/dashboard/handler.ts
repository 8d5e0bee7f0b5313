/** The dashboard as a request handler: an application mounts it behind its own authentication, at any path. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Store } from '../contracts/store.ts';
import { dashboardApi } from './api.ts';
import { oneRequestAtATime } from './connections.ts';
import { sourceOf } from './cross-site.ts';
import type { LedgerView } from './ledger-view.ts';
import { ledgerView } from './ledger-view.ts';
import { live } from './live.ts';
import type { ReachRouter } from './plan-clients.ts';
import { checkHandlerOptions } from './options.ts';
import type { ComparedBill } from './reconciliation.ts';
import { readBody } from './request-body.ts';
import { parseBasePath, pathBelow, splitUrl } from './request-target.ts';
import { refuse, reply, setSecurityHeaders } from './responses.ts';
import { readSite } from './site.ts';

/**
 * The role of a request. `read`: see every figure, receipt and captured text. `label`: also label intents in an audit.
 * `control`: also switch models off, and pin and hold out plans, for every process on the ledger. The dashboard writes nothing
 * else. `unauthenticated` is answered with 401, `forbidden` with 403.
 */
export type DashboardAccess = 'read' | 'label' | 'control' | 'unauthenticated' | 'forbidden';

export interface DashboardHandlerOptions {
  /** The ledger. The handler never closes it. */
  readonly store: Store;
  /**
   * Called for every request, assets included. Decide by the cookie, or by headers that a proxy has added: a browser sends no
   * other header with a page. If it throws or rejects, the response is a 500 that contains nothing of the ledger.
   */
  readonly authorize: (request: IncomingMessage) => DashboardAccess | Promise<DashboardAccess>;
  /** Name of the user, recorded with every control that is set. Default: `dashboard`. */
  readonly userOf?: (request: IncomingMessage) => string;
  /** Path of the mount as the server sees it: `/ops/router`. Default: where Express has mounted the handler, else `/`. */
  readonly basePath?: string;
  /** The router of this process: with it, the plans of a feature say which clients reach them. */
  readonly router?: ReachRouter;
  /** Address of an intent in your own system: `https://…/{intentId}`; also `{session}` and `{feature}`. */
  readonly link?: string;
  /** Address of an intent's traces in your tracing system, with the same placeholders: a search for the attribute `outcome_router.intent_id`. */
  readonly traceLink?: string;
  /** Captured text of an intent, where the application keeps it. Shown to everyone who may read. */
  readonly textOf?: (intentId: string) => string | undefined;
  /** The last comparison with the provider's bill, and its time, for the page Bill. */
  readonly reconciliation?: ComparedBill;
  /** Receives every error that was answered with 500. Default: one line on stderr. */
  readonly onError?: (error: unknown) => void;
  /** Folder of the built page; default: the one in this package. */
  readonly site?: string;
}

export interface DashboardHandler {
  /** Answers one request. Never rejects. */
  (request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Ends the event streams of open pages, which would keep a server from closing. The store stays open. */
  close(): void;
}

/**
 * The dashboard of a ledger for `node:http`, and so for Express, Connect and Fastify's raw requests. It does not listen, and
 * knows no users: {@link DashboardHandlerOptions.authorize} decides who may do what. POST requests of other sites are
 * refused.
 *
 * @throws RouterError `invalid-data` if the page was not built, `invalid-value` for an option that is unknown, missing or wrong
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 *
 * const dashboard = dashboardHandler({
 *   store: sqlite('router.db'),
 *   basePath: '/ops/router',
 *   authorize: request => (request.headers['x-user-role'] === 'finops' ? 'label' : 'forbidden'),
 * });
 * createServer((request, response) => void dashboard(request, response)).listen(8080);
 * // Express: app.use('/ops/router', requireLogin, dashboard)
 * ```
 */
export function dashboardHandler(options: DashboardHandlerOptions): DashboardHandler {
  checkHandlerOptions(options);
  const { store, router } = options;
  return handlerOn(ledgerView({ store, router, nowMs: Date.now, elapsedMs: () => performance.now() }), options);
}

/** Properties that frameworks add to a request: the full path, the mount path that they strip from it, the parsed body. */
interface Mounted {
  readonly originalUrl?: string;
  readonly baseUrl?: string;
  readonly body?: unknown;
}

/** Like {@link dashboardHandler}, for a view of the ledger that the caller has created. */
export function handlerOn(
  view: LedgerView,
  options: DashboardHandlerOptions & { readonly command?: string },
): DashboardHandler {
  const { authorize, onError = toStderr } = options;
  const basePath = options.basePath === undefined ? undefined : parseBasePath(options.basePath);
  const site = readSite(options.site);
  const events = live(view.version);
  const mayAnswer = oneRequestAtATime();
  const api = dashboardApi({ ...options, view });

  async function answer(request: IncomingMessage & Mounted, response: ServerResponse): Promise<void> {
    const { method = '', headers } = request;
    if (!['GET', 'HEAD', 'POST'].includes(method)) {
      response.setHeader('allow', 'GET, HEAD, POST');
      return refuse(response, 405, 'GET, HEAD and POST only');
    }
    const base = basePath ?? request.baseUrl ?? '';
    const { path, search } = splitUrl(request.originalUrl ?? request.url ?? '/');
    const own = pathBelow(base, path);
    const isPost = method === 'POST';
    const source = sourceOf(headers);
    if (isPost && source !== 'same-origin')
      return refuse(response, 403, 'a POST has to come from the dashboard’s page');
    if (own?.startsWith('/api/') === true && source === 'cross-site') {
      return refuse(response, 403, 'requests of another site are refused');
    }
    // A form on another site can send other content types, but not this one (JSON).
    if (isPost && headers['content-type']?.split(';')[0]?.trim() !== 'application/json') {
      return refuse(response, 403, 'a POST has to be JSON');
    }

    const access = await authorize(request);
    if (access === 'unauthenticated') return refuse(response, 401, 'sign in first');
    if (access !== 'read' && access !== 'label' && access !== 'control')
      return refuse(response, 403, 'you may not see this dashboard');

    if (path === base) {
      // The redirect is relative, because a proxy may have stripped a prefix from the path.
      response.writeHead(308, { location: `${base.slice(base.lastIndexOf('/') + 1)}/${search}` });
      response.end();
      return;
    }
    const file = own === undefined || isPost ? undefined : site.get(own);
    if (file !== undefined) return reply(response, 200, file);
    if (own === '/api/events' && method === 'GET') return events.add(response);
    const { status, value } = await api({
      isPost,
      path: own ?? '',
      query: new URLSearchParams(search),
      body: async () => readBody(request),
      canLabel: access === 'label' || access === 'control',
      canControl: access === 'control',
      by: options.userOf?.(request) ?? 'dashboard',
    });
    reply(response, status, { type: 'application/json', body: JSON.stringify(value) });
  }

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!mayAnswer(response)) return;
    try {
      setSecurityHeaders(response);
      await answer(request, response);
    } catch (error) {
      if (response.headersSent) response.destroy();
      else refuse(response, 500, 'the dashboard could not answer; the log of its server says why');
      tell(onError, error);
    }
  };
  return Object.assign(handle, { close: events.close });
}

/**
 * The application's own error handler may throw, or be an async function that rejects: the response has already been sent, and no
 * other request must suffer.
 */
function tell(onError: (error: unknown) => unknown, error: unknown): void {
  // An error of `onError` itself is dropped; as an unhandled rejection it would end the process.
  (async () => onError(error))().catch(() => undefined);
}

function toStderr(error: unknown): void {
  process.stderr.write(`dashboard: ${String(error)}\n`);
}
