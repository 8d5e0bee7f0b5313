import { describe, expect, test } from 'vitest';
import type { ArgumentCheck } from '../src/argument-checks.ts';
import {
  aboveZero,
  accepting,
  anyNumber,
  anyText,
  callback,
  finite,
  fraction,
  fromZero,
  iterable,
  listOf,
  objectWith,
  oneOf,
  optional,
  optionsWith,
  recordOf,
  seed,
  storeWith,
  text,
  timeMs,
  wholeFromOne,
  wholeFromZero,
  yesOrNo,
} from '../src/argument-checks.ts';
import { refusal } from './support/refusal.ts';

const { NaN: NOT, POSITIVE_INFINITY: INFINITY } = Number;

describe('a value', () => {
  test.each<[string, ArgumentCheck, readonly unknown[], readonly unknown[]]>([
    ['text', text, ['a'], ['', 1, null, undefined]],
    ['any text', anyText, ['', 'a'], [1, null, undefined]],
    ['yes or no', yesOrNo, [true, false], [0, 'true', null]],
    ['a function', callback, [() => 1], [1, null, {}]],
    ['any number', anyNumber, [0, NOT], ['1', 1n, null]],
    ['a finite number', finite, [-1.5], [NOT, INFINITY, '1', 1n]],
    ['a fraction', fraction, [0, 1], [-0.1, 1.1, NOT, '0']],
    ['a number from 0', fromZero, [0, 2.5], [-1, INFINITY, NOT, '1', 1n]],
    ['a number above 0', aboveZero, [0.1], [0, INFINITY, NOT, '1']],
    ['a whole number from 0', wholeFromZero, [0, 3], [-1, 1.5, NOT, INFINITY, '1']],
    ['a whole number from 1', wholeFromOne, [1, 3], [0, 1.5, NOT, INFINITY, '1']],
    ['a time', timeMs, [0, -INFINITY, INFINITY], [NOT, new Date(0), '2026-11-01', null]],
    ['a seed', seed, [1, 'a', ''], [NOT, null, undefined, {}]],
    ['a store', storeWith('scan'), [{ scan: () => [] }], [{}, null, { scan: 1 }, Promise.resolve()]],
    ['a list', listOf('a list of names', text), [[], ['a']], [{}, 'a', null, new Set(['a'])]],
    ['a record', recordOf('names by name', text), [{}, { a: 'b' }], [[], null, new Map(), Promise.resolve()]],
    ['what can be iterated', iterable('rows'), [[], new Set(), (async function* () {})()], ['a', {}, null, new Map()]],
    ['text or chunks', iterable('text', { orText: true }), ['a', ['a']], [1, {}, null]],
    ['an optional value', optional(text), [undefined, 'a'], [null, '']],
  ])('%s is accepted, and nothing else is', (_, check, right, wrong) => {
    for (const value of right) expect(() => check(value, 'path')).not.toThrow();
    for (const value of wrong)
      expect(refusal(() => check(value, 'path'))).toMatchObject({ code: 'invalid-value', path: 'path' });
  });

  test('the nearest of the accepted names is suggested for a misspelt one', () => {
    expect(refusal(() => oneOf(['cost', 'success'])('sucess', 'by')).message).toContain('did you mean "success"?');
    expect(refusal(() => accepting('a word', () => false)(1, 'by'))).toMatchObject({ accepted: 'a word' });
  });

  test('an error does not quote a value that is given instead of rows: it may be the text of a file', () => {
    expect(refusal(() => iterable('rows')('Key,Cost\nsecret,1', 'bill')).message).not.toContain('secret');
  });
});

describe('members', () => {
  test('the path of a wrong member says where it is in lists, records and objects', () => {
    const check = listOf('a list', objectWith<{ a: object }>({ a: recordOf('by name', text) }));
    expect(refusal(() => check([{ a: {} }, { a: { b: '' } }], 'rows')).path).toBe('rows[1].a["b"]');
  });

  test('an object may have other members, options may not', () => {
    const given = { name: 'a', nmae: 'b' };
    expect(() => objectWith<{ name: string }>({ name: text })(given, 'row')).not.toThrow();
    const error = refusal(() => optionsWith<{ name: string }>({ name: text })(given, 'call'));
    expect(error.path).toBe('call.nmae');
    expect(error.message).toContain('did you mean "name"?');
  });

  test.each([undefined, null, [], new Map(), Promise.resolve({}), 'name', 1])(
    '%s is not accepted as options',
    value => {
      expect(refusal(() => optionsWith<{ name?: string }>({ name: optional(text) })(value, 'call')).path).toBe('call');
    },
  );
});
