import { expect, test } from 'vitest';
import { sourceOf } from '../../src/dashboard/cross-site.ts';

const host = 'ops.example';

test.each([
  ['Sec-Fetch-Site: same-origin', { host, 'sec-fetch-site': 'same-origin' }, 'same-origin'],
  ['Sec-Fetch-Site: cross-site', { host, 'sec-fetch-site': 'cross-site' }, 'cross-site'],
  ['Sec-Fetch-Site: same-site, a sibling subdomain', { host, 'sec-fetch-site': 'same-site' }, 'cross-site'],
  ['a value that no browser sends', { host, 'sec-fetch-site': 'x' }, 'cross-site'],
  ['an address that a person has typed', { host, 'sec-fetch-site': 'none' }, 'unstated'],
  ['no header at all', { host }, 'unstated'],
  ['the own origin', { host, origin: 'https://ops.example' }, 'same-origin'],
  ['the own origin, TLS ended before this server', { host, origin: 'http://ops.example' }, 'same-origin'],
  ['the own origin with its port', { host: 'localhost:8080', origin: 'http://localhost:8080' }, 'same-origin'],
  ['another port', { host: 'localhost:8080', origin: 'http://localhost:9090' }, 'cross-site'],
  ['another origin', { host, origin: 'https://evil.example' }, 'cross-site'],
  ['an origin that begins like the own one', { host, origin: 'https://ops.example.evil' }, 'cross-site'],
  ['an origin that ends like the own one', { host, origin: 'https://evil-ops.example' }, 'cross-site'],
  ['an origin with a scheme in its middle', { host, origin: 'opshttps://.example' }, 'cross-site'],
  ['the origin of a sandboxed frame', { host, origin: 'null' }, 'cross-site'],
  ['another scheme', { host, origin: 'file://ops.example' }, 'cross-site'],
  ['an origin without a host to compare it with', { origin: 'https://ops.example' }, 'cross-site'],
  [
    'a browser’s word before a rewritten host',
    { host: 'internal:80', origin: 'https://ops.example', 'sec-fetch-site': 'same-origin' },
    'same-origin',
  ],
  [
    'a browser’s word before a host that matches',
    { host, origin: 'https://ops.example', 'sec-fetch-site': 'cross-site' },
    'cross-site',
  ],
])('the source of a request is read from its headers: %s', (_, headers, expected) => {
  expect(sourceOf(headers)).toBe(expected);
});
