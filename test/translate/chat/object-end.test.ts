import { expect, test } from 'vitest';
import { objectEnd } from '../../../src/translate/chat/object-end.ts';

/** The characters after which the object has ended; -1 for never. */
function endOf(text: string): number {
  const hasEnded = objectEnd();
  for (const [index, character] of text.split('').entries()) if (hasEnded(character)) return index + 1;
  return -1;
}

test('an object ends at its own closing brace, not at one in a string or in a nested object', () => {
  for (const text of ['{}', '{"a":{"b":[{}]}}', '{"a":"}"}', String.raw`{"a":"\"}\\"}`, ' {"a":[1,2]}'])
    expect([text, endOf(`${text} `)]).toEqual([text, text.length]);
});

test('an object that is cut off has not ended', () => {
  for (const text of ['', '{', '{"a":"}', '{"a":{}', String.raw`{"a":"\"}`])
    expect([text, endOf(text)]).toEqual([text, -1]);
});

test('an object that has ended stays ended, whatever follows', () => {
  const hasEnded = objectEnd();
  expect(hasEnded('{"a":1}')).toBe(true);
  expect(hasEnded('{')).toBe(true);
});
