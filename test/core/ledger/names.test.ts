import { expect, test } from 'vitest';
import {
  isIntentId,
  isName,
  isStorable,
  MAX_ID_LENGTH,
  MAX_NAME_LENGTH,
  storedText,
} from '../../../src/core/ledger/names.ts';

// What `'ticket-😀'.slice(0, 8)` leaves, and what ends text in C.
const UNSTORABLE = ['', 'ticket-\ud83d', '\udc01', 'u\0x', 'a\u0007', 'a\u0085', 17, null, undefined];

test.each(UNSTORABLE)('%j is not valid as an id, a name or any other text of a ledger', value => {
  for (const holds of [isIntentId, isName, (text: unknown) => isStorable(text, 500)]) expect(holds(value)).toBe(false);
});

test('text of any language is stored, whole emoji too', () => {
  for (const value of ['ticket-😀', 'für-Zoë', '票', 'a.b/c_d'])
    expect([isIntentId(value), isName(value), isStorable(value, 20)]).toEqual([true, true, true]);
  expect(isStorable('a b#c', 5)).toBe(true);
});

test('ids and names have a maximum length', () => {
  expect([isIntentId('i'.repeat(MAX_ID_LENGTH)), isIntentId('i'.repeat(MAX_ID_LENGTH + 1))]).toEqual([true, false]);
  expect([isName('n'.repeat(MAX_NAME_LENGTH)), isName('n'.repeat(MAX_NAME_LENGTH + 1))]).toEqual([true, false]);
});

test.each(['a#b', 'a~b', 'a@b', 'a b', 'a\u00a0b'])(
  '%j contains a separator of the model slot, and is not valid as an id or a name',
  value => {
    expect([isIntentId(value), isName(value)]).toEqual([false, false]);
  },
);

test.each(['', 'resp_1', 'ticket-😀', 'für Zoë', 'r'.repeat(MAX_ID_LENGTH)])(
  'text from outside that can be stored is stored unchanged: %j',
  text => {
    expect(storedText(text)).toBe(text);
  },
);

test('control characters and lone surrogates are stored as JSON escapes', () => {
  expect(storedText('a\0b\ud83d😀\n')).toBe(String.raw`a\u0000b\ud83d😀\u000a`);
});

test('text from outside is converted once to a form that every store accepts', () => {
  const long = ['x', '\0', '\ud800', '\udc00\ud800', '票', '😀', 'x😀'].map(part => part.repeat(5_000));
  for (const text of ['\0', '\ud800', ...long, ...long.map(part => `a${part}`)]) {
    const stored = storedText(text);
    expect(isStorable(stored, MAX_ID_LENGTH)).toBe(true);
    expect(storedText(stored)).toBe(stored);
    expect(isStorable(storedText(text, 100), 100)).toBe(true);
  }
});

test('long texts that differ in one character remain different', () => {
  const text = 'r'.repeat(3_000);
  const others = Array.from({ length: 2_400 }, (_, at) => `${text.slice(0, 600 + at)}s${text.slice(601 + at)}`);
  expect(new Set([text, `${text}r`, ...others].map(other => storedText(other))).size).toBe(2_402);
});
