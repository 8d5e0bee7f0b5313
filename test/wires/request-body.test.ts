import { describe, expect, test } from 'vitest';
import type { RequestFacts } from '../../src/contracts/wire.ts';
import type { Dialect } from '../../src/wires/request-body.ts';
import {
  bodyOf,
  hasItems,
  idOf,
  member,
  mentionsName,
  mentionsType,
  readRequest,
  withMember,
  withModel,
} from '../../src/wires/request-body.ts';

let computed = 0;
const DIALECT: Dialect = {
  conversation: 'messages',
  bindingOf: body => (member(body, 'tied') === undefined ? undefined : { reason: 'tied' }),
  capabilities() {
    computed += 1;
    return new Set(['tools'] as const);
  },
  settings: () => ({}),
};
/** The facts about a body that has not been read before. */
const NO_FACTS: RequestFacts = {
  model: '',
  stream: false,
  capabilities: new Set(),
  chars: 0,
  turns: 1,
  parameter: () => undefined,
};
const of = (value: unknown, space?: number) => {
  const text = JSON.stringify(value, null, space);
  return bodyOf(text, NO_FACTS, DIALECT);
};

describe('readRequest', () => {
  test('a parameter is read as it is written, and null counts as absent', () => {
    const facts = readRequest('{"model":"feature:x","stop": ["a" ],"n":null}', 'feature:', DIALECT);
    expect(facts?.parameter('stop')).toBe('["a" ]');
    expect(facts?.parameter('n')).toBeUndefined();
    expect(facts?.parameter('seed')).toBeUndefined();
  });

  test('capabilities are computed on first use, and once', () => {
    const facts = readRequest('{"model":"feature:x","tied":1}', 'feature:', DIALECT);
    expect(facts?.bound).toEqual({ reason: 'tied' });
    expect(computed).toBe(0);
    expect([facts?.capabilities, facts?.capabilities]).toEqual([new Set(['tools']), new Set(['tools'])]);
    expect(computed).toBe(1);
  });

  test('a request that streams needs a model that can', () => {
    const facts = (body: string) => readRequest(body, 'feature:', DIALECT)?.capabilities;
    expect(facts('{"model":"feature:x","stream":true}')).toEqual(new Set(['tools', 'streaming']));
    expect(facts('{"model":"feature:x"}')).toEqual(new Set(['tools']));
  });

  test('`turns` is the number of user messages without tool results, and at least 1', () => {
    const turns = (messages: unknown) => readRequest(JSON.stringify({ model: 'f', messages }), 'f', DIALECT)?.turns;
    const message = (role: string, content: unknown = 'x') => ({ role, content });
    expect(turns([message('system'), message('user'), message('assistant'), message('user')])).toBe(2);
    expect(turns([message('user', [{ type: 'text', text: 'x' }]), message('user', [{ type: 'tool_result' }])])).toBe(1);
    expect([turns('Hello'), turns([]), turns(undefined), turns([null, 1])]).toEqual([1, 1, 1, 1]);
  });

  test('only a top-level `stream: true` makes a streaming request', () => {
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
  test('a null member counts as absent, and an empty list has no items', () => {
    const body = of({ a: null, b: [], c: [1], d: 'x' });
    expect(['a', 'b', 'c', 'd', 'e'].map(key => member(body, key))).toEqual([undefined, '[]', '[1]', '"x"', undefined]);
    expect(['a', 'b', 'c', 'd', 'e'].map(key => hasItems(body, key))).toEqual([false, false, true, true, false]);
    expect(hasItems(of({ b: [], long: 'x' }, 2), 'b')).toBe(false);
  });

  test('an id is read from a string or from an object with an `id`', () => {
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

describe('a search inside the conversation', () => {
  const say = (content: unknown) => ({ messages: [{ role: 'user', content }], elsewhere: { type: 'image', a_b: 1 } });
  test.each<[unknown, boolean, boolean]>([
    [[{ type: 'image' }], true, false],
    [[{ kind: 'image', type: 'text', a_b: 'x' }], false, true],
    [[{ a_b: null }], false, false],
    [[{ a_b: 0 }], false, true],
    ['{"type":"image","a_b":1}', false, false],
    ['image', false, false],
    [[{ type: 'text', text: 'a_b' }, { type: 'imagery' }], false, false],
  ])('a search in %j finds the types and member names of objects, but not text', (content, type, name) => {
    for (const space of [undefined, 1]) {
      const body = of(say(content), space);
      expect([mentionsType(body, 'image'), mentionsName(body, 'a_b')]).toEqual([type, name]);
    }
  });

  test('white space around every colon does not change what a search finds', () => {
    for (const [before, behind] of [
      ['', ' '],
      [' ', ''],
      [' \n', '\t'],
    ])
      for (const [member, found] of [
        ['"type"', [true, false]],
        ['"a_b"', [false, true]],
        ['"kind"', [false, false]],
      ] as const) {
        const text = `{"messages"${before}:${behind}[{${member}${before}:${behind}"image"}]}`;
        const body = bodyOf(text, NO_FACTS, DIALECT);
        expect([mentionsType(body, 'image'), mentionsName(body, 'a_b')]).toEqual(found);
      }
  });

  test('a search finds nothing in a body without a conversation', () => {
    expect(mentionsType(of({ input: [{ type: 'image' }] }), 'image')).toBe(false);
  });
});

describe('a body for another model', () => {
  test('an existing member is replaced in its position, and a new one is added at the end', () => {
    const body = of({ model: 'a', messages: ['x'.repeat(3000)], n: 1 }, 1);
    const set = withMember(withMember(withMember(body, 'n', '2'), 'new', '{"a":1}'), 'last', '[]');
    expect(JSON.parse(set.text)).toEqual({ model: 'a', messages: ['x'.repeat(3000)], n: 2, new: { a: 1 }, last: [] });
    expect(member(set, 'new')).toBe('{"a":1}');
    expect(JSON.parse(withModel(set, 'b'))).toMatchObject({ model: 'b', last: [] });
  });

  test('each of several `model` members is replaced, and the last one is read', () => {
    const text = '{"model":"f:a","messages":[],"model":"f:b"}';
    const facts = readRequest(text, 'f:', DIALECT) as RequestFacts;
    expect(facts.model).toBe('f:b');
    expect(withModel(bodyOf(text, facts, DIALECT), 'x')).toBe('{"model":"x","messages":[],"model":"x"}');
    expect(readRequest('{"model":"f:a","messages":[],"model":"other"}', 'f:', DIALECT)).toBeUndefined();
    expect(readRequest('{"model":"a","messages":[],"model":"b"}', '', DIALECT)?.model).toBe('b');
  });

  test('no model is added to a body that has none', () => {
    expect(withModel(of({ a: 1 }), 'b')).toBe('{"a":1}');
  });
});
