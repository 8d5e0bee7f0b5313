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

test('a date in the past means no wait, and an invalid or negative value counts as absent', () => {
  expect(wait({ 'retry-after': 'Sun, 22 Nov 2026 09:00:00 GMT' })).toBe(0);
  expect(wait({ 'retry-after': 'soon' })).toBeUndefined();
  expect(wait({ 'retry-after-ms': '-5' })).toBeUndefined();
  expect(wait({ 'retry-after': '' })).toBeUndefined();
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
