import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { closingQuote, decodeUtf8, eventJson, growingText, passEvents } from '../../src/wires/server-sent-events.ts';

const encoder = new TextEncoder();
const latin1 = (text: string): string => Buffer.from(text).toString('latin1');

/** Cuts bytes at the given positions. */
function pieces(bytes: Uint8Array, cuts: readonly number[]): readonly Uint8Array[] {
  const ends = [...new Set([...cuts.map(cut => cut % (bytes.length + 1)), bytes.length])].toSorted((a, b) => a - b);
  return ends.map((end, index) => bytes.slice(ends[index - 1] ?? 0, end));
}

const anyEvents = fc.array(
  fc.record({
    hidden: fc.boolean(),
    text: fc.string({ unit: 'grapheme', maxLength: 8 }).map(text => JSON.stringify(text)),
  }),
  { maxLength: 8 },
);
const lineEnds = fc.constantFrom('\n', '\r\n', '\r');

describe('passEvents', () => {
  test('exactly the chosen events are hidden, byte for byte, however the stream is chunked', () => {
    fc.assert(
      fc.property(anyEvents, lineEnds, fc.array(fc.nat()), (events, end, cuts) => {
        const written = events.map(({ hidden, text }) => `data: ${hidden ? `"hide",${text}` : text}${end}${end}`);
        const seen: unknown[] = [];
        const pass = passEvents({
          event(bytes, dataStart, eventEnd) {
            const data = decodeUtf8(bytes.slice(dataStart, eventEnd)).trimEnd();
            seen.push(data);
            return data.startsWith('"hide",');
          },
          mayHideNext: () => true,
        });
        const passed = pieces(encoder.encode(written.join('')), cuts).map(chunk => pass(chunk));
        expect(seen).toEqual(events.map(({ hidden, text }) => (hidden ? `"hide",${text}` : text)));
        const visible = written.filter((_, index) => events[index]?.hidden === false).join('');
        expect(Buffer.concat(passed).toString()).toBe(visible);
      }),
    );
  });

  test('without events to hide, every chunk is passed at once as the same object', () => {
    const pass = passEvents({ event: () => false, mayHideNext: () => false });
    for (const chunk of pieces(
      encoder.encode('data: {"a":"é"}\r\n\r\nevent: x\r\ndata: 1\r\n\r\n'),
      [3, 12, 13, 17, 18, 30],
    )) {
      expect(pass(chunk)).toBe(chunk);
    }
  });

  test('a rewritten chunk owns its memory, so that the caller may transfer it', () => {
    const pass = passEvents({ event: () => true, mayHideNext: () => true });
    const left = pass(encoder.encode(': hello\n\ndata: 1\n\n: bye\n\n'));
    expect(Buffer.from(left).toString()).toBe(': hello\n\n: bye\n\n');
    expect(left.buffer.byteLength).toBe(left.byteLength);
  });

  test('an event whose start already reached the caller hides only its rest', () => {
    let hides = false;
    const pass = passEvents({ event: () => true, mayHideNext: () => hides });
    const first = Buffer.from(pass(encoder.encode('data: 1'))).toString();
    hides = true;
    expect([first, Buffer.from(pass(encoder.encode('23\n\n'))).toString()]).toEqual(['data: 1', '']);
  });
});

describe('the data of an event', () => {
  test('data on several lines is joined before it is parsed', () => {
    const bytes = latin1('data: {"a":\ndata: "é"}\n\n');
    expect(eventJson(bytes, 6, bytes.length)).toEqual({ a: 'é' });
    expect(eventJson('data: {', 6, 7)).toBeUndefined();
  });
});

describe('JSON-encoded text', () => {
  test('the closing quote is the first quote that is not escaped', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, rest) => {
        const inside = JSON.stringify(text).slice(1);
        expect(closingQuote(`"${inside}${rest}`, 1)).toBe(inside.length);
      }),
    );
    expect(closingQuote('"abc\\"', 1)).toBe(-1);
  });

  test('growing text takes encoded and plain deltas in order and can be read at any time', () => {
    const piece = fc.record({
      encoded: fc.boolean(),
      text: fc.string({ unit: 'binary', maxLength: 6 }),
      read: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(piece), all => {
        const growing = growingText();
        let expected = '';
        for (const { encoded, text, read } of all) {
          const whole = text.toWellFormed();
          if (encoded) growing.addEncoded(latin1(JSON.stringify(whole).slice(1, -1)));
          else growing.add(whole);
          expected += whole;
          if (read) expect(growing.toString()).toBe(expected);
        }
        expect(growing.toString()).toBe(expected);
      }),
    );
  });

  test('the halves of a surrogate pair in two deltas make one character', () => {
    const growing = growingText();
    growing.addEncoded('\\ud83d');
    expect(growing.toString()).toHaveLength(1);
    growing.addEncoded('\\ude00');
    expect(growing.toString()).toBe('😀');
  });
});
