import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { plainSha256, sha256, sha256Of } from '../src/sha-256.ts';

const reference = (text: string, encoding: 'hex' | 'base64url'): string =>
  createHash('sha256').update(text).digest(encoding);

test('the plain hash equals the values of the standard', () => {
  expect(plainSha256().update('abc').digest('hex')).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
  expect(plainSha256().digest('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

test('the plain hash of a text of any length up to three blocks equals Node’s', () => {
  for (let length = 0; length < 200; length++) {
    const text = 'é'.repeat(length % 7) + 'x'.repeat(length);
    expect(plainSha256().update(text).digest('hex')).toBe(reference(text, 'hex'));
    expect(plainSha256().update(text).digest('base64url')).toBe(reference(text, 'base64url'));
  }
});

test('a text in parts has the hash of the whole, and a copy of a hash continues independently', () => {
  const text = 'a "quoted" text, half \ud83d of a pair, '.repeat(40);
  for (const start of [plainSha256, sha256]) {
    const hash = start();
    for (let at = 0; at < text.length; at += 40) hash.update(text.slice(at, at + 40));
    const copy = hash.copy().update('more');
    expect(copy.digest('hex')).toBe(reference(`${text}more`, 'hex'));
    expect(hash.copy().digest('base64url')).toBe(reference(text, 'base64url'));
  }
});

test('short and long texts have the same hash as by Node', () => {
  for (const length of [0, 10, 100_000]) {
    const text = 'abc€'.repeat(length).slice(0, length);
    for (const encoding of ['hex', 'base64url'] as const)
      expect(sha256Of(text, encoding)).toBe(reference(text, encoding));
  }
});
