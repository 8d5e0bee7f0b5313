import fc from 'fast-check';
import { Stream } from 'openai/core/streaming';
import { describe, expect, test } from 'vitest';
import { openaiResponsesReader } from '../../src/wires/openai-responses-stream.ts';
import { decodeUtf8 } from '../../src/wires/encoded-text.ts';
import { eventJson, eventName, passEvents } from '../../src/wires/server-sent-events.ts';

const encoder = new TextEncoder();

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
        const passed = pieces(encoder.encode(written.join('')), cuts).map(chunk => pass.push(chunk));
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
      expect(pass.push(chunk)).toBe(chunk);
    }
  });

  test('a rewritten chunk has a buffer of its own, so that the caller may transfer it', () => {
    const pass = passEvents({ event: () => true, mayHideNext: () => true });
    const left = pass.push(encoder.encode(': hello\n\ndata: 1\n\n: bye\n\n'));
    expect(Buffer.from(left).toString()).toBe(': hello\n\n: bye\n\n');
    expect(left.buffer.byteLength).toBe(left.byteLength);
  });

  test('if the start of an event already reached the caller, only the rest of it is hidden', () => {
    let hides = false;
    const pass = passEvents({ event: () => true, mayHideNext: () => hides });
    const first = Buffer.from(pass.push(encoder.encode('data: 1'))).toString();
    hides = true;
    expect([first, Buffer.from(pass.push(encoder.encode('23\n\n'))).toString()]).toEqual(['data: 1', '']);
  });
});

/** Reads a stream in the given chunks; returns the JSON of its events, and whether they are named `error`. */
function eventsOf(chunks: readonly Uint8Array[]): readonly unknown[] {
  const seen: unknown[] = [];
  const pass = passEvents({
    event(bytes, dataStart, end, start) {
      const isError = eventName(bytes, start, dataStart) === 'error';
      seen.push(isError ? { error: eventJson(bytes, dataStart, end) } : eventJson(bytes, dataStart, end));
      return false;
    },
    mayHideNext: () => false,
  });
  for (const chunk of chunks) expect(pass.push(chunk)).toBe(chunk);
  return seen;
}

describe('the grammar of an event', () => {
  const otherLines = fc.constantFrom(
    'id: 7',
    'retry: 10',
    ': a comment',
    ': data: 3',
    ':',
    'event: message_delta',
    'event:ping',
    'id: data:7',
    'database: 1',
    'data',
  );
  const anyEvent = fc.record({
    value: fc.oneof(fc.jsonValue(), fc.constant({ text: 'é "data: 1"' })),
    lines: fc.nat(2),
    before: fc.array(otherLines, { maxLength: 3 }),
    behind: fc.array(otherLines, { maxLength: 3 }),
    lead: fc.constantFrom('data: ', 'data:'),
  });

  test('the fields of an event are read in any order, with any line ends, behind a byte order mark, in any chunks', () => {
    fc.assert(
      fc.property(
        fc.array(anyEvent, { maxLength: 5 }),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.constantFrom('', '\u{feff}'),
        fc.array(fc.nat()),
        (events, lineEnd, mark, cuts) => {
          const written = events.map(({ value, lines, before, behind, lead }) => {
            const json = JSON.stringify(value, null, lines);
            return [...before, ...json.split('\n').map(line => lead + line), ...behind, '', ''].join(lineEnd);
          });
          const bytes = encoder.encode(`${mark}${written.join('')}`);
          expect(eventsOf(pieces(bytes, cuts))).toEqual(JSON.parse(JSON.stringify(events.map(({ value }) => value))));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('line ends may change within a stream: every event is read with the chunk that ends it', () => {
    const text = ['data: 1\n\n', 'data: 2\r\n\r\ndata: 3\r\n\r\n', 'data: 4\n\n', 'data: 5\r\rdata: 6\n\n'];
    for (const count of [1, 2, 3, 4]) {
      const read = eventsOf(text.slice(0, count).map(each => encoder.encode(each)));
      expect(read).toEqual([1, 2, 3, 4, 5, 6].slice(0, [1, 3, 4, 6][count - 1]));
    }
  });

  test('an event named `error` is reported, wherever its name is', () => {
    const text = 'event: error\ndata: 1\n\ndata: 2\nevent:error\n\nid: 1\nevent: error\ndata: 3\nid: 1\n\ndata: 4\n\n';
    expect(eventsOf([encoder.encode(text)])).toEqual([{ error: 1 }, { error: 2 }, { error: 3 }, 4]);
  });

  test('an event without a blank line after it is read at the end of the bytes, and hidden or passed on', () => {
    const written = fc.constantFrom(
      'data: 1',
      'data: 1\n',
      'event: x\ndata: 1',
      'data: 1\r\n',
      'data:\rdata: 1',
      '\u{feff}data: 1',
    );
    fc.assert(
      fc.property(
        written,
        fc.constantFrom('', 'data: 0\n\n'),
        fc.boolean(),
        fc.array(fc.nat()),
        (text, before, hides, cuts) => {
          const seen: unknown[] = [];
          const pass = passEvents({
            event: (bytes, dataStart, end) =>
              seen.push(eventJson(bytes, dataStart, end)) > 0 && hides && seen.at(-1) === 1,
            mayHideNext: () => hides,
          });
          const passed = pieces(
            encoder.encode(before + text.replace('\u{feff}', before === '' ? '\u{feff}' : '')),
            cuts,
          );
          const given = Buffer.concat([...passed.map(chunk => pass.push(chunk)), pass.end(), pass.end()]);
          expect(seen).toEqual(before === '' ? [1] : [0, 1]);
          expect(given.toString()).toBe(hides ? before : Buffer.concat(passed).toString());
        },
      ),
    );
  });

  test('events without data, or with data that is not JSON, are skipped', () => {
    expect(eventsOf([encoder.encode(': ping\n\nevent: x\n\nid: data:7\n\ndata: {\n\ndata:\n\n\n\n')])).toEqual([
      undefined,
      undefined,
    ]);
    expect(eventJson('data: {', 6, 7)).toBeUndefined();
  });
});

/** CPU time of this thread, in microseconds; of the process where Node cannot tell. */
function cpuUs(): number {
  const { user, system } = (process.threadCpuUsage ?? process.cpuUsage)();
  return user + system;
}

describe('a large event', () => {
  const bytes = encoder.encode(`data: "${'x'.repeat(1 << 20)}"\n\ndata: 1\n\n`);

  test('a large event in small chunks is read once, and hidden when it has to be', () => {
    const chunks = pieces(
      bytes,
      Array.from({ length: 2000 }, (_, index) => index * 600),
    );
    for (const hides of [false, true]) {
      const lengths: number[] = [];
      const pass = passEvents({
        event: (_, dataStart, end) => lengths.push(end - dataStart) === 1 && hides,
        mayHideNext: () => hides,
      });
      const passed = Buffer.concat(chunks.map(chunk => pass.push(chunk)));
      expect(lengths).toEqual([(1 << 20) + 4, 3]);
      expect(passed.length).toBe(hides ? 9 : bytes.length);
    }
  });

  test('reading one event of 16 MB takes no more than 1.5 times the CPU of the official client', async () => {
    const ratios: number[] = [];
    for (const content of ['QUJD'.repeat(4 << 20), 'Grüße "an" alle\n'.repeat(900_000)]) {
      const response = { status: 'completed', output: [{ type: 'image', content }], usage: {} };
      const sent = encoder.encode(`event: x\ndata: ${JSON.stringify({ type: 'response.completed', response })}\n\n`);
      const chunks = pieces(
        sent,
        Array.from({ length: sent.length >> 14 }, (_, index) => index << 14),
      );
      let startUs = cpuUs();
      for await (const event of Stream.fromSSEResponse(
        new Response(ReadableStream.from(chunks)),
        new AbortController(),
      )) {
        expect(event).toBeDefined();
      }
      const clientUs = cpuUs() - startUs;
      const reader = openaiResponsesReader({ wantsText: true });
      startUs = cpuUs();
      for (const chunk of chunks) reader.push(chunk);
      ratios.push((cpuUs() - startUs) / clientUs);
      expect(reader.done).toBe(true);
    }
    expect(Math.min(...ratios)).toBeLessThan(1.5);
  });

  test('an event above the limit is passed on unread, and the next ones are read', () => {
    const filler = encoder.encode('x'.repeat(8 << 20));
    const [start, end] = [encoder.encode('data: "'), encoder.encode('"\n\ndata: 2\n\n')];
    for (const hides of [false, true]) {
      const seen: unknown[] = [];
      const pass = passEvents({
        event: (text, dataStart, to) => seen.push(eventJson(text, dataStart, to)) === 0,
        mayHideNext: () => hides,
      });
      let passed = 0;
      for (const chunk of [start, ...Array.from({ length: 9 }, () => filler), end]) passed += pass.push(chunk).length;
      expect(seen).toEqual([2]);
      expect(passed).toBe(start.length + 9 * filler.length + end.length);
    }
  });
});
