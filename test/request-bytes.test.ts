import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { bodyParts, readAtMost, sendsBody } from '../src/request-bytes.ts';

const parts = async function* (...lengths: readonly number[]): AsyncGenerator<Uint8Array> {
  for (const length of lengths) yield new Uint8Array(length).fill(length);
};

test('a body as long as the limit is read whole, and a longer one is not read to its end', async () => {
  expect(await readAtMost(parts(1, 2), 3)).toEqual(new Uint8Array([1, 2, 2]));
  expect(await readAtMost(parts(), 3)).toEqual(new Uint8Array());
  const endless = parts(2, 2, 2);
  expect(await readAtMost(endless, 3)).toBeUndefined();
  expect(await endless.next()).toEqual({ done: true, value: undefined });
});

test('a Node request whose body is too long keeps its connection for the reply', async () => {
  const endless = new Readable({ read: () => endless.push('x'.repeat(1_000)) });
  expect(await readAtMost(bodyParts(endless as unknown as IncomingMessage), 10)).toBeUndefined();
  expect(endless.destroyed).toBe(false);
});

test.each([
  [{ complete: true, headers: { 'content-length': '5' } }, false],
  [{ complete: false, headers: {} }, false],
  [{ complete: false, headers: { 'content-length': '0' } }, false],
  [{ complete: false, headers: { 'content-length': '5' } }, true],
  [{ complete: false, headers: { 'transfer-encoding': 'chunked' } }, true],
])('a client that has announced a body may still send it until it is complete: %j', (request, expected) => {
  expect(sendsBody(request as unknown as IncomingMessage)).toBe(expected);
});
