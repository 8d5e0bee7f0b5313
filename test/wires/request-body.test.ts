import { describe, expect, test } from 'vitest';
import type { Dialect } from '../../src/wires/request-body.ts';
import {
  bodyOf,
  hasItems,
  idOf,
  member,
  mentionsName,
  mentionsType,
  readRequest,
  transformed,
  withMember,
  withModel,
} from '../../src/wires/request-body.ts';

let asked = 0;
const DIALECT: Dialect = {
  conversation: 'messages',
  bindingOf: body => (member(body, 'tied') === undefined ? undefined : { reason: 'tied' }),
  capabilities() {
    asked += 1;
    return new Set(['tools'] as const);
  },
};
const of = (value: unknown, space?: number) => {
  const text = JSON.stringify(value, null, space);
  return bodyOf(text, { model: '', stream: false, capabilities: new Set(), chars: 0, turns: 1 }, DIALECT);
};

describe('readRequest', () => {
  test('asks what a request needs only when that is of interest, and once', () => {
    const facts = readRequest('{"model":"feature:x","tied":1}', 'feature:', DIALECT);
    expect(facts?.bound).toEqual({ reason: 'tied' });
    expect(asked).toBe(0);
    expect([facts?.capabilities, facts?.capabilities]).toEqual([new Set(['tools']), new Set(['tools'])]);
    expect(asked).toBe(1);
  });

  test('turns are the user’s own messages, and at least one', () => {
    const turns = (messages: unknown) => readRequest(JSON.stringify({ model: 'f', messages }), 'f', DIALECT)?.turns;
    const said = (role: string, content: unknown = 'x') => ({ role, content });
    expect(turns([said('system'), said('user'), said('assistant'), said('user')])).toBe(2);
    expect(turns([said('user', [{ type: 'text', text: 'x' }]), said('user', [{ type: 'tool_result' }])])).toBe(1);
    expect([turns('Hello'), turns([]), turns(undefined), turns([null, 1])]).toEqual([1, 1, 1, 1]);
  });

  test('a stream is one only by the word true at the top level', () => {
    const stream = (value: unknown, more = {}) =>
      readRequest(JSON.stringify({ model: 'f', stream: value, ...more }), 'f', DIALECT)?.stream;
    expect([
      stream(true),
      stream(false),
      stream(null),
      stream('true'),
      stream(undefined, { a: { stream: true } }),
    ]).toEqual([true, false, false, false, false]);
  });
});

describe('members', () => {
  test('null is as good as absent, and an empty list holds nothing', () => {
    const body = of({ a: null, b: [], c: [1], d: 'x' });
    expect(['a', 'b', 'c', 'd', 'e'].map(key => member(body, key))).toEqual([undefined, '[]', '[1]', '"x"', undefined]);
    expect(['a', 'b', 'c', 'd', 'e'].map(key => hasItems(body, key))).toEqual([false, false, true, true, false]);
    expect(hasItems(of({ b: [], long: 'x' }, 2), 'b')).toBe(false);
  });

  test('an id is a string, or an object that has one', () => {
    expect(['"a"', '{"id":"a"}', '{"id":7}', '7', 'null', '{'].map(idOf)).toEqual([
      'a',
      'a',
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('what the conversation mentions', () => {
  const say = (content: unknown) => ({ messages: [{ role: 'user', content }], elsewhere: { type: 'image', a_b: 1 } });
  test.each<[unknown, boolean, boolean]>([
    [[{ type: 'image' }], true, false],
    [[{ kind: 'image', type: 'text', a_b: 'x' }], false, true],
    [[{ a_b: null }], false, false],
    [[{ a_b: 0 }], false, true],
    ['{"type":"image","a_b":1}', false, false],
    ['image', false, false],
    [[{ type: 'text', text: 'a_b' }, { type: 'imagery' }], false, false],
  ])('%j', (content, type, name) => {
    for (const space of [undefined, 1]) {
      const body = of(say(content), space);
      expect([mentionsType(body, 'image'), mentionsName(body, 'a_b')]).toEqual([type, name]);
    }
  });

  test('without a conversation there is nothing to mention', () => {
    expect(mentionsType(of({ input: [{ type: 'image' }] }), 'image')).toBe(false);
  });
});

describe('another body', () => {
  test('a member is set where it stands, or added at the end, and can be changed again', () => {
    const body = of({ model: 'a', messages: ['x'.repeat(3000)], n: 1 }, 1);
    const set = withMember(withMember(withMember(body, 'n', '2'), 'new', '{"a":1}'), 'last', '[]');
    expect(JSON.parse(set.text)).toEqual({ model: 'a', messages: ['x'.repeat(3000)], n: 2, new: { a: 1 }, last: [] });
    expect(member(set, 'new')).toBe('{"a":1}');
    expect(JSON.parse(withModel(set, 'b'))).toMatchObject({ model: 'b', last: [] });
  });

  test('values are kept as they were written, numbers of any length included', () => {
    const text = '{"model":"a", "seed":12345678901234567890, "t\\u0065mp":1.50}';
    const body = bodyOf(text, { model: '', stream: false, capabilities: new Set(), chars: 0, turns: 1 }, DIALECT);
    expect(transformed(body, { drop: ['model'] }).text).toBe('{"seed":12345678901234567890,"t\\u0065mp":1.50}');
    expect(transformed(body, { rename: { seed: 'zz' } }).text).toContain('"zz":12345678901234567890');
  });

  test('a body without a model is given none', () => {
    expect(withModel(of({ a: 1 }), 'b')).toBe('{"a":1}');
    expect(transformed(of({ a: 1 }), { drop: ['a'] }).text).toBe('{}');
  });
});
