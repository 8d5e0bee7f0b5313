import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { refuse, setSecurityHeaders } from '../../src/dashboard/responses.ts';

test('a refusal is one line of text with headers that forbid scripts, connections, framing and caching', async () => {
  const server = createServer((_, response) => {
    setSecurityHeaders(response);
    refuse(response, 403, 'not you');
  });
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve));
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  expect([response.status, await response.text()]).toEqual([403, 'not you\n']);
  const policy = new Map(
    (response.headers.get('content-security-policy') ?? '').split('; ').map(part => {
      const [directive = '', ...sources] = part.split(' ');
      return [directive, sources.join(' ')] as const;
    }),
  );
  expect(Object.fromEntries(policy)).toEqual({
    'default-src': "'none'",
    'script-src': "'self'",
    'style-src': "'self'",
    'img-src': "'self' data:",
    'connect-src': "'self'",
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
  });
  const others = ['x-content-type-options', 'x-frame-options', 'referrer-policy', 'cache-control'];
  expect(others.map(name => response.headers.get(name))).toEqual(['nosniff', 'DENY', 'no-referrer', 'no-store']);
  expect(response.headers.get('cross-origin-resource-policy')).toBe('same-origin');
  expect(response.headers.get('cross-origin-opener-policy')).toBe('same-origin');
  await new Promise<void>(resolve => void server.close(() => resolve()));
});

test.each([
  ['an endless body, by its length', 'POST', 'Content-Length: 1000000000'],
  ['an endless body, by its chunks', 'POST', 'Transfer-Encoding: chunked'],
])('a refusal ends the connection of a client that sends %s', async (_, method, header) => {
  const server = createServer((__, response) => refuse(response, 403, 'not you'));
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve));
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write(`${method} / HTTP/1.1\r\nHost: x\r\n${header}\r\n\r\n`);
  let text = '';
  // Ends only when the server ends the connection.
  for await (const part of socket) text += String(part);
  expect(text).toMatch(/^HTTP\/1\.1 403 [^]*\r\nconnection: close\r\n/);
  await new Promise<void>(resolve => void server.close(() => resolve()));
});

test('a refusal keeps the connection of a client that has sent all of its request', async () => {
  const server = createServer((_, response) => refuse(response, 403, 'not you'));
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  for (const method of ['GET', 'POST']) {
    expect((await fetch(base, { method })).headers.get('connection')).toBe('keep-alive');
  }
  server.closeAllConnections();
  await new Promise<void>(resolve => void server.close(() => resolve()));
});
