import { expect, test } from 'vitest';
import { seededRandom } from '../../../src/core/math/random.ts';
import { BACKOFF_BASE_MS } from '../../../src/config/limits.ts';
import { backoffMs, retryAfterMs } from '../../../src/engine/attempts/retry-after.ts';

const NOW_MS = Date.parse('2026-11-22T10:00:00Z');
const wait = (headers: Record<string, string>) => retryAfterMs(new Headers(headers), NOW_MS);

test('`retry-after` is read as seconds or as a date, and `retry-after-ms` takes precedence', () => {
  expect(wait({ 'retry-after': '2' })).toBe(2_000);
  expect(wait({ 'retry-after': '0.5' })).toBe(500);
  expect(wait({ 'retry-after': 'Sun, 22 Nov 2026 10:00:03 GMT' })).toBe(3_000);
  expect(wait({ 'retry-after': '2', 'retry-after-ms': '70' })).toBe(70);
});

test('a date in the past means no wait', () => {
  expect(wait({ 'retry-after': 'Sun, 22 Nov 2026 09:00:00 GMT' })).toBe(0);
  expect(wait({ 'retry-after': 'Sunday, 22-Nov-26 09:00:00 GMT' })).toBe(0);
});

test.each(['soon', '', '-5', '1, 2', '0x10', '1e3', '+3', 'Infinity', '2026-11-22', '1 2', 'Fri 5'])(
  'the wait %j is neither a decimal number nor an HTTP date and counts as absent',
  value => {
    expect(wait({ 'retry-after': value })).toBeUndefined();
    expect(wait({ 'retry-after-ms': value })).toBeUndefined();
    expect(wait({ 'retry-after-ms': value, 'retry-after': '2' })).toBe(2_000);
  },
);

test('a reply without `retry-after` asks for no wait', () => {
  expect(wait({})).toBeUndefined();
});

test('the back-off doubles with each retry up to 8 s, and is shortened by a random part of at most a quarter', () => {
  const random = seededRandom('back-off');
  for (let retry = 1; retry <= 12; retry++) {
    const full = Math.min(8_000, BACKOFF_BASE_MS * 2 ** (retry - 1));
    const drawn = Array.from({ length: 200 }, () => backoffMs(retry, random));
    expect(Math.max(...drawn)).toBeLessThanOrEqual(full);
    expect(Math.min(...drawn)).toBeGreaterThan(full * 0.75 - 1e-9);
    expect(new Set(drawn).size).toBeGreaterThan(190);
  }
});
