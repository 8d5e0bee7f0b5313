import { describe, expect, test } from 'vitest';
import { repeatedEvent } from '../../../src/translate/neutral/repeated-event.ts';

/** Keeps the first text as an event, and returns the text piece of each of the others; `undefined` for an event that must be parsed. */
function taken(first: string, ...others: readonly string[]): readonly (string | undefined)[] {
  const event = repeatedEvent();
  let said: string | undefined;
  const say = (piece: string): void => {
    said = piece;
  };
  event.keep(`data: ${first}\n\n`, { start: 0, dataStart: 6, end: first.length + 8 }, { name: 'text', say });
  return others.map(other => {
    said = undefined;
    const bytes = Buffer.from(`data: ${other}\n\n`).toString('latin1');
    const isTaken = event.take(bytes, { start: 0, dataStart: 6, end: bytes.length });
    expect(isTaken).toBe(said !== undefined);
    return said;
  });
}

describe('a repeated event', () => {
  test('an event that differs from the last one only in its text piece is read as JSON would read it', () => {
    const pieces = ['b', '', 'é😀', '"quoted"\n\\', '\u2028', '}', '"text":"'];
    const others = pieces.map(piece => JSON.stringify({ a: 1, text: piece, b: { c: 2 } }));
    expect(taken('{"a":1,"text":"first","b":{"c":2}}', ...others)).toEqual(pieces);
    expect(taken('{"text":"a"}', String.raw`{"text":"\u00e9\ud83d\ude00"}`)).toEqual(['é😀']);
  });

  test('repeated events are still recognized if they differ in their sequence number or in their padding', () => {
    const event = (text: string, padding: string, number: number) =>
      `{"text":"${text}","obfuscation":"${padding}","output_index":0,"sequence_number":${number}}`;
    expect(taken(event('a', 'xy', 9), event('b', '', 10), event('c', '12345', 1234))).toEqual(['b', 'c']);
  });

  test('repeated events may differ in their token counts too, and the counts of the last event are used', () => {
    const text = (piece: string, tokens: number, more = ''): string =>
      `{"text":"${piece}","n":1,"usage":{"input":5,"output":${tokens},"of":{"cached":${tokens * 2}}}${more}}`;
    const place = (bytes: string) => ({ start: 0, dataStart: 0, end: bytes.length });
    const event = repeatedEvent();
    const said: string[] = [];
    const counted: unknown[] = [];
    const first = text('a', 9);
    event.keep(first, place(first), {
      name: 'text',
      say: piece => said.push(piece),
      count: json => counted.push(json),
    });
    for (const next of [text('b', 10), text('c', 123)]) expect(event.take(next, place(next))).toBe(true);
    for (const other of [text('d', 1.5), text('d', 1).replace('"n":1', '"n":2'), text('d', 1, ',"more":1')])
      expect(event.take(other, place(other))).toBe(false);
    expect(said).toEqual(['b', 'c']);
    expect(counted).toEqual([]);
    event.settle();
    event.settle();
    expect(counted).toEqual([JSON.parse(text('c', 123))]);
  });

  test('an event with any other difference is parsed', () => {
    const first = '{"index":0,"text":"a","finish":null,"sequence_number":1}';
    const others = [
      '{"index":1,"text":"b","finish":null,"sequence_number":2}',
      '{"index":0,"text":"b","finish":"stop","sequence_number":2}',
      '{"index":0,"text":"b","finish":null,"sequence_number":2,"more":1}',
      '{"index":0,"text":"b","finish":null,"sequence_number":2.5}',
      '{"index":0,"text":"b","finish":null,"sequence_number":"2"}',
      '{"index":0,"text":"b',
      '{"index":0,"text":"b"}',
      '{"index":0,"text":null,"finish":null,"sequence_number":2}',
    ];
    expect(taken(first, ...others)).toEqual(others.map(() => undefined));
  });

  test('an event whose text piece could belong to one of two members is not used as a template', () => {
    expect(taken('{"text":"a","old":{"text":"a"}}', '{"text":"b","old":{"text":"a"}}')).toEqual([undefined]);
  });

  test('an event with another event name is parsed', () => {
    const event = repeatedEvent();
    const said: string[] = [];
    event.keep(
      'event: a\ndata: {"text":"a"}\n\n',
      { start: 0, dataStart: 15, end: 29 },
      { name: 'text', say: p => said.push(p) },
    );
    expect(event.take('event: error\ndata: {"text":"a"}\n\n', { start: 0, dataStart: 19, end: 33 })).toBe(false);
    expect(said).toEqual([]);
  });

  test('after an event with any other effect, the next event is parsed', () => {
    const event = repeatedEvent();
    const place = { start: 0, dataStart: 0, end: 12 };
    event.keep('{"text":"a"}', place, { name: 'text', say: () => {} });
    event.keep('{"done":"a"}', place, undefined);
    expect(event.take('{"text":"a"}', place)).toBe(false);
  });
});
