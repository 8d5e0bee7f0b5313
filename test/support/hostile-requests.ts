/** Requests that no browser sends: bytes for a plain socket, drawn from a seed, and a client that writes them. */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import type { SeededRandom } from '../../src/core/math/random.ts';
import { seededRandom } from '../../src/core/math/random.ts';

/** The target of the requests, and the header lines that make the server read more than the first line of a request. */
export interface HostileTarget {
  readonly port: number;
  /** The path at which the dashboard is mounted: `''` or `/ops`. */
  readonly base: string;
  /** Header lines that let a client in: a cookie, or what a proxy adds. */
  readonly admits: string;
}

const PATHS = [
  '/',
  '/api/session',
  '/api/overview',
  '/api/feature',
  '/api/intents',
  '/api/intent',
  '/api/intent-choices',
  '/api/prices',
  '/api/reconciliation',
  '/api/audit',
  '/api/what-if',
  '/api/control',
];
const METHODS = [
  'GET',
  'POST',
  'HEAD',
  'PUT',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'PRI',
  'get',
  'BREW',
  '\u0016\u0003\u0001',
];

const LONG = 'x'.repeat(7_000);
/** A query is added after a path; anything else replaces it. */
const TARGETS = [
  '',
  '//',
  '///',
  '/\\',
  '//[',
  '//[::1',
  '/../../../etc/passwd',
  '/..%2f..%2fetc%2fpasswd',
  '/%',
  '/%zz%00%ff',
  '/%e0%80%af',
  '/\u0000',
  '/\t',
  '/\u000C',
  '/é\u{1F600}',
  '/#x',
  `/${LONG}`,
  `?feature=${LONG}`,
  `?${'&'.repeat(7_000)}`,
  `?${'%00'.repeat(2_000)}`,
  '?feature=%ff%fe&feature=__proto__',
  '?feature=constructor&limit=1.5',
  '?feature=support.reply&limit=1.5',
  '?feature=support.reply&limit=-1',
  '?feature=support.reply&limit=1e999',
  '?feature=support.reply&fraction=NaN',
  '?feature=support.reply&fraction=-1&limit=0x10',
  '?period=9999-99&after=[1e999,"a","b"]',
  `?period=all&after=${'['.repeat(6_000)}`,
  '?period=all&after=[-1e308,"support.reply","__proto__"]&limit=200',
  '?period=all&spend=1e-320&model=constructor&version=%00',
  '?period=all&spend=1e300&climbed=1',
  '?period=all&session=%00%ff&outcome=__proto__',
  '?id=%00',
  `?id=${LONG}`,
  '?token=a&token=b',
  '?\f',
  '*',
  '?',
  'http://[',
  'http://evil.example/api/overview',
  'http://127.0.0.1/api/overview',
  'evil.example:443',
  '',
];
const VERSIONS = ['HTTP/1.0', 'HTTP/0.9', 'HTTP/2.0', 'HTTP/9.9', 'http/1.1', ''];
const HEADERS = [
  '',
  'Origin: http://evil.example',
  'Origin: null',
  'Host: evil.example',
  'Cookie: a=b; a=c; =; ;;',
  `Cookie: ${'a=;'.repeat(2_000)}`,
  `X-Long: ${LONG}`,
  `X-Long: ${'x'.repeat(70_000)}`,
  Array.from({ length: 500 }, (_, index) => `X-${index}: 1`).join('\r\n'),
  'X Bad: 1',
  ': empty',
  'X-Folded: 1\r\n 2',
  'X-Nul: \u0000',
  'X-Bare: 1\n\rX: 2',
  'Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__',
  'Connection: keep-alive, close, x',
  'Expect: 100-continue',
  'Expect: a miracle',
  'Range: bytes=0-0,1-1,-1',
  'If-None-Match: *',
  'Accept-Encoding: gzip;q=nan',
  'Transfer-Encoding: chunked\r\nContent-Length: 3',
  'Transfer-Encoding: gzip, chunked',
  'Content-Length: 5\r\nContent-Length: 6',
  'Content-Length: -1',
  'Content-Length: 99999999999999999999',
  'Sec-Fetch-Site: cross-site',
  'Sec-Fetch-Site: same-origin\r\nSec-Fetch-Site: none',
];
const QUESTION = '{"feature":"support.reply","segment":""}';
/** Header lines of a body, and the body; some never end. */
const BODIES: readonly (readonly [head: string, body: string])[] = [
  ['Content-Length: 0', ''],
  ['Content-Length: 2', '{}'],
  [`Content-Length: ${QUESTION.length}`, QUESTION],
  ['Content-Length: 100', QUESTION],
  ['Content-Length: 1000000000', 'x'.repeat(60_000)],
  ['Content-Length: 60000', '['.repeat(60_000)],
  ['Content-Length: 9000', '['.repeat(9_000)],
  ['Content-Length: 4', '\u0000\u0001\u00FF\u00FE'],
  ['Transfer-Encoding: chunked', 'zz\r\n'],
  ['Transfer-Encoding: chunked', 'ffffffffffffffff\r\nx'],
  ['Transfer-Encoding: chunked', `2;${LONG}\r\n{}\r\n0\r\n${LONG}`],
  ['Transfer-Encoding: chunked', '1\r\nx\r\n'.repeat(3_000)],
  ['Transfer-Encoding: chunked', '2\r\n{}\r\n0\r\n\r\n'],
];

export interface HostileRequest {
  readonly bytes: string;
  /** Whether it carries what admits a client. */
  readonly isAdmitted: boolean;
}

/** One request of the whole space of them; the same seed gives the same sequence. */
export function hostileRequests({ port, base, admits }: HostileTarget, seed: string): () => HostileRequest {
  const random = seededRandom(seed);
  return () => {
    const isAdmitted = random.next() < 0.5;
    const method = random.next() < 0.7 ? pick(random, METHODS.slice(0, 2)) : pick(random, METHODS);
    const target = pick(random, TARGETS);
    const path = base + pick(random, PATHS);
    const url =
      target === '' || target.startsWith('?') ? path + target : target.startsWith('/') ? base + target : target;
    const [bodyHead, body] = method === 'POST' || random.next() < 0.1 ? pick(random, BODIES) : ['', ''];
    const own = `http://127.0.0.1:${port}`;
    const lines = [
      `${method} ${url} ${random.next() < 0.9 ? 'HTTP/1.1' : pick(random, VERSIONS)}`.trimEnd(),
      `Host: 127.0.0.1:${port}`,
      random.next() < 0.5 ? `Origin: ${own}\r\nContent-Type: application/json` : '',
      isAdmitted ? admits : '',
      random.next() < 0.5 ? pick(random, HEADERS) : '',
      bodyHead,
    ].filter(line => line !== '');
    // Some requests stop in the middle of a line, and some are written several times before the reply is read.
    const whole = `${lines.join('\r\n')}\r\n\r\n${body}`;
    const shape = random.next();
    const bytes =
      shape < 0.05 ? whole.slice(0, Math.floor(whole.length * random.next())) : shape < 0.1 ? whole.repeat(20) : whole;
    return { bytes, isAdmitted };
  };
}

function pick<Item>(random: SeededRandom, items: readonly Item[]): Item {
  return items[Math.floor(random.next() * items.length)] as Item;
}

export interface HostileReply {
  /** The first reply, at least its headers. */
  readonly text: string;
  /** Until the reply, or until the server closed the connection; `undefined` if it waits for more. */
  readonly tookMs: number | undefined;
}

/** Writes the bytes and leaves in the middle of the reply, or after `patienceMs` without one. */
export async function sendHostile(port: number, bytes: string, patienceMs: number): Promise<HostileReply> {
  return new Promise(resolve => {
    const startedMs = performance.now();
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    const leave = (isAnswered: boolean): void => {
      clearTimeout(patience);
      socket.destroy();
      resolve({ text, tookMs: isAnswered ? performance.now() - startedMs : undefined });
    };
    const patience = setTimeout(leave, patienceMs, false);
    socket.setEncoding('latin1');
    socket.on('data', part => {
      text += String(part);
      if (text.includes('\r\n\r\n')) leave(true);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => leave(true));
  });
}

/** Connections that send `bytes` and then nothing, and read nothing. */
export async function holdOpen(port: number, { count, bytes }: { count: number; bytes: string }): Promise<Socket[]> {
  const sockets = Array.from({ length: count }, () => connect(port, '127.0.0.1'));
  await Promise.all(
    sockets.map(async socket => {
      socket.on('error', () => undefined);
      socket.pause();
      await once(socket, 'connect').catch(() => undefined);
      socket.write(bytes);
    }),
  );
  return sockets;
}
