import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printable, printableLines } from '../../../src/cli/io/printable.ts';

/** Any character, and many of the ranges that have control and format characters. */
const character = fc
  .oneof(fc.nat(0x9f), fc.integer({ min: 0x200b, max: 0x206f }), fc.nat(0x10ffff))
  .map(code => String.fromCodePoint(code).toWellFormed());

test('law: control and format characters are replaced, and every other character stays unchanged', () => {
  const control = /[\p{Cc}\p{Cf}]/u;
  fc.assert(
    fc.property(fc.string({ unit: character }), text => {
      const shown = Array.from(printable(text));
      expect(shown.filter(character => control.test(character))).toEqual([]);
      expect(shown).toEqual(Array.from(text, character => (control.test(character) ? '�' : character)));
    }),
  );
});

test('escape sequences and marks of writing direction lose their control characters', () => {
  expect(printable('a\u001b[31mb\u0007\u202ec\nd\te')).toBe('a�[31mb��c�d�e');
});

test('text of several lines keeps its line breaks but no other control character', () => {
  expect(printableLines('one\r\ntwo\u001b\n')).toBe('one�\ntwo�\n');
});
