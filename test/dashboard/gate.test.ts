import { describe, expect, test } from 'vitest';
import type { Gate } from '../../src/dashboard/gate.ts';
import { gate } from '../../src/dashboard/gate.ts';

const PORT = 4711;
const host = `127.0.0.1:${PORT}`;

function entered(guard: Gate): string {
  const admission = guard.admit({ method: 'GET', path: guard.newLink(), headers: { host } });
  if (admission.kind !== 'enter') return expect.unreachable();
  return admission.cookie.split(';')[0] ?? '';
}

describe('a link', () => {
  test('lets in once, and is exchanged for a cookie that scripts and other sites do not see', () => {
    const guard = gate(PORT);
    const path = guard.newLink();
    const first = guard.admit({ method: 'GET', path, headers: { host } });
    expect(first).toMatchObject({ kind: 'enter' });
    expect(first.kind === 'enter' && first.cookie).toMatch(
      /^outcome_router_4711=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect(guard.admit({ method: 'GET', path, headers: { host } })).toMatchObject({ kind: 'refused', status: 403 });
  });

  test('that was not given out is refused, whatever its length', () => {
    const guard = gate(PORT);
    guard.newLink();
    for (const token of ['', 'x', 'x'.repeat(43)]) {
      expect(guard.admit({ method: 'GET', path: `/enter?token=${token}`, headers: { host } })).toMatchObject({
        kind: 'refused',
        status: 403,
      });
    }
  });

  test('of many that nobody used, the oldest stop working', () => {
    const guard = gate(PORT);
    const links = Array.from({ length: 9 }, () => guard.newLink());
    const kinds = links.map(path => guard.admit({ method: 'GET', path, headers: { host } }).kind);
    expect(kinds).toEqual(['refused', ...Array.from({ length: 8 }, () => 'enter')]);
  });
});

describe('with the cookie', () => {
  const guard = gate(PORT);
  const cookie = entered(guard);
  const json = { 'content-type': 'application/json' };
  const own = { origin: `http://${host}` };

  test.each([
    ['a page', 'GET', { host, cookie }, 'open'],
    ['a page among other cookies', 'GET', { host, cookie: `a=b; ${cookie}; c` }, 'open'],
    ['by the name localhost', 'GET', { host: `localhost:${PORT}`, cookie }, 'open'],
    ['its own fetch', 'GET', { host, cookie, ...own }, 'open'],
    ['its own POST', 'POST', { host, cookie, ...own, ...json }, 'open'],
    ['no cookie', 'GET', { host }, 401],
    ['another cookie', 'GET', { host, cookie: `${cookie}x` }, 401],
    ['another host: a name that someone points at this machine', 'GET', { host: 'evil.example', cookie }, 403],
    ['another port', 'GET', { host: '127.0.0.1:1', cookie }, 403],
    ['no host', 'GET', { cookie }, 403],
    ['another origin', 'GET', { host, cookie, origin: 'http://evil.example' }, 403],
    ['a sandboxed origin', 'GET', { host, cookie, origin: 'null' }, 403],
    [
      'an origin that only begins like it',
      'POST',
      { host, cookie, ...json, origin: `http://${host}.evil.example` },
      403,
    ],
    ['a POST without an origin', 'POST', { host, cookie, ...json }, 403],
    ['a POST that a form could send', 'POST', { host, cookie, ...own, 'content-type': 'text/plain' }, 403],
    ['another method', 'DELETE', { host, cookie, ...own }, 405],
  ])('%s', (_, method, headers, expected) => {
    const admission = guard.admit({ method, path: '/', headers });
    expect(admission.kind === 'refused' ? admission.status : admission.kind).toBe(expected);
  });
});
