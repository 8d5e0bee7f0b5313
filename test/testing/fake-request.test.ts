import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  contentText,
  jsonObject,
  listOf,
  objectOf,
  positiveNumber,
  split,
  textOr,
} from '../../src/testing/fake-request.ts';

test('law: the pieces of a split text join to the text, none is empty, and no character is split', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 0, max: 20 }), (text, pieces) => {
      const parts = split(text, pieces);
      expect(parts.join('')).toBe(text);
      expect(parts.length).toBeLessThanOrEqual(Math.max(1, pieces));
      for (const part of parts) expect(part.isWellFormed() && part !== '').toBe(true);
    }),
  );
});

test('message content is read from a string or from text parts', () => {
  expect(contentText('a')).toBe('a');
  expect(contentText([{ type: 'text', text: 'a' }, { type: 'image_url' }, { text: 'b' }])).toBe('ab');
  expect(contentText(null)).toBe('');
});

test('a value of the wrong type counts as absent', () => {
  expect([objectOf([1]), objectOf(null), objectOf({ a: 1 })]).toEqual([{}, {}, { a: 1 }]);
  expect([listOf('x'), listOf([1, { a: 1 }])]).toEqual([[], [{}, { a: 1 }]]);
  expect([textOr(1, 'x'), textOr('a', 'x')]).toEqual(['x', 'a']);
  expect([0, -1, '5', 5].map(positiveNumber)).toEqual([undefined, undefined, undefined, 5]);
  expect([jsonObject('{"a":1}'), jsonObject('{')]).toEqual([{ a: 1 }, undefined]);
});
