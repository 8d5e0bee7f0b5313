import { expect, test } from 'vitest';
import { isIntentId, isName, isStorable, MAX_ID_LENGTH, MAX_NAME_LENGTH } from '../../../src/core/ledger/names.ts';

// What `'ticket-😀'.slice(0, 8)` leaves, and what ends text in C.
const UNSTORABLE = ['', 'ticket-\ud83d', '\udc01', 'u\0x', 'a\u0007', 'a\u0085', 17, null, undefined];

test.each(UNSTORABLE)('%j is no id, no name and no other text of a ledger', value => {
  for (const holds of [isIntentId, isName, (text: unknown) => isStorable(text, 500)]) expect(holds(value)).toBe(false);
});

test('text of any language is stored, whole emoji too', () => {
  for (const value of ['ticket-😀', 'für-Zoë', '票', 'a.b/c_d'])
    expect([isIntentId(value), isName(value), isStorable(value, 20)]).toEqual([true, true, true]);
  expect(isStorable('a b#c', 5)).toBe(true);
});

test('ids and names have a greatest length', () => {
  expect([isIntentId('i'.repeat(MAX_ID_LENGTH)), isIntentId('i'.repeat(MAX_ID_LENGTH + 1))]).toEqual([true, false]);
  expect([isName('n'.repeat(MAX_NAME_LENGTH)), isName('n'.repeat(MAX_NAME_LENGTH + 1))]).toEqual([true, false]);
});

test.each(['a#b', 'a~b', 'a@b', 'a b', 'a\u00a0b'])(
  '%j, with a separator of the model slot, is no id and no name',
  value => {
    expect([isIntentId(value), isName(value)]).toEqual([false, false]);
  },
);
