import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeLedger } from '../../benchmarks/dashboard/ledger.ts';
import type { AuditMessage, IntentListMessage, IntentMessage } from '../../src/dashboard/messages.ts';
import type { Dashboard } from '../../src/dashboard/server.ts';
import { startDashboard } from '../../src/dashboard/server.ts';
import { memory } from '../../src/stores/memory.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const site = temporaryFolder();
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
    textOf: intentId => `text of ${intentId}`,
  });
  base = `http://127.0.0.1:${dashboard.port}`;
  const entered = await fetch(dashboard.newLink(), { redirect: 'manual' });
  cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? '';
});

afterAll(async () => {
  await dashboard.close();
});

test('a link opens the page exactly once', async () => {
  const link = dashboard.newLink();
  const entered = await fetch(link, { redirect: 'manual' });
  expect([entered.status, entered.headers.get('location')]).toEqual([303, '/']);
  expect((await fetch(link, { redirect: 'manual' })).status).toBe(403);
});

test('a request without the cookie or for another host is refused, and the refusal reveals nothing', async () => {
  const refused = await fetch(`${base}/api/overview`);
  expect([refused.status, await refused.text()]).toEqual([
    401,
    expect.stringMatching(
      /^open the link that the command has printed; for another, press Enter where `outcome-router dashboard` runs/,
    ),
  ]);
  expect(refused.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
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

test('the dashboard listens on the loopback address only', async () => {
  const other = base.replace('127.0.0.1', '127.0.0.2');
  await expect(fetch(other)).rejects.toThrow('fetch failed');
});

test('the user of this machine can read the page, links and captured text, and can label intents', async () => {
  const get = async (path: string): Promise<Response> => fetch(base + path, { headers: { cookie } });
  expect(await (await get('/')).text()).toBe('<p>The page</p>');
  const { intents } = (await (await get('/api/intents?feature=support.reply')).json()) as IntentListMessage;
  const id = intents[0]?.intentId ?? '';
  const { link } = (await (await get(`/api/intent?id=${id}`)).json()) as IntentMessage;
  expect(link).toBe(`https://support.example/${id}`);
  const { unlabelled } = (await (await get('/api/audit?feature=support.reply&fraction=1')).json()) as AuditMessage;
  const intentId = unlabelled[0]?.intentId ?? '';
  expect(unlabelled[0]?.text).toBe(`text of ${intentId}`);
  const labelled = await fetch(`${base}/api/audit`, {
    method: 'POST',
    headers: { cookie, origin: base, 'content-type': 'application/json' },
    body: JSON.stringify({ intentId, success: false }),
  });
  expect(await labelled.json()).toMatchObject({ state: 'failure', source: 'audit' });
});

test('closing the dashboard ends requests that still wait for the store', async () => {
  let arrived: (() => void) | undefined;
  const hanging = { ...store, intents: async () => new Promise<never>(() => arrived?.()) };
  const other = await startDashboard({ store: hanging, site });
  const entered = await fetch(other.newLink(), { redirect: 'manual' });
  const headers = { cookie: entered.headers.get('set-cookie')?.split(';')[0] ?? '' };
  const hasArrived = new Promise<void>(resolve => (arrived = resolve));
  const pending = fetch(`http://127.0.0.1:${other.port}/api/intents`, { headers });
  const rejected = expect(pending).rejects.toThrow('fetch failed');
  await hasArrived;
  await other.close();
  await rejected;
});

test('starting on a port in use rejects with Node’s own error', async () => {
  await expect(startDashboard({ store, site, port: dashboard.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
