import { expect, test } from 'vitest';
import { base64Text, base64url, bytesBy } from '../src/bytes.ts';
import { seededRandom } from '../src/core/math/random.ts';

const BY_NODE = bytesBy(Buffer);
const BY_WEB = bytesBy(undefined);

function randomBytes(length: number): Uint8Array {
  const random = seededRandom(length);
  return Uint8Array.from({ length }, () => Math.floor(256 * random.next()));
}

test.each([0, 1, 2, 3, 4, 5, 63, 64, 1_000, 20_001])(
  'the web platform converts %i bytes as Node does, and both convert them back',
  length => {
    const bytes = randomBytes(length);
    const text = BY_NODE.latin1Text(bytes);
    expect(BY_WEB.latin1Text(bytes)).toBe(text);
    for (const by of [BY_NODE, BY_WEB]) {
      expect([...by.latin1Bytes(text)]).toEqual([...bytes]);
      expect(by.latin1Bytes(text).buffer.byteLength).toBe(length);
    }
    expect(BY_WEB.utf8Text(text)).toBe(BY_NODE.utf8Text(text));
    const base64 = Buffer.from(bytes).toString('base64');
    expect([...BY_WEB.base64Bytes(base64)]).toEqual([...bytes]);
  },
);

test('a text of any characters, with a byte order mark or half a surrogate pair, is converted in the same way on both platforms', () => {
  for (const text of ['', 'a', 'ü€😀', '\ufeffmarked', 'half \ud83d pair', '\0']) {
    expect(BY_WEB.base64(text)).toBe(BY_NODE.base64(text));
    const bytes = BY_NODE.latin1Text(new TextEncoder().encode(text));
    expect(BY_WEB.utf8Text(bytes)).toBe(BY_NODE.utf8Text(bytes));
    expect(base64Text(base64url(text))).toBe(BY_NODE.utf8Text(bytes));
    expect(base64url(text)).toBe(Buffer.from(text).toString('base64url'));
  }
});

test('base64 may have line breaks, either alphabet, no padding, and a surplus character', () => {
  for (const data of ['aGV\nsbG8=', '-_-_', '+/+/', 'aGVsbG8', 'aGVsbG8=', 'aGVsb', 'aGVsbG8=ignored', ' a G V s ', ''])
    expect([...BY_WEB.base64Bytes(data)]).toEqual([...BY_NODE.base64Bytes(data)]);
});
