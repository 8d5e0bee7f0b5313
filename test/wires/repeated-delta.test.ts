/** Events that come whole, each in a chunk of its own, are read as in pieces, where none of them can be taken for the one before. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StreamReader } from '../../src/contracts/wire.ts';
import { latin1Text } from '../../src/bytes.ts';
import { anthropicReader } from '../../src/wires/anthropic-stream.ts';
import { growingText } from '../../src/wires/encoded-text.ts';
import { openaiChatReader } from '../../src/wires/openai-chat-stream.ts';
import { repeatedDelta } from '../../src/wires/repeated-delta.ts';
import { passEvents } from '../../src/wires/server-sent-events.ts';
import { trickyText } from './conformance.ts';

const encoder = new TextEncoder();

function seenBy(reader: StreamReader, chunks: readonly Uint8Array[]): unknown {
  const bytes = chunks.map(chunk => latin1Text(reader.push(chunk)));
  const { phase, error, done } = reader;
  const rest = latin1Text(reader.end());
  return {
    bytes: bytes.join('') + rest,
    phase,
    error,
    done,
    ended: reader.done,
    chars: reader.chars,
    facts: reader.facts(),
  };
}

/** Pushes the events one by one, and byte by byte, where none comes whole. */
function inBothWays(newReader: () => StreamReader, events: readonly string[]): readonly [unknown, unknown] {
  const whole = events.map(event => encoder.encode(event));
  const pieces = whole.flatMap(chunk => Array.from(chunk, byte => Uint8Array.of(byte)));
  return [seenBy(newReader(), whole), seenBy(newReader(), pieces)];
}

/** Characters that a JSON writer never leaves unescaped in a text, and characters that end a text early. */
const raw = fc.constantFrom('\n', '\n\n', '"', '\\"', '\\\\', '\\\\"', '\n\ndata: {}\n\n', 'ü');
const texts = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: trickyText.map(text => JSON.stringify(text).slice(1, -1)) },
      { weight: 1, arbitrary: raw },
    ),
    { maxLength: 2 },
  )
  .map(parts => parts.join(''));

const CHAT_HEADS = [
  '{"id":"c","model":"m",',
  '{"id":"c","model":"m","service_tier":"flex",',
  '{"id":"c","model":"n",',
] as const;
const CHAT_DELTAS = ['"content":"', '"tool_calls":[{"index":0,"function":{"arguments":"'] as const;
const CHAT_ENDS = [
  '"},"finish_reason":null}]}',
  '"},"finish_reason":null}],"usage":null}',
  '"},"finish_reason":null}],"usage":null,"obfuscation":"aB3"}',
  '"},"finish_reason":null}],"usage":null,"obfuscation":"x"}',
  '"},"finish_reason":null}],"usage":{"prompt_tokens":7,"completion_tokens":3}}',
  '"},"finish_reason":"stop"}]}',
  '"},"logprobs":null,"finish_reason":null}]}',
  '"}}]},"finish_reason":null}]}',
  '"}}]},"finish_reason":null}],"usage":{"prompt_tokens":7,"completion_tokens":3}}',
] as const;
/** Most events end with a blank line. */
const LINE_ENDS = fc.oneof(
  { weight: 12, arbitrary: fc.constant('\n\n') },
  { weight: 1, arbitrary: fc.constantFrom('\r\n\r\n', '\n\n\n', '\n', '\n ', '') },
);

interface Layouts {
  /** What is before a text. */
  readonly front: fc.Arbitrary<string>;
  /** What is behind it. */
  readonly ends: readonly string[];
}

/** Runs of events with the same front. Most of a run end in the same way, too. */
function runsOf({ front, ends }: Layouts): fc.Arbitrary<string[]> {
  const event = fc.record({ text: texts, end: fc.nat(2 * ends.length), lines: LINE_ENDS });
  const run = fc
    .record({ before: front, usual: fc.constantFrom(...ends), events: fc.array(event, { minLength: 1, maxLength: 8 }) })
    .map(({ before, usual, events }) =>
      events.map(({ text, end, lines }) => before + text + (ends[end] ?? usual) + lines),
    );
  return fc.array(run, { minLength: 1, maxLength: 4 }).map(runs => runs.flat());
}

const chatFront = fc
  .tuple(
    fc.constantFrom('data: ', 'data: ', 'data:', 'event: x\ndata: ', 'data: {"id":"c",\ndata: ', '{"id":"c",\n'),
    fc.constantFrom(...CHAT_HEADS),
    fc.constantFrom(...CHAT_DELTAS),
  )
  .map(([form, head, delta]) => `${form}${head}"choices":[{"index":0,"delta":{${delta}`);

const anthropicFront = fc
  .tuple(
    fc.constantFrom('event: content_block_delta\ndata: ', 'data: ', 'event: error\ndata: '),
    fc.constantFrom(0, 12),
    fc.constantFrom('text_delta","text', 'input_json_delta","partial_json', 'thinking_delta","thinking'),
  )
  .map(([form, index, kind]) => `${form}{"type":"content_block_delta","index":${index},"delta":{"type":"${kind}":"`);

const CHAT = { front: chatFront, ends: CHAT_ENDS };
const ANTHROPIC = { front: anthropicFront, ends: ['"}}', '"}} ', '"},"usage":{"output_tokens":9}}'] };

describe('events that differ in their text alone', () => {
  test('chat chunks give the same facts whole and in pieces, whatever other events come between them', () => {
    fc.assert(
      fc.property(runsOf(CHAT), fc.boolean(), (events, hidesUsageChunk) => {
        const [whole, pieces] = inBothWays(() => openaiChatReader({ hidesUsageChunk, wantsText: true }), events);
        expect(whole).toEqual(pieces);
      }),
      { numRuns: 500 },
    );
  });

  test('Anthropic events give the same facts whole and in pieces, whatever other events come between them', () => {
    fc.assert(
      fc.property(runsOf(ANTHROPIC), events => {
        const [whole, pieces] = inBothWays(() => anthropicReader({ wantsText: true }), events);
        expect(whole).toEqual(pieces);
      }),
      { numRuns: 500 },
    );
  });

  test('the first event is parsed in full, and similar events after it are read without parsing', () => {
    const into = growingText();
    const deltas = repeatedDelta(rest => rest.startsWith(',"pad":'));
    const read: string[] = [];
    const { push } = passEvents({
      deltas,
      event(bytes, dataStart, end, start) {
        read.push(bytes.slice(start, end));
        const [from, to, same] = [bytes.indexOf('"', dataStart) + 1, bytes.lastIndexOf('"'), end - 3];
        if (bytes.startsWith('{"', dataStart)) return false;
        deltas.learn({ bytes, start, end, from, to, same, into });
        return false;
      },
      mayHideNext: () => false,
    });
    for (const data of ['["a"]', '["b\\""]', '["c","pad":7]', '["d",7]', '["e",7]', '{"f"}', '["g"]', '["h"]'])
      push(encoder.encode(`data: ${data}\n\n`));
    expect(read).toEqual(['["a"]', '["d",7]', '{"f"}', '["g"]'].map(data => `data: ${data}\n\n`));
    expect(into.toString()).toBe('b"ceh');
    // Where the data is in several lines, no event's bytes begin as it does.
    push(encoder.encode('data: [\ndata: "i"]\ndata:\ndata:\n\n'));
    push(encoder.encode('[\n"j"]\n\n'));
    expect(into.toString()).toBe('b"ceh');
  });
});
