import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeLedger } from '../../benchmarks/dashboard/ledger.ts';
import type { AuditMessage, IntentMessage, OverviewMessage, WhatIfAnswer } from '../../src/dashboard/messages.ts';
import type { Dashboard } from '../../src/dashboard/server.ts';
import { startDashboard } from '../../src/dashboard/server.ts';
import { memory } from '../../src/stores/memory.ts';

const site = mkdtempSync(join(tmpdir(), 'outcome-router-'));
const store = memory();
let dashboard: Dashboard;
let base = '';
let cookie = '';

beforeAll(async () => {
  writeFileSync(join(site, 'index.html'), '<p>The page</p>');
  const toMs = Date.now();
  await writeLedger(store, { intents: 300, seed: 1, fromMs: toMs - 20 * 86_400_000, toMs });
  dashboard = await startDashboard({
    store,
    site,
    link: 'https://support.example/{intentId}',
    textOf: intentId => (intentId === 'contract.summary-29' ? 'Hello' : undefined),
  });
  base = `http://127.0.0.1:${dashboard.port}`;
  const entered = await fetch(dashboard.newLink(), { redirect: 'manual' });
  cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? '';
});

afterAll(async () => {
  await dashboard.close();
  rmSync(site, { recursive: true });
});

async function get(path: string): Promise<Response> {
  return fetch(base + path, { headers: { cookie } });
}

async function post(
  path: string,
  body: unknown,
  headers: Record<string, string> = { origin: base },
): Promise<Response> {
  return fetch(base + path, {
    method: 'POST',
    headers: { cookie, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

describe('who is let in', () => {
  test('the link leads to the page, once', async () => {
    const link = dashboard.newLink();
    const entered = await fetch(link, { redirect: 'manual' });
    expect([entered.status, entered.headers.get('location')]).toEqual([303, '/']);
    expect((await fetch(link, { redirect: 'manual' })).status).toBe(403);
  });

  test('nobody without the cookie, nobody with another host, and the refusal tells nothing', async () => {
    expect((await fetch(`${base}/api/overview`)).status).toBe(401);
    const answer = await new Promise<{ status: number; text: string }>((resolve, reject) => {
      const sent = request(`${base}/api/overview`, { headers: { host: 'evil.example', cookie } }, response => {
        let text = '';
        response.on('data', part => (text += String(part)));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      });
      sent.on('error', reject);
      sent.end();
    });
    expect(answer).toEqual({ status: 403, text: 'this host is not served here\n' });
  });

  test('it listens on the loopback address only', async () => {
    const other = base.replace('127.0.0.1', '127.0.0.2');
    await expect(fetch(other)).rejects.toThrow('fetch failed');
  });
});

test('every answer forbids scripts, styles and connections from elsewhere, framing and keeping', async () => {
  for (const response of [await get('/'), await get('/api/overview'), await fetch(base), await get('/nope')]) {
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(response.headers.get('content-security-policy')).not.toContain('unsafe');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  }
});

describe('the answers', () => {
  test('overview, feature, prices', async () => {
    const overview = (await (await get('/api/overview')).json()) as OverviewMessage;
    expect(overview.features[0]?.feature).toBe('support.reply');
    expect((await get('/api/feature?feature=support.reply')).status).toBe(200);
    expect(await (await get('/api/prices')).json()).toHaveLength(3);
  });

  test('intents carry the link that was configured, as many as were asked for', async () => {
    const intents = (await (await get('/api/intents?feature=support.reply&limit=2')).json()) as IntentMessage[];
    expect(intents.map(intent => intent.link)).toEqual([
      'https://support.example/support.reply-134',
      'https://support.example/support.reply-133',
    ]);
  });

  test('what-if is asked by POST', async () => {
    const response = await post('/api/what-if', { feature: 'support.reply', segment: '', failureCostUsd: 0.01 });
    const { moved } = (await response.json()) as WhatIfAnswer;
    expect(moved.failureCostUsd).toBe(0.01);
  });

  test('an audit hands out intents with link and captured text, and writes what was said', async () => {
    const read = async (): Promise<AuditMessage> =>
      (await (await get('/api/audit?feature=contract.summary&share=1')).json()) as AuditMessage;
    const before = await read();
    expect(before.unlabelled.find(item => item.intentId === 'contract.summary-29')?.text).toBe('Hello');
    expect(before.unlabelled[0]?.link).toBe(`https://support.example/${before.unlabelled[0]?.intentId}`);
    const response = await post('/api/audit', { intentId: before.unlabelled[0]?.intentId, success: false });
    expect(await response.json()).toMatchObject({ state: 'failure', source: 'audit' });
    expect((await read()).audited).toBe(before.audited + 1);
  });
});

describe('mistakes', () => {
  test.each([
    ['an unknown feature', async () => get('/api/feature?feature=nope'), 400],
    ['an unknown path', async () => get('/api/nope'), 404],
    ['no JSON', async () => post('/api/what-if', '{'), 400],
    ['a question that is none', async () => post('/api/what-if', { feature: 1 }), 400],
    ['a body without end', async () => post('/api/what-if', 'x'.repeat(20_000)), 400],
    ['another origin', async () => post('/api/audit', {}, { origin: 'http://evil.example' }), 403],
    ['a label by another path', async () => post('/api/overview', {}), 404],
  ])('%s', async (_, send, status) => {
    expect((await send()).status).toBe(status);
  });

  test('a port in use is said as Node says it', async () => {
    await expect(startDashboard({ store, site, port: dashboard.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
