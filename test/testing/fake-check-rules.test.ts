import { describe, expect, test } from 'vitest';
import {
  amount,
  flag,
  functionOr,
  latency,
  list,
  object,
  oneOf,
  optional,
  probability,
  record,
  text,
  tokenCount,
  whole,
} from '../../src/testing/fake-check-rules.ts';

const refused = (path: string) => expect.objectContaining({ code: 'invalid-value', path, accepted: expect.anything() });

describe('a rule', () => {
  test.each([
    ['text', text, ['', 'a'], [1, null, undefined]],
    ['whole', whole, [0, 7], [-1, 0.5, '1', Number.NaN]],
    ['amount', amount, [0, 0.5], [-1, Number.POSITIVE_INFINITY]],
    ['tokenCount', tokenCount, [3, [1, 2]], [[2, 1], [1], [1, 2, 3], 0.5]],
    ['latency', latency, [0.5, [0.1, 0.2]], [-1, ['a', 'b']]],
    ['probability', probability, [0, 1], [1.1, -0.1]],
    ['flag', flag, [true, false], ['true', 0]],
    ['oneOf', oneOf({ a: true, b: true }), ['a', 'b'], ['c', 1, 'toString']],
    ['optional', optional(text), [undefined, 'a'], [1]],
    ['functionOr', functionOr(text), [() => 1, 'a'], [1]],
    ['list', list('a list', text), [[], ['a']], ['a', {}]],
    ['record', record('an object', text), [{}, { a: 'a' }], ['a', []]],
    ['object', object({ a: text }), [{ a: 'a' }], [{}, { a: 'a', b: 1 }, undefined]],
  ])('%s accepts the values that it names and refuses all others', (_, check, accepted, others) => {
    for (const value of accepted) expect(() => check(value, 'at')).not.toThrow();
    for (const value of others)
      expect(() => check(value, 'at')).toThrow(expect.objectContaining({ code: 'invalid-value' }));
  });

  test('an error has the path of the mistake', () => {
    expect(() => list('a list', object({ a: record('an object', text) }))([{ a: { b: 1 } }], 'at')).toThrow(
      refused('at[0].a.b'),
    );
  });

  test('a misspelled name gets the nearest one as a suggestion', () => {
    expect(() => oneOf({ event: true, json: true })('jsn', 'sentAs')).toThrow('did you mean "json"?');
  });
});
