/** The handler over real HTTP, mounted as applications mount it. */
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { writeLedger } from '../../benchmarks/dashboard/ledger.ts';
import type { DashboardAccess, DashboardHandler, DashboardHandlerOptions } from '../../src/dashboard/handler.ts';
import { dashboardHandler } from '../../src/dashboard/handler.ts';
import type { AuditMessage } from '../../src/dashboard/messages.ts';
import { memory } from '../../src/stores/memory.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const site = temporaryFolder();
const store = memory();
const running: (() => Promise<void>)[] = [];

beforeAll(async () => {
  mkdirSync(join(site, 'assets'));
  writeFileSync(join(site, 'index.html'), '<p>The page</p>');
  writeFileSync(join(site, 'assets', 'a.js'), '1');
  const toMs = Date.now();
  await writeLedger(store, { intents: 300, seed: 1, fromMs: toMs - 20 * 86_400_000, toMs });
});
afterEach(async () => {
  for (const close of running.splice(0)) await close();
});

/** An `authorize` that reads the role from a header. */
function byHeader({ headers }: IncomingMessage): DashboardAccess {
  return (headers['x-role'] as DashboardAccess | undefined) ?? 'unauthenticated';
}

async function listen(listener: RequestListener, dashboard?: DashboardHandler): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve));
  running.push(async () => {
    dashboard?.close();
    const closed = new Promise<void>(resolve => void server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function mount(options: Partial<DashboardHandlerOptions> = {}): Promise<string> {
  const dashboard = dashboardHandler({ store, site, authorize: byHeader, ...options });
  return listen((incoming, response) => void dashboard(incoming, response), dashboard);
}

const READER = { 'x-role': 'read' };
const AUDITOR = { 'x-role': 'label', 'content-type': 'application/json' };

describe('the base path', () => {
  test('the page, its assets and its API are served below the base path and nowhere else', async () => {
    const base = await mount({ basePath: '/ops/router/' });
    const statusOf = async (path: string): Promise<number> =>
      (await fetch(base + path, { headers: READER, redirect: 'manual' })).status;
    const below = ['/', '/index.html', '/assets/a.js', '/scheme.css', '/api/overview'];
    for (const path of below) {
      expect([path, await statusOf(`/ops/router${path}`), await statusOf(path)]).toEqual([path, 200, 404]);
    }
    expect(await statusOf('/ops/routerx/')).toBe(404);
    expect(await statusOf('/x/ops/router/')).toBe(404);
  });

  test('the base path without its trailing slash redirects to the page by a relative URL that keeps the query', async () => {
    const base = await mount({ basePath: '/ops/router' });
    const response = await fetch(`${base}/ops/router?x=1`, { headers: READER, redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([308, 'router/?x=1']);
    const followed = await fetch(`${base}/ops/router`, { headers: READER });
    expect([followed.url, await followed.text()]).toEqual([`${base}/ops/router/`, '<p>The page</p>']);
  });

  test('no base path is needed in a framework that strips its mount path from the URL and parses the body', async () => {
    const dashboard = dashboardHandler({ store, site, authorize: byHeader });
    // As Express does it for app.use('/ops', express.json(), dashboard).
    const mounted = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
      const { url = '' } = incoming;
      const parts: Buffer[] = [];
      for await (const part of incoming as AsyncIterable<Buffer>) parts.push(part);
      const text = Buffer.concat(parts).toString();
      Object.assign(incoming, { originalUrl: url, baseUrl: '/ops', url: url.slice('/ops'.length) || '/' });
      if (text !== '') Object.assign(incoming, { body: JSON.parse(text) as unknown });
      await dashboard(incoming, response);
    };
    const base = await listen((incoming, response) => void mounted(incoming, response), dashboard);
    expect(await (await fetch(`${base}/ops`, { headers: READER })).text()).toBe('<p>The page</p>');
    expect((await fetch(`${base}/ops/api/overview`, { headers: READER })).status).toBe(200);
    const body = JSON.stringify({ feature: 'support.reply', segment: '' });
    const answer = await fetch(`${base}/ops/api/what-if`, {
      method: 'POST',
      headers: { ...AUDITOR, origin: base },
      body,
    });
    expect(answer.status).toBe(200);
  });

  test('a configured base path takes precedence over a framework’s mount path', async () => {
    const dashboard = dashboardHandler({ store, site, authorize: byHeader, basePath: '/ops/router' });
    // As Express does it for app.use('/ops', dashboard).
    const base = await listen((incoming, response) => {
      const { url = '' } = incoming;
      Object.assign(incoming, { originalUrl: url, baseUrl: '/ops', url: url.slice('/ops'.length) || '/' });
      void dashboard(incoming, response);
    }, dashboard);
    expect((await fetch(`${base}/ops/router/scheme.css`, { headers: READER })).status).toBe(200);
    expect((await fetch(`${base}/ops/scheme.css`, { headers: READER })).status).toBe(404);
  });

  test('a base path that is not a path is refused when the handler is made', () => {
    expect(() => dashboardHandler({ store, site, authorize: byHeader, basePath: 'ops' })).toThrow(
      expect.objectContaining({ code: 'invalid-value', path: 'basePath' }),
    );
  });
});

describe('authorization', () => {
  test.each(['/', '/assets/a.js', '/api/overview', '/api/events', '/nope', '/ops'])(
    'nothing of %s is served to a request that the application does not authorize',
    async path => {
      const base = await mount(path === '/ops' ? { basePath: '/ops' } : {});
      for (const [role, status] of [
        [undefined, 401],
        ['unauthenticated', 401],
        ['forbidden', 403],
        ['admin', 403],
        ['true', 403],
      ] as const) {
        const headers: Record<string, string> = role === undefined ? {} : { 'x-role': role };
        const response = await fetch(base + path, { headers, redirect: 'manual' });
        expect([role, response.status]).toEqual([role, status]);
        expect(await response.text()).not.toContain('page<');
      }
    },
  );

  test('an `authorize` that throws or rejects is reported, and the response is a 500 that reveals nothing', async () => {
    const errors: unknown[] = [];
    const failure = new Error('the session store is down');
    for (const authorize of [
      () => {
        throw failure;
      },
      async () => Promise.reject(failure),
    ]) {
      const base = await mount({ authorize, onError: error => errors.push(error) });
      const response = await fetch(base);
      expect(response.status).toBe(500);
      expect(await response.text()).not.toMatch(/session store|The page/);
    }
    expect(errors).toEqual([failure, failure]);
  });

  test('the role `read` may ask what-if questions but not label; the role `label` may do both', async () => {
    const base = await mount();
    const post = async (path: string, headers: Record<string, string>, body: unknown): Promise<number> => {
      const sent = { method: 'POST', headers: { ...headers, origin: base }, body: JSON.stringify(body) };
      return (await fetch(base + path, sent)).status;
    };
    const reader = { ...AUDITOR, ...READER };
    const sample = await fetch(`${base}/api/audit?feature=support.reply&fraction=1`, { headers: READER });
    const { unlabelled, canLabel } = (await sample.json()) as AuditMessage;
    const label = { intentId: unlabelled[0]?.intentId, success: true };
    expect(canLabel).toBe(false);
    expect(await post('/api/what-if', reader, { feature: 'support.reply', segment: '' })).toBe(200);
    const before = (await store.load(label.intentId ?? '')).length;
    expect(await post('/api/audit', reader, label)).toBe(403);
    expect(await store.load(label.intentId ?? '')).toHaveLength(before);
    expect(await post('/api/audit', AUDITOR, label)).toBe(200);
    expect(await store.load(label.intentId ?? '')).toHaveLength(before + 1);
  });
});

describe('requests of other sites', () => {
  const body = JSON.stringify({ feature: 'support.reply', segment: '' });

  test.each([
    ['its own page, by Origin', (base: string) => ({ origin: base }), 200],
    ['its own page, by Sec-Fetch-Site', () => ({ 'sec-fetch-site': 'same-origin' }), 200],
    ['a client that names no source', () => ({}), 403],
    ['a page of another origin', () => ({ origin: 'https://evil.example' }), 403],
    ['a page of another port', (base: string) => ({ origin: base.replace(/\d+$/, '1') }), 403],
    ['a sandboxed frame', () => ({ origin: 'null' }), 403],
    ['a page of a sibling subdomain', () => ({ 'sec-fetch-site': 'same-site' }), 403],
    ['a form, by its content type', (base: string) => ({ origin: base, 'content-type': 'text/plain' }), 403],
    [
      'a script, with the charset named',
      (base: string) => ({ origin: base, 'content-type': 'application/json; charset=utf-8' }),
      200,
    ],
    [
      'a script, by a type that begins like JSON',
      (base: string) => ({ origin: base, 'content-type': 'application/jsonp' }),
      403,
    ],
  ])('the source and type of a POST decide whether it is answered: %s', async (_, headersOf, status) => {
    const base = await mount();
    const headers = { ...AUDITOR, ...(headersOf as (base: string) => Record<string, string>)(base) };
    expect((await raw(`${base}/api/what-if`, { method: 'POST', headers, body })).status).toBe(status);
  });

  test('another site may link to the page but may not read its figures', async () => {
    const base = await mount();
    const headers = { ...READER, 'sec-fetch-site': 'cross-site' };
    expect((await raw(base, { headers })).status).toBe(200);
    for (const path of ['/api/overview', '/api/events']) expect((await raw(base + path, { headers })).status).toBe(403);
    expect((await raw(`${base}/api/overview`, { headers: { ...READER, origin: 'https://evil.example' } })).status).toBe(
      403,
    );
  });

  test('a POST without a content type is refused', async () => {
    const base = await mount();
    const headers = { 'x-role': 'label', origin: base };
    expect((await raw(`${base}/api/what-if`, { method: 'POST', headers, body })).status).toBe(403);
  });

  test.each(['DELETE', 'PUT', 'PATCH', 'OPTIONS'])('the method %s is refused', async method => {
    const base = await mount();
    const response = await fetch(`${base}/api/audit`, { method, headers: { ...AUDITOR, origin: base } });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
  });
});

describe('answers', () => {
  test('every response carries the security headers, whatever its status', async () => {
    const base = await mount({ basePath: '/ops' });
    const paths: readonly (readonly [string, number])[] = [
      ['/ops/', 200],
      ['/ops', 308],
      ['/ops/api/overview', 200],
      ['/ops/api/feature?feature=nope', 400],
      ['/ops/nope', 404],
      ['/', 404],
    ];
    const headers = { ...READER };
    const responses = await Promise.all(
      paths.map(async ([path, status]) => ({
        status,
        response: await fetch(base + path, { headers, redirect: 'manual' }),
      })),
    );
    const refused = { status: 401, response: await fetch(`${base}/ops/`) };
    for (const { status, response } of [...responses, refused]) {
      expect(response.status).toBe(status);
      expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
      expect(response.headers.get('content-security-policy')).not.toContain('unsafe');
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  test('HEAD is answered with the headers of GET and no body', async () => {
    const base = await mount();
    const response = await fetch(base, { method: 'HEAD', headers: READER });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await response.text()).toBe('');
    expect((await fetch(`${base}/api/events`, { method: 'HEAD', headers: READER })).status).toBe(404);
  });

  test('a POST to a page is answered with 404', async () => {
    const base = await mount();
    const sent = { method: 'POST', headers: { ...AUDITOR, origin: base }, body: '{}' };
    expect((await fetch(`${base}/index.html`, sent)).status).toBe(404);
  });

  test('an internal error is reported, and the response is a 500 that does not reveal the cause', async () => {
    const errors: unknown[] = [];
    const down = { ...store, features: async () => Promise.reject(new Error('disk full')) };
    const base = await mount({ store: down, onError: error => errors.push(error) });
    const response = await fetch(`${base}/api/overview`, { headers: READER });
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('disk');
    expect(errors.map(String)).toEqual(['Error: disk full']);
  });

  test('an `onError` that throws or rejects disturbs neither the reply nor the process', async () => {
    const down = new Error('the log is down too');
    const unhandled: unknown[] = [];
    const listen = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', listen);
    const throwing = (): never => {
      throw down;
    };
    const rejecting: unknown = async () => Promise.reject(down);
    for (const onError of [throwing, rejecting]) {
      const base = await mount({ authorize: throwing, onError: onError as () => void });
      for (let request = 0; request < 2; request++) expect((await fetch(base)).status).toBe(500);
    }
    process.off('unhandledRejection', listen);
    expect(unhandled).toEqual([]);
  });

  test('a client that sends requests without waiting for replies is disconnected, and only one of its requests is processed', async () => {
    let asked = 0;
    const base = await mount({ authorize: () => (asked++, 'read') });
    const socket = connect(Number(new URL(base).port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(`GET /api/overview HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(500));
    await once(socket.resume(), 'close');
    expect(asked).toBe(1);
  });

  test('a body that is too long is answered with 400 before its end', async () => {
    const base = await mount();
    const socket = connect(Number(new URL(base).port), '127.0.0.1');
    const head = ['Content-Length: 1000000', `Origin: ${base}`, 'X-Role: read', 'Content-Type: application/json'];
    socket.write(`POST /api/what-if HTTP/1.1\r\nHost: ${new URL(base).host}\r\n${head.join('\r\n')}\r\n\r\n`);
    socket.write('x'.repeat(10_001));
    let text = '';
    for await (const part of socket) text += String(part);
    expect(text).toMatch(/^HTTP\/1\.1 400 [^]*the request body is too long/);
  });

  test('if the application has already begun the response, the handler ends it, reports the error and does not reject', async () => {
    const errors: unknown[] = [];
    const authorize = (): DashboardAccess => 'read';
    const dashboard = dashboardHandler({ store, site, authorize, onError: error => errors.push(error) });
    const settled: unknown[] = [];
    const base = await listen((incoming, response) => {
      response.writeHead(200);
      response.flushHeaders();
      dashboard(incoming, response).then(
        () => settled.push('resolved'),
        () => settled.push('rejected'),
      );
    }, dashboard);
    await expect(fetch(base).then(async response => response.text())).rejects.toThrow();
    expect(settled).toEqual(['resolved']);
    expect(errors).toMatchObject([{ code: 'ERR_HTTP_HEADERS_SENT' }]);
  });

  test('a request target that is not a URL is answered like an unknown path', async () => {
    const base = await mount();
    const socket = connect(Number(new URL(base).port), '127.0.0.1');
    socket.end('GET //[ HTTP/1.1\r\nHost: x\r\nX-Role: read\r\nConnection: close\r\n\r\n');
    let text = '';
    for await (const part of socket) text += String(part);
    expect(text).toMatch(/^HTTP\/1\.1 404 /);
  });

  test('closing the handler ends the event streams of open pages', async () => {
    const dashboard = dashboardHandler({ store, site, authorize: () => 'read' });
    const base = await listen((incoming, response) => void dashboard(incoming, response), dashboard);
    const response = await fetch(`${base}/api/events`);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    dashboard.close();
    expect(await response.text()).toMatch(/^retry: 1000/);
  });
});

/** Sends only the given headers, unlike `fetch`, which adds some that browsers and other clients do not send. */
async function raw(
  url: string,
  { method = 'GET', headers, body = '' }: { method?: string; headers: Record<string, string>; body?: string },
): Promise<{ readonly status: number }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, response => {
      response.resume();
      resolve({ status: response.statusCode ?? 0 });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
