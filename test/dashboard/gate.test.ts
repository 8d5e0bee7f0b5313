import { beforeEach, describe, expect, test } from 'vitest';
import type { Gate } from '../../src/dashboard/gate.ts';
import { gate } from '../../src/dashboard/gate.ts';

const PORT = 4711;
const host = `127.0.0.1:${PORT}`;

function cookieFrom(guard: Gate): string {
  const admission = guard.admit({ url: guard.newLink(), headers: { host } });
  if (admission.kind !== 'enter') return expect.unreachable();
  return admission.cookie.split(';')[0] ?? '';
}

/** `admitted`, `enter`, or the status of the refusal. */
function outcomeOf(guard: Gate, url: string, headers: Readonly<Record<string, string>> = { host }): string | number {
  const admission = guard.admit({ url, headers });
  return admission.kind === 'refused' ? admission.status : admission.kind;
}

/** Values that differ from a secret, but that a careless comparison would accept. */
const NEARLY: readonly (readonly [how: string, change: (secret: string) => string])[] = [
  ['without its last character', secret => secret.slice(0, -1)],
  ['without its first character', secret => secret.slice(1)],
  ['cut to one character', secret => secret.slice(0, 1)],
  ['with one character more', secret => `${secret}x`],
  ['with another last character', secret => secret.slice(0, -1) + (secret.endsWith('A') ? 'B' : 'A')],
  ['with another first character', secret => (secret.startsWith('A') ? 'B' : 'A') + secret.slice(1)],
  ['in capitals', secret => secret.toUpperCase()],
  ['with a character of two bytes for its last two', secret => `${secret.slice(0, -2)}é`],
  ['twice', secret => secret + secret],
  ['emptied', () => ''],
];

describe('links', () => {
  test('a link works once and sets a cookie that scripts and other sites cannot use', () => {
    const guard = gate(PORT);
    const url = guard.newLink();
    const first = guard.admit({ url, headers: { host } });
    expect(first).toMatchObject({ kind: 'enter' });
    expect(first.kind === 'enter' && first.cookie).toMatch(
      /^outcome_router_4711=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect(outcomeOf(guard, url)).toBe(403);
  });

  test.each(NEARLY)('the gate refuses a token %s', (_, change) => {
    const guard = gate(PORT);
    const url = guard.newLink();
    const token = url.slice(url.indexOf('=') + 1);
    expect(outcomeOf(guard, `/enter?token=${encodeURIComponent(change(token))}`)).toBe(403);
    // The attempt has not used up the link.
    expect(outcomeOf(guard, url)).toBe('enter');
  });

  test.each(['/enter/', '/enterprise', '/', '/x/enter'])('a valid token at the path %s does not give access', path => {
    const guard = gate(PORT);
    const url = guard.newLink();
    expect(outcomeOf(guard, url.replace('/enter', path))).toBe(401);
    expect(outcomeOf(guard, url)).toBe('enter');
  });

  test.each(['/enter', '/enter?', '/enter?token', '/enter?other=x'])(
    'the gate refuses %s before any link exists',
    url => {
      expect(outcomeOf(gate(PORT), url)).toBe(403);
    },
  );

  test('a link that was used does not invalidate the others', () => {
    const guard = gate(PORT);
    const links = [guard.newLink(), guard.newLink(), guard.newLink()];
    expect([1, 0, 2].map(index => outcomeOf(guard, links[index] ?? ''))).toEqual(['enter', 'enter', 'enter']);
  });

  test('at most eight unused links are valid: a new one invalidates the oldest', () => {
    const guard = gate(PORT);
    const links = Array.from({ length: 10 }, () => guard.newLink());
    expect(links.map(url => outcomeOf(guard, url))).toEqual([403, 403, ...Array.from({ length: 8 }, () => 'enter')]);
  });

  test('every link token and cookie has its own 32 random bytes', () => {
    const sizes: number[] = [];
    const guard = gate(PORT, bytes => {
      sizes.push(bytes);
      return Buffer.alloc(bytes, sizes.length);
    });
    expect(new Set([guard.newLink(), guard.newLink(), cookieFrom(guard)]).size).toBe(3);
    expect(new Set(sizes)).toEqual(new Set([32]));
  });
});

describe('cookies', () => {
  const name = `outcome_router_${PORT}`;
  let guard: Gate;
  let session: string;
  let cookie: string;
  beforeEach(() => {
    guard = gate(PORT);
    cookie = cookieFrom(guard);
    session = cookie.slice(name.length + 1);
  });

  test.each(NEARLY)('the gate refuses a cookie %s', (_, change) => {
    expect(outcomeOf(guard, '/', { host, cookie: `${name}=${change(session)}` })).toBe(401);
  });

  test('a link token is not accepted as a cookie, nor the cookie as a link token', () => {
    const token = guard.newLink().split('=')[1] ?? '';
    expect(outcomeOf(guard, '/', { host, cookie: `${name}=${token}` })).toBe(401);
    expect(outcomeOf(guard, `/enter?token=${session}`)).toBe(403);
  });

  test('the cookie of one dashboard is refused by a dashboard on another port or of another run', () => {
    expect(outcomeOf(gate(PORT), '/', { host, cookie })).toBe(401);
    const other = gate(PORT + 1);
    expect(outcomeOf(other, '/', { host: `127.0.0.1:${PORT + 1}`, cookie })).toBe(401);
  });

  test.each([
    ['alone', 'NAME=SESSION', 'admitted'],
    ['among others', 'a=b; NAME=SESSION; c', 'admitted'],
    ['by a name that only ends like it', 'xNAME=SESSION', 401],
    ['by a name that only begins like it', 'NAMEx=SESSION', 401],
    ['without a value', 'NAME', 401],
    ['absent', 'a=b', 401],
  ])('the gate matches the cookie by its whole name: %s', (_, header, expected) => {
    const sent = header.replace('NAME', name).replace('SESSION', session);
    expect(outcomeOf(guard, '/', { host, cookie: sent })).toBe(expected);
  });

  test.each([
    ['the address it listens on', { host }, 'admitted'],
    ['the name localhost', { host: `localhost:${PORT}` }, 'admitted'],
    ['the loopback address of IPv6', { host: `[::1]:${PORT}` }, 'admitted'],
    ['a name that was pointed at this machine', { host: 'evil.example' }, 403],
    ['such a name with the right port', { host: `evil.example:${PORT}` }, 403],
    ['a host that only begins like its own', { host: `${host}1` }, 403],
    ['another port', { host: '127.0.0.1:1' }, 403],
    ['no port', { host: '127.0.0.1' }, 403],
    ['no host', {}, 403],
    ['its own origin', { host, origin: `http://${host}` }, 'admitted'],
    ['another origin', { host, origin: 'http://evil.example' }, 403],
    ['the origin of a sandboxed frame', { host, origin: 'null' }, 403],
    ['its own host over another scheme', { host, origin: `https://${host}` }, 403],
    ['an origin that only begins like its own', { host, origin: `http://${host}.evil.example` }, 403],
    ['an origin that only ends like its own', { host, origin: `http://evil.example/${host}` }, 403],
  ])('access needs the right host and origin besides the cookie: %s', (_, headers, expected) => {
    expect(outcomeOf(guard, '/', { ...headers, cookie })).toBe(expected);
    expect(outcomeOf(guard, '/', headers)).toBe(expected === 'admitted' ? 401 : expected);
  });

  test('a link is refused from a wrong host or origin, and stays unused', () => {
    const url = guard.newLink();
    expect(outcomeOf(guard, url, { host: 'evil.example' })).toBe(403);
    expect(outcomeOf(guard, url, { host, origin: 'http://evil.example' })).toBe(403);
    expect(outcomeOf(guard, url)).toBe('enter');
  });
});
