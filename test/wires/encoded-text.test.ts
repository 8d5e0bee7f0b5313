import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { closingQuote, decodeUtf8, growingText, repeated } from '../../src/wires/encoded-text.ts';

const latin1 = (text: string): string => Buffer.from(text).toString('latin1');

/** Any character, and many of those that JSON escapes. */
const character = fc.oneof(
  fc.constantFrom('"', '\\', '\n', '\0', '😀'),
  fc.nat(0x10ffff).map(code => String.fromCodePoint(code)),
);

describe('JSON-encoded text', () => {
  test('the closing quote is the first quote that is not escaped', () => {
    fc.assert(
      fc.property(fc.string({ unit: character }), fc.string(), (text, rest) => {
        const inside = JSON.stringify(text).slice(1);
        expect(closingQuote(`"${inside}${rest}`, 1)).toBe(inside.length);
      }),
    );
    expect(closingQuote('"abc\\"', 1)).toBe(-1);
    // The backslash is not in the string.
    expect(closingQuote('\\""', 1)).toBe(1);
  });

  test('growing text takes encoded and plain deltas in order and can be read at any time', () => {
    const piece = fc.record({
      encoded: fc.boolean(),
      text: fc.string({ unit: character, maxLength: 6 }),
      read: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(piece), all => {
        const growing = growingText();
        let expected = '';
        for (const { encoded, text, read } of all) {
          const whole = text.toWellFormed();
          if (encoded) growing.addEncoded(latin1(JSON.stringify(whole).slice(1, -1)));
          else growing.add(whole);
          expected += whole;
          if (read) expect(growing.toString()).toBe(expected);
        }
        expect(growing.toString()).toBe(expected);
      }),
    );
  });

  test('text beyond the limit of undecoded text is the same text', () => {
    const growing = growingText();
    for (let i = 0; i < 3000; i++) growing.addEncoded(i % 2 === 0 ? '\\ud83d' : '\\ude00');
    expect(growing.toString()).toBe('😀'.repeat(1500));
    expect(decodeUtf8(latin1('é😀'))).toBe('é😀');
  });

  test('the halves of a surrogate pair in two deltas become one character', () => {
    const growing = growingText();
    growing.addEncoded('\\ud83d');
    expect(growing.toString()).toHaveLength(1);
    growing.addEncoded('\\ude00');
    expect(growing.toString()).toBe('😀');
  });
});

test('a text is recognized if it equals the one before it', () => {
  const isKnown = repeated();
  expect(['', '', 'a', 'a', ''].map(isKnown)).toEqual([false, true, false, true, false]);
});
