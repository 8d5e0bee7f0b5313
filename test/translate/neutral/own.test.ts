import { describe, expect, test } from 'vitest';
import type { FieldsOf } from '../../../src/translate/neutral/own.ts';
import { hasNote, note, ownMembers, putBack } from '../../../src/translate/neutral/own.ts';

const FIELDS: FieldsOf = {
  read: ['a'],
  own: { tier: { mark: 'preference', reason: 'why', isDefault: value => value === 'auto' } },
};

describe('fields are kept with their marks; a default value has the mark `default`, and an unknown field `unable`', () => {
  test('a kept field has the mark of its table, a default value the mark `default`, and an unknown field the mark `unable`', () => {
    expect(ownMembers({ a: 1, tier: 'fast', __proto__: 2, constructor: 3, gone: null }, FIELDS)).toMatchObject([
      { path: 'tier', value: 'fast', mark: 'preference' },
      { path: 'constructor', mark: 'unable' },
    ]);
    expect(ownMembers({ tier: 'auto' }, FIELDS, 'x.')).toMatchObject([{ path: 'x.tier', mark: 'default' }]);
  });

  test('fields that were kept are put back at their places; notes about other fields are not put into the body', () => {
    const body = { x: { a: 1 } };
    putBack(body, [...ownMembers({ tier: 'auto' }, FIELDS, 'x.'), ...ownMembers({ b: 2 }, FIELDS), note('string')]);

    expect(body).toStrictEqual({ x: { a: 1, tier: 'auto' }, b: 2 });
    expect(hasNote([note('string')], 'string')).toBe(true);
  });
});
