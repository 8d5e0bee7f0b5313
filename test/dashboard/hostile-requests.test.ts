/** The dashboard against a client that follows no rule; a seed draws the requests. */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { writeLedger } from '../../benchmarks/dashboard/ledger.ts';
import { dashboardHandler } from '../../src/dashboard/handler.ts';
import { startDashboard } from '../../src/dashboard/server.ts';
import { memory } from '../../src/stores/memory.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { attack, attackDashboard, pageOf } from './hostile-trial.ts';

const REQUESTS = { requests: 300, clients: 10, patienceMs: 200 };
const site = temporaryFolder();
const store = memory();

beforeAll(async () => {
  writeFileSync(join(site, 'index.html'), '<p>The page</p>');
  const toMs = Date.now();
  await writeLedger(store, { intents: 100, seed: 1, fromMs: toMs - 20 * 86_400_000, toMs });
});

test('the local dashboard survives requests of every shape, and answers none of them without its cookie', async () => {
  const dashboard = await startDashboard({ store, site });
  const entered = await fetch(dashboard.newLink(), { redirect: 'manual' });
  const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? '';
  const target = { port: dashboard.port, base: '', admits: `Cookie: ${cookie}` };
  expect(await attack(target, { seed: 'local', ...REQUESTS })).toEqual([]);
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
  expect(await attack(target, { seed: 'mounted', ...REQUESTS })).toEqual([]);
  expect(errors).toEqual([]);
  expect(await pageOf(target)).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*The page/);
  dashboard.close();
  const closed = new Promise<void>(resolve => void server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
});

test('the trial of the dashboard prints how long its answers took', async () => {
  const { p99Ms, slowestCpuMs, ...result } = await attackDashboard(50, () => {});
  expect(result).toEqual({ requests: 50, leaks: 0, isAlive: true });
  expect(p99Ms).toBeGreaterThan(0);
  expect(slowestCpuMs).toBeGreaterThan(0);
});
