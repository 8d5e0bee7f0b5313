import { expect, test } from 'vitest';
import { transformed } from '../../src/wires/body-transform.ts';
import type { RequestBody } from '../../src/wires/request-body.ts';
import { topLevelMembers } from '../../src/wires/top-level.ts';

const bodyOf = (text: string): RequestBody => ({
  text,
  conversation: 'input',
  members: topLevelMembers(text, { conversation: 'input' }) ?? [],
});
const of = (value: unknown): RequestBody => bodyOf(JSON.stringify(value));

test('a parameter is dropped if it has one of the refused values, in any notation of a number', () => {
  const body = bodyOf('{"temperature":0.0,"seed":1}');
  expect(transformed(body, { dropValues: { temperature: [0], seed: [2] } }).text).toBe('{"seed":1}');
});

test('other values are kept as written, including numbers beyond the safe integers', () => {
  const text = '{"model":"a", "seed":12345678901234567890, "t\\u0065mp":1.50}';
  const body = bodyOf(text);
  expect(transformed(body, { drop: ['model'] }).text).toBe('{"seed":12345678901234567890,"t\\u0065mp":1.50}');
  expect(transformed(body, { clamp: { 't\\u0065mp': 1.5 } }).text).toContain('"t\\u0065mp":1.50');
  expect(transformed(body, { rename: { seed: 'zz' } }).text).toContain('"zz":12345678901234567890');
});

test('a member of a parameter is dropped, other members keep their text, and no empty object is left', () => {
  const text = `{"n":1,"text":{ "format" : {"const":12345678901234567890}, "verbosity":"low"}}`;
  const body = bodyOf(text);
  const without = '{"n":1,"text":{"format":{"const":12345678901234567890}}}';
  expect(transformed(body, { drop: ['text.verbosity'] }).text).toBe(without);
  expect(transformed(body, { dropValues: { 'text.verbosity': ['low'] } }).text).toBe(without);
  expect(JSON.parse(transformed(body, { dropValues: { 'text.verbosity': ['high'] } }).text)).toEqual(JSON.parse(text));
  expect(transformed(of({ text: { verbosity: 'low' }, a: 1 }), { drop: ['text.verbosity'] }).text).toBe('{"a":1}');
  for (const other of [{ a: 1 }, { text: 'x', a: 1 }, { text: null, a: 1 }, { text: [1], a: 1 }])
    expect(transformed(of(other), { drop: ['text.verbosity'] }).text).toBe(JSON.stringify(other));
});

test('a body whose only parameter is dropped is an empty object', () => {
  expect(transformed(of({ a: 1 }), { drop: ['a'] }).text).toBe('{}');
});

test('a patch replaces the caller’s value, merges an object member by member, and removes a parameter by null', () => {
  const body = bodyOf('{"n":1e400,"text":{ "format" : {"const":12345678901234567890}, "verbosity":"low"},"seed":1}');
  const set = { text: { verbosity: 'high' }, seed: null, extra: { a: { b: 1, c: null } }, '"q"': [null] };
  expect(transformed(body, { set }).text).toBe(
    '{"n":1e400,"text":{"format":{"const":12345678901234567890},"verbosity":"high"},"extra":{"a":{"b":1}},"\\"q\\"":[null]}',
  );
  expect(transformed(of({ text: 'x' }), { set: { text: { a: 1 } } }).text).toBe('{"text":{"a":1}}');
});

test('the patch comes first: its values are renamed and clamped like the caller’s own', () => {
  const set = { max_completion_tokens: 500 };
  const changes = { set, rename: { max_completion_tokens: 'max_tokens' }, clamp: { max_tokens: 100 } };
  expect(transformed(of({ a: 1 }), changes).text).toBe('{"a":1,"max_tokens":100}');
});
