import { expect, test } from 'vitest';
import { listAt, msUntil, numberAt, scoreAt, textAt, timeAt, valueAt } from '../../../src/exports/history/log-entry.ts';

test('a value is found in objects, in JSON within a field, and at the first path that has one', () => {
  expect(valueAt({ a: { b: 3 } }, 'x.y', 'a.b')).toBe(3);
  expect(valueAt({ metadata: '{"model":"gpt-5"}' }, 'metadata.model')).toBe('gpt-5');
  expect(valueAt({ a: '', b: null, c: 0 }, 'a', 'b', 'c')).toBe(0);
  expect(valueAt({ a: '{broken' }, 'a.b')).toBeUndefined();
  expect(listAt({ tags: '["x","y"]' }, 'tags')).toEqual(['x', 'y']);
  expect(textAt({ tags: ['x'] }, 'tags.0')).toBe('x');
});

test.each([
  [true, 1],
  ['False', 0],
  ['pass', 1],
  ['0.25', 0.25],
  ['4', 4],
  ['maybe', undefined],
  [undefined, undefined],
])('the score %j is %j', (value, score) => {
  expect(scoreAt({ value }, 'value')).toBe(score);
});

test.each([
  ['2026-10-01T10:00:00Z', Date.UTC(2026, 9, 1, 10)],
  ['2026-10-01T12:00:00+02:00', Date.UTC(2026, 9, 1, 10)],
  ['2026-10-01 10:00:00.500000', Date.UTC(2026, 9, 1, 10, 0, 0, 500)],
  ['2026-10-01', Date.UTC(2026, 9, 1)],
  ['1790848800', Date.UTC(2026, 9, 1, 10)],
  ['1790848800000', Date.UTC(2026, 9, 1, 10)],
  ['1790848800000000000', Date.UTC(2026, 9, 1, 10)],
  [1_790_848_800.5, Date.UTC(2026, 9, 1, 10, 0, 0, 500)],
  ['2026-10-01 12:00:00+02', Date.UTC(2026, 9, 1, 10)],
  ['2026-10-01 12:00:00 +0200', Date.UTC(2026, 9, 1, 10)],
  ['1.10.2026', undefined],
  ['10/01/2026', undefined],
  ['soon', undefined],
])('the time %j is read in UTC, in whatever unit it is', (value, atMs) => {
  expect(timeAt({ value }, 'value')).toBe(atMs);
});

test('a text that is not a number counts as missing, so that a price of "n/a" is not 0', () => {
  expect(numberAt({ a: 'n/a', b: '1e-5' }, 'a')).toBeUndefined();
  expect(numberAt({ b: '1e-5' }, 'b')).toBe(1e-5);
});

test('a duration ends at the first time that is present, and is 0 without such a time or with an earlier one', () => {
  expect(msUntil({ end: '1970-01-01T00:00:03Z' }, 1_000, 'endTime', 'end')).toBe(2_000);
  expect(msUntil({ end: '1970-01-01T00:00:00Z' }, 1_000, 'end')).toBe(0);
  expect(msUntil({}, 1_000, 'end')).toBe(0);
});
