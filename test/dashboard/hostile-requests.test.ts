/** The dashboard against a client that follows no rule; a seed draws the requests. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeLedger } from '../../benchmarks/dashboard/ledger.ts';
import { dashboardHandler } from '../../src/dashboard/handler.ts';
import { startDashboard } from '../../src/dashboard/server.ts';
import { memory } from '../../src/stores/memory.ts';
import type { HostileTarget } from '../support/hostile-requests.ts';
import { hostileRequests, sendHostile } from '../support/hostile-requests.ts';

const REQUESTS = 300;
/** Long enough for any reply; a request that stops in the middle waits for nothing else. */
const PATIENCE_MS = 200;
const site = mkdtempSync(join(tmpdir(), 'outcome-router-'));
const store = memory();

beforeAll(async () => {
  writeFileSync(join(site, 'index.html'), '<p>The page</p>');
  const toMs = Date.now();
  await writeLedger(store, { intents: 100, seed: 1, fromMs: toMs - 20 * 86_400_000, toMs });
});
afterAll(() => rmSync(site, { recursive: true }));

/** Sends them, ten at a time, and returns the requests without admission that got more than a refusal. */
async function attack(target: HostileTarget, seed: string): Promise<readonly string[]> {
  const next = hostileRequests(target, seed);
  const answered: string[] = [];
  let sent = 0;
  async function client(): Promise<void> {
    while (sent++ < REQUESTS) {
      const { bytes, isAdmitted } = next();
      const { text } = await sendHostile(target.port, bytes, PATIENCE_MS);
      if (!isAdmitted && !/^(?:HTTP\/1\.1 (?:4\d\d|100 Continue)\b|$)/.test(text)) answered.push(bytes);
      if (!isAdmitted && /support\.reply|The page/.test(text)) answered.push(bytes);
    }
  }
  await Promise.all(Array.from({ length: 10 }, client));
  return answered;
}

async function pageOf({ port, base, admits }: HostileTarget): Promise<string> {
  const bytes = `GET ${base}/ HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${admits}\r\n\r\n`;
  return (await sendHostile(port, bytes, 5_000)).text;
}

test('the local dashboard survives requests of every shape, and answers none of them without its cookie', async () => {
  const dashboard = await startDashboard({ store, site });
  const entered = await fetch(dashboard.newLink(), { redirect: 'manual' });
  const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? '';
  const target = { port: dashboard.port, base: '', admits: `Cookie: ${cookie}` };
  expect(await attack(target, 'local')).toEqual([]);
  expect(await pageOf(target)).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*The page/);
  await dashboard.close();
});

test('a mounted dashboard survives requests of every shape, reports none as its own error, and answers none without a role', async () => {
  const errors: unknown[] = [];
  const dashboard = dashboardHandler({
    store,
    site,
    basePath: '/ops',
    authorize: ({ headers }) => (headers['x-role'] === 'label' ? 'label' : 'unauthenticated'),
    onError: error => errors.push(error),
  });
  const server = createServer((request, response) => void dashboard(request, response));
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve));
  const target = { port: (server.address() as AddressInfo).port, base: '/ops', admits: 'X-Role: label' };
  expect(await attack(target, 'mounted')).toEqual([]);
  expect(errors).toEqual([]);
  expect(await pageOf(target)).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*The page/);
  dashboard.close();
  const closed = new Promise<void>(resolve => void server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
});
