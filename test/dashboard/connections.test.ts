import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { limitConnections, oneRequestAtATime } from '../../src/dashboard/connections.ts';
import { holdOpen, sendHostile } from '../support/hostile-requests.ts';

let server: Server;
let trust: ReturnType<typeof limitConnections>;
let port: number;

beforeEach(async () => {
  server = createServer();
  trust = limitConnections(server);
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});
afterEach(async () => {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
});

test('a new connection beyond a hundred ends the oldest that is not trusted, so that a user still gets in', async () => {
  server.on('request', (request, response) => {
    trust(request.socket);
    response.end('in');
  });
  const [trusted] = await holdOpen(port, { count: 1, bytes: 'GET / HTTP/1.1\r\nHost: x\r\n\r\n' });
  await once(server, 'request');
  const [oldest] = await holdOpen(port, { count: 1, bytes: '' });
  const ended = once(oldest?.resume() ?? server, 'close');
  const idle = await holdOpen(port, { count: 100, bytes: '' });
  await ended;
  expect((await sendHostile(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', 5_000)).text).toMatch(/^HTTP\/1\.1 200 /);
  expect(trusted?.closed).toBe(false);
  for (const socket of [...idle, trusted]) socket?.destroy();
});

test('a connection ends when its client sends a request before it has the reply to the last one', async () => {
  let begun = 0;
  const mayAnswer = oneRequestAtATime();
  server.on('request', (_, response) => {
    if (mayAnswer(response)) begun++;
  });
  const twice = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(2);
  expect(await sendHostile(port, twice, 5_000)).toMatchObject({ text: '', tookMs: expect.any(Number) });
  expect(begun).toBe(1);
});

test('a connection serves one request after another when its client waits for each reply', async () => {
  const mayAnswer = oneRequestAtATime();
  server.on('request', (_, response) => {
    if (mayAnswer(response)) response.end('x'.repeat(1_000_000));
  });
  for (let request = 0; request < 5; request++) {
    const response = await fetch(`http://127.0.0.1:${port}/`);
    expect(await response.text()).toHaveLength(1_000_000);
  }
});
