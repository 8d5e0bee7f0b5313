import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
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
