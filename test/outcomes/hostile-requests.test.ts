/** The handler against clients that follow no rule: bytes on a socket, and rows of every shape. A seed draws both. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { seededRandom } from '../../src/core/math/random.ts';
import { nodeOutcomeHandler, outcomeHandler } from '../../src/outcomes/handler.ts';
import { hostileRequests, sendHostile } from '../support/hostile-requests.ts';
import { trials } from '../support/trials.ts';
import { posted, routerOfIntents, TOKEN } from './routed-intents.ts';

test('requests of every shape end neither the process nor the handler, and none without the token gets more than a refusal', async () => {
  const errors: unknown[] = [];
  const { router, newIntent } = routerOfIntents();
  const handler = nodeOutcomeHandler(router, { token: TOKEN, onError: error => errors.push(error) });
  const server = createServer((request, response) => void handler(request, response));
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const next = hostileRequests({ port, base: '/outcomes', admits: `Authorization: Bearer ${TOKEN}` }, 'outcomes');
  const answered: string[] = [];
  const client = async (): Promise<void> => {
    for (let sent = 0; sent < trials(40); sent++) {
      const { bytes, isAdmitted } = next();
      const { text } = await sendHostile(port, bytes, 200);
      const isRefused = /^(?:HTTP\/1\.1 (?:4\d\d|100 Continue)\b|$)/.test(text);
      if (isAdmitted ? text.startsWith('HTTP/1.1 5') : !isRefused) answered.push(bytes);
    }
  };
  await Promise.all(Array.from({ length: 8 }, client));
  expect(answered).toEqual([]);
  expect(errors).toEqual([]);

  const body = JSON.stringify({ feature: 'support.reply', intentId: await newIntent(), success: true });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` };
  const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body });
  expect(response.status).toBe(200);
  await response.text();
  const closed = new Promise<void>(resolve => void server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
});

const NAMES = ['feature', 'intentId', 'session', 'success', 'escalated', 'costUsd', 'key', 'signal', 'value'];
const VALUES: readonly unknown[] = [
  'support.reply',
  'chat.help',
  'stars',
  'resolved',
  '',
  ' ',
  '__proto__',
  'constructor',
  'toString',
  '\u0000',
  '#',
  '\uD800',
  '\u{1F600}',
  'x'.repeat(600),
  'true',
  '1',
  true,
  false,
  null,
  0,
  1,
  -1,
  1.5,
  -0,
  1e308,
  Number.MAX_SAFE_INTEGER,
  9_000_000,
  9_000_001,
  1e-300,
  [],
  {},
  [[]],
  { length: 1 },
  { toString: 1 },
  [1, 2],
];

test('rows of every shape are answered one by one, and only valid rows are recorded', async () => {
  const errors: unknown[] = [];
  const { router, newIntent } = routerOfIntents();
  const own = await newIntent();
  const handler = outcomeHandler(router, { token: TOKEN, onError: error => errors.push(error) });
  const random = seededRandom('rows');
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random.next() * items.length)] as Item;
  const right = { feature: 'support.reply', intentId: own, success: true };
  const row = (): unknown => {
    if (random.next() < 0.05) return pick(VALUES);
    const fields = Object.entries(right).filter(() => random.next() < 0.9);
    const wrong = NAMES.filter(() => random.next() < 0.15).map(name => [name, pick(VALUES)] as const);
    return Object.fromEntries([...fields, ...wrong]);
  };
  const statuses = new Map<number, number>();
  for (let sent = 0; sent < trials(20); sent++) {
    const rows = Array.from({ length: 200 }, row);
    const response = await handler(posted(rows));
    const { results } = (await response.json()) as {
      results: { status: number; outcome?: object; error?: { message: string } }[];
    };
    expect(results).toHaveLength(rows.length);
    for (const { status, outcome, error } of results) {
      expect(status === 200 ? outcome : error?.message).toBeTruthy();
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  }
  // 500: the application's meaning of a signal throws for text. 409: an intent of another feature.
  expect([...statuses.keys()].filter(status => ![409, 500].includes(status)).toSorted((a, b) => a - b)).toEqual([
    200, 400, 404,
  ]);
  expect(errors.every(error => error instanceof TypeError)).toBe(true);
  expect((await router.report()).intents).toBe(1);
  await router.close();
});
