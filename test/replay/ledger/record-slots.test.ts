import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  endOfNumber,
  endOfText,
  exactFraction,
  isSlot,
  NUMBER,
  SLOTS,
  TEXT,
  wholeNumber,
} from '../../../src/replay/ledger/record-slots.ts';

const encoder = new TextEncoder();
const kindOf = (member: string): number => SLOTS.get(member) ?? 0;

test('a value is a slot by its member and its type', () => {
  expect([isSlot('costNanoUsd', 5), isSlot('costNanoUsd', '5'), isSlot('reason', 'x'), isSlot('turn', 2)]).toEqual([
    true,
    false,
    true,
    false,
  ]);
  expect([kindOf('value') & TEXT, kindOf('value') & NUMBER]).toEqual([TEXT, NUMBER]);
});

test.each([
  ['reason', 'x"', 1],
  ['reason', '"', 0],
  ['reason', 'x', -1],
  ['reason', 'a b#@~"', 6],
  ['intentId', 'a-b"', 3],
  ['intentId', '"', -1],
  ['intentId', 'a b"', -1],
  ['intentId', 'a#b"', -1],
  ['intentId', 'a@b"', -1],
  ['intentId', 'a~b"', -1],
  ['requestId', 'é"', -1],
  ['requestId', 'a\\"b"', -1],
  ['requestId', 'a\tb"', -1],
])('a text of "%s" ends at the first quote, unless it may mean something else: %s', (member, text, end) => {
  expect(endOfText(encoder.encode(text), 0, kindOf(member))).toBe(end);
});

test('a text of more than 512 bytes is not read as a slot', () => {
  const endOf = (length: number) => endOfText(encoder.encode(`${'x'.repeat(length)}"`), 0, kindOf('reason'));
  expect([endOf(512), endOf(513)]).toEqual([512, -1]);
});

test.each([
  ['costNanoUsd', '70,', 2],
  ['costNanoUsd', '0}', 1],
  ['costNanoUsd', '123456789012345', 15],
  ['costNanoUsd', '1234567890123456', -1],
  ['costNanoUsd', '01', -1],
  ['costNanoUsd', '-1', -1],
  ['costNanoUsd', '1.5', -1],
  ['costNanoUsd', '1e3', -1],
  ['latencyMs', '1.25}', 4],
  ['latencyMs', '1.', -1],
  ['latencyMs', '1.5E3', -1],
])('a number of "%s" ends after its digits, unless it may mean something else: %s', (member, text, end) => {
  expect(endOfNumber(encoder.encode(text), 0, kindOf(member))).toBe(end);
});

test('a whole number has its value, and a fraction has none', () => {
  expect([wholeNumber(encoder.encode('x7051'), 1, 5), wholeNumber(encoder.encode('1.5'), 0, 3)]).toEqual([
    7051,
    Number.NaN,
  ]);
});

test('law: a whole number of at most 15 digits is the number that the language reads', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 10n ** 15n - 1n), number => {
      const bytes = encoder.encode(`<${number}>`);
      expect(wholeNumber(bytes, 1, bytes.length - 1)).toBe(Number(number));
    }),
  );
});

test('law: a fraction is the number that the language reads, or is left to its text', () => {
  const digits = (maxLength: number) =>
    fc.string({
      unit: fc.constantFrom(...Array.from({ length: 10 }, (_, digit) => String(digit))),
      minLength: 1,
      maxLength,
    });
  const anyFraction = fc.oneof(
    fc.double({ min: 0.001, max: 1, noNaN: true }).map(String),
    fc.tuple(fc.bigInt(0n, 10n ** 15n - 1n), digits(25)).map(([whole, decimals]) => `${whole}.${decimals}`),
  );
  fc.assert(
    fc.property(anyFraction, text => {
      const bytes = encoder.encode(`<${text}>`);
      const read = exactFraction(bytes, 1, bytes.length - 1);
      if (!Number.isNaN(read)) expect(read).toBe(Number(text));
    }),
    { numRuns: 2_000 },
  );
});

test.each(['0.5', '0.585822447648137', '12.25', '0.9007199254740991', '0.000000000000000000012'])(
  'the fraction %s is read without its text',
  text => {
    expect(exactFraction(encoder.encode(text), 0, text.length)).toBe(Number(text));
  },
);

test.each(['0.58582244764813712', '1', '0.00000000000000000000012'])('%s is left to its text', text => {
  expect(exactFraction(encoder.encode(text), 0, text.length)).toBeNaN();
});
