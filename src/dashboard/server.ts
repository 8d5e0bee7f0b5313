/** The dashboard: a page on a ledger, for the browser of this machine. It writes nothing but the labels of an audit. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { auditLink, auditSample, recordAudit } from '../analysis/audit.ts';
import { RouterError } from '../errors.ts';
import type { Store } from '../contracts/store.ts';
import { gate } from './gate.ts';
import type { LedgerView } from './ledger-view.ts';
import { ledgerView } from './ledger-view.ts';
import type { Live } from './live.ts';
import { live } from './live.ts';
import type { AuditMessage, AuditWord, IntentMessage, WhatIfQuestion } from './messages.ts';
import { parseAuditWord, parseQuestion } from './questions.ts';
import { readSite } from './site.ts';

export interface DashboardOptions {
  readonly store: Store;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Where an intent can be looked at: `https://…/{intentId}`. */
  readonly link?: string;
  /** Captured text of an intent, where the application has kept it. */
  readonly textOf?: (intentId: string) => string | undefined;
  /** The built page; default: the one of this package. */
  readonly site?: string;
}

export interface Dashboard {
  readonly port: number;
  /** A new link to open in a browser, good for one use. */
  newLink(): string;
  /** Stops listening and ends every open connection; the store stays open. */
  close(): Promise<void>;
}

/** Nothing is loaded from anywhere else, nothing inline runs, nobody frames it. */
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  'cache-control': 'no-store',
};

/** A request's body may be this long, in bytes: a question is a few hundred. */
const MOST_BODY = 10_000;
const MOST_INTENTS = 200;
/** Intents of an audit that the page is given at a time. */
const AUDIT_PAGE = 20;
/** More than anybody labels in a month; keeps a page of a large ledger fast. */
const MOST_DRAWN = 2_000;
const AUDIT_DAYS = 30;

/**
 * Listens on the loopback address only.
 *
 * @throws RouterError `invalid-data` where the page was never built; rejects with Node's error for a port in use
 *
 * @example
 * ```ts
 * const dashboard = await startDashboard({ store: sqlite('router.db') });
 * console.log(dashboard.newLink());
 * ```
 */
export async function startDashboard(options: DashboardOptions): Promise<Dashboard> {
  const site = readSite(options.site);
  const view = ledgerView({ store: options.store, nowMs: Date.now, elapsedMs: () => performance.now() });
  const events = live(view.version);
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const guard = gate(port);
  const answer = answers({ options, view, events });

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    const { method = '', url = '/', headers } = request;
    const admission = guard.admit({ method, path: url, headers });
    if (admission.kind === 'refused') {
      response.writeHead(admission.status, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(`${admission.reason}\n`);
      return;
    }
    if (admission.kind === 'enter') {
      response.writeHead(303, { location: '/', 'set-cookie': admission.cookie });
      response.end();
      return;
    }
    const file = site.get(new URL(url, 'http://dashboard.invalid').pathname);
    if (file !== undefined && method !== 'POST') {
      response.writeHead(200, { 'content-type': file.type });
      response.end(method === 'HEAD' ? undefined : file.body);
      return;
    }
    answer(request, response).catch((error: unknown) => fail(response, error));
  });

  // The first page then finds its report ready.
  view.overview().catch(() => undefined);
  return {
    port,
    newLink: () => `http://127.0.0.1:${port}${guard.newLink()}`,
    async close() {
      events.close();
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Around {
  readonly options: DashboardOptions;
  readonly view: LedgerView;
  readonly events: Live;
}

function answers({ options, view, events }: Around) {
  const { store, link } = options;
  const linked = (intent: IntentMessage, feature: string): IntentMessage =>
    link === undefined ? intent : { ...intent, link: auditLink(link, { ...intent, intentId: intent.id, feature }) };

  async function get(path: string, query: URLSearchParams): Promise<unknown> {
    const feature = query.get('feature') ?? '';
    switch (path) {
      case '/api/overview':
        return view.overview();
      case '/api/feature':
        return view.feature(feature);
      case '/api/intents': {
        const limit = Math.min(MOST_INTENTS, Math.max(1, Number(query.get('limit') ?? 20) || 20));
        return (await view.intents(feature, limit)).map(intent => linked(intent, feature));
      }
      case '/api/prices':
        return view.prices();
      case '/api/audit':
        return audit(feature, Number(query.get('share') ?? 0.05));
      default:
        return undefined;
    }
  }

  async function audit(feature: string, share: number): Promise<AuditMessage> {
    const fromMs = Date.now() - AUDIT_DAYS * 86_400_000;
    const sample = await auditSample(store, {
      feature,
      fraction: share,
      fromMs,
      limit: AUDIT_PAGE,
      maxDrawn: MOST_DRAWN,
    });
    const unlabelled = sample.unlabelled.map(item => {
      const text = options.textOf?.(item.intentId);
      return {
        ...item,
        ...(link === undefined ? {} : { link: auditLink(link, item) }),
        ...(text === undefined ? {} : { text }),
      };
    });
    return { ...sample, unlabelled };
  }

  async function post(path: string, body: unknown): Promise<unknown> {
    if (path === '/api/what-if') return view.whatIf(parseQuestion(body) satisfies WhatIfQuestion);
    if (path !== '/api/audit') return undefined;
    const word: AuditWord = parseAuditWord(body);
    return recordAudit(store, { ...word, nowMs: Date.now() });
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://dashboard.invalid');
    if (pathname === '/api/events') {
      events.add(response);
      return;
    }
    const value =
      request.method === 'POST' ? await post(pathname, await bodyOf(request)) : await get(pathname, searchParams);
    if (value === undefined) send(response, 404, { error: 'there is nothing here' });
    else send(response, 200, value);
  };
}

function send(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

/** The caller's mistakes are told; anything else is a fault of ours and no business of a page. */
function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) response.destroy();
  else if (RouterError.isInstance(error)) send(response, 400, { error: error.message });
  else send(response, 500, { error: 'the dashboard could not answer; the terminal has more' });
  if (!RouterError.isInstance(error)) process.stderr.write(`dashboard: ${String(error)}\n`);
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > MOST_BODY) throw new RouterError('invalid-value', 'this request is too long');
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8')) as unknown;
  } catch (error) {
    throw new RouterError('invalid-value', 'this request is not JSON', { cause: error });
  }
}
