import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../src/translate/neutral/json-text.ts';
import { jsonText, parseJsonText, RawJson } from '../../../src/translate/neutral/json-text.ts';

describe('JSON that is read and written again', () => {
  test.each([
    '{"a":[1,-0.5,1e3,true,false,null,"x"],"b":{}}',
    '{"big":12345678901234567890,"huge":1e400,"tiny":1e-400,"long":0.12345678901234567890123}',
    '[9007199254740993,-9007199254740993,9007199254740991]',
    '{"text":"1234567890123456789 1e400"}',
    '{"__proto__":{"a":1},"constructor":2}',
    String.raw`"\ud800 \u0000 😀"`,
  ])('JSON that is read and written again keeps every number and name: %s', text => {
    const again = jsonText(parseJsonText(text));

    expect(sourceNumbers(again)).toStrictEqual(sourceNumbers(text));
    expect(JSON.parse(again)).toStrictEqual(JSON.parse(text));
  });

  test('a raw text is written as it is', () => {
    expect(jsonText({ input: new RawJson('{"b": 1, "a":2, "a":3}') })).toBe('{"input":{"b": 1, "a":2, "a":3}}');
  });

  test('members without a value are left out, and an absent value is null', () => {
    expect(jsonText({ a: undefined, b: [null], c: 1 })).toBe('{"b":[null],"c":1}');
    expect(jsonText(undefined)).toBe('null');
  });

  test('a text that is not JSON is a SyntaxError, with long numbers too', () => {
    expect(() => parseJsonText('{"a":')).toThrow(SyntaxError);
    expect(() => parseJsonText('{"a":12345678901234567890')).toThrow(SyntaxError);
  });

  test('a number that a double holds exactly is read as a number, beside others that are kept as text', () => {
    const parsed = parseJsonText('[1, 0.1, 12345678901234567890]') as readonly JsonValue[];

    expect(parsed.slice(0, 2)).toStrictEqual([1, 0.1]);
    expect(parsed[2]).toBeInstanceOf(RawJson);
  });
});

/** The numbers of a JSON text as they are written, where a double might not hold them. */
function sourceNumbers(text: string): readonly string[] {
  return text.match(/\d{16,}|\d+e[+-]?\d{3}/g) ?? [];
}
