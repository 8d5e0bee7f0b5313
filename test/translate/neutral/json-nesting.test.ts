import { expect, test } from 'vitest';
import { endOfString, isTooDeep } from '../../../src/translate/neutral/json-nesting.ts';

const nested = (levels: number): string => `${'[{"a":'.repeat(levels / 2)}1${'}]'.repeat(levels / 2)}`;

test('JSON is accepted with 500 levels of nesting and refused with 502, and brackets in its strings do not count', () => {
  expect([isTooDeep(nested(500)), isTooDeep(nested(502))]).toEqual([false, true]);
  expect(isTooDeep(JSON.stringify({ a: '['.repeat(1_000), b: `\\"${'{'.repeat(1_000)}` }))).toBe(false);
  expect(isTooDeep(`[${Array.from({ length: 1_000 }, () => '[{}]').join()}]`)).toBe(false);
});

test('a string ends at its first quote that is not escaped, or at the end of the text', () => {
  expect([endOfString('a"b', 0), endOfString(String.raw`a\"b"c`, 0), endOfString(String.raw`\\"c`, 0)]).toEqual([
    2, 5, 3,
  ]);
  expect(endOfString('abc', 1)).toBe(3);
});
