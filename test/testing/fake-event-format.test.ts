import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RenderedEvent } from '../../src/testing/fake-api.ts';
import type { FakeEventFormat } from '../../src/testing/fake-event-format.ts';
import { formatEvents } from '../../src/testing/fake-event-format.ts';
import type { FakeProvider } from '../../src/testing/fake-provider.ts';
import { startFakeProvider } from '../../src/testing/fake-provider.ts';
import { ANTHROPICS, collect, OPENAIS, user } from './official-clients.ts';

const EVENTS: readonly RenderedEvent[] = [
  { text: 'event: a\ndata: {"a":1,"b":"x: y"}\n\n', chars: 3, reports: 'input' },
  { text: 'data: {"c":[]}\n\n', chars: 0, reports: 'usage', part: 'usage-chunk' },
  { text: 'data: [DONE]\n\n', chars: 0, part: 'done' },
];
const texts = (format: FakeEventFormat | undefined) => formatEvents(EVENTS, format).map(({ text }) => text);

describe('the text of events', () => {
  test('without a format, events stay unchanged', () => {
    expect(formatEvents(EVENTS, undefined)).toBe(EVENTS);
    expect(formatEvents(EVENTS, {})).toEqual(EVENTS);
  });

  test.each<readonly [FakeEventFormat, readonly string[]]>([
    [
      { byteOrderMark: true },
      ['\uFEFFevent: a\ndata: {"a":1,"b":"x: y"}\n\n', 'data: {"c":[]}\n\n', 'data: [DONE]\n\n'],
    ],
    [{ lineEnd: '\r\n', done: false }, ['event: a\r\ndata: {"a":1,"b":"x: y"}\r\n\r\n', 'data: {"c":[]}\r\n\r\n']],
    [{ lineEnd: '\r', usageChunk: false }, ['event: a\rdata: {"a":1,"b":"x: y"}\r\r', 'data: [DONE]\r\r']],
    [{ spaceAfterColon: false }, ['event:a\ndata:{"a":1,"b":"x: y"}\n\n', 'data:{"c":[]}\n\n', 'data:[DONE]\n\n']],
    [
      { splitData: true },
      [
        'event: a\ndata: {\ndata:  "a": 1,\ndata:  "b": "x: y"\ndata: }\n\n',
        'data: {\ndata:  "c": []\ndata: }\n\n',
        'data: [DONE]\n\n',
      ],
    ],
    [
      { fieldsAfterData: true },
      [
        'data: {"a":1,"b":"x: y"}\nevent: a\nid: 0\nretry: 3000\n\n',
        'data: {"c":[]}\nid: 1\nretry: 3000\n\n',
        'data: [DONE]\nid: 2\nretry: 3000\n\n',
      ],
    ],
    [
      { comments: true, lineEnd: '\r\n', done: false, usageChunk: false },
      [': keep-alive\r\n\r\nevent: a\r\ndata: {"a":1,"b":"x: y"}\r\n\r\n'],
    ],
    [{ lastBlankLine: false, usageChunk: false }, ['event: a\ndata: {"a":1,"b":"x: y"}\n\n', 'data: [DONE]']],
  ])('the format %j changes only the fields that it sets', (format, expected) => {
    expect(texts(format)).toEqual(expected);
  });

  test('an event keeps its characters and its reported usage', () => {
    expect(formatEvents(EVENTS, { comments: true })[0]).toMatchObject({ chars: 3, reports: 'input' });
  });
});

describe('streams that the official SDKs read', () => {
  let provider: FakeProvider;
  beforeAll(async () => {
    const price = { input: '1', output: '2' };
    const tokens = { input: 10, output: 5 };
    provider = await startFakeProvider({ models: { mini: { price, tokens, text: 'Grüße 😀' } } });
  });
  afterAll(() => provider.close());

  const chat = {
    model: 'mini',
    messages: user('Hello'),
    stream: true,
    stream_options: { include_usage: true },
  } as const;
  const responses = { model: 'mini', input: 'Hello', stream: true } as const;
  const message = { model: 'mini', messages: user('Hello'), max_tokens: 100, stream: true } as const;
  const use = (events: FakeEventFormat, chunkBytes?: number | readonly [number, number]) => {
    const delivery = { events, ...(chunkBytes === undefined ? {} : { chunkBytes }) };
    provider.setFaults(() => ({ kind: 'delivery', delivery }));
    return provider.bill().requests.length;
  };
  const REPORTED = { reported: true, costNanoUsd: 20_000n };

  test.each<FakeEventFormat>([
    {},
    { byteOrderMark: true },
    { lineEnd: '\r\n' },
    { lineEnd: '\r' },
    { spaceAfterColon: false },
    { splitData: true },
    { fieldsAfterData: true },
    { comments: true },
    {
      byteOrderMark: true,
      lineEnd: '\r\n',
      spaceAfterColon: false,
      splitData: true,
      fieldsAfterData: true,
      comments: true,
    },
  ])('a stream in the format %j is read whole, in chunks of any size, and billed as reported', async format => {
    for (const chunkBytes of [undefined, 1, [1, 9]] as const) {
      const before = use(format, chunkBytes);
      const chunks = await collect(await OPENAIS[0][1](provider).chat.completions.create(chat));
      expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('[solved] Grüße 😀');
      expect(chunks.at(-1)?.usage?.completion_tokens).toBe(5);
      const events = await collect(await OPENAIS[0][1](provider).responses.create(responses));
      expect(events.at(-1)).toMatchObject({ type: 'response.completed', response: { usage: { output_tokens: 5 } } });
      const blocks = await collect(await ANTHROPICS[0][1](provider).messages.create(message));
      expect(blocks.at(-2)).toMatchObject({ type: 'message_delta', usage: { output_tokens: 5 } });
      expect(provider.bill().requests.slice(before)).toMatchObject([REPORTED, REPORTED, REPORTED]);
    }
  });

  test('a ping comes before the first event of a Messages stream, and the SDK skips it', async () => {
    use({ pings: true });
    const body = JSON.stringify(message);
    const response = await fetch(`${provider.anthropicBaseURL}/v1/messages`, { method: 'POST', body });
    expect(await response.text()).toMatch(/^event: ping\ndata: \{"type":"ping"\}\n\nevent: message_start\n/);
    const blocks = await collect(await ANTHROPICS[0][1](provider).messages.create(message));
    expect(blocks.find(({ type }) => type === 'message_start')).toBe(blocks[0]);
  });

  test('a chat stream without `[DONE]` ends with its usage, and without the usage chunk it is billed by its characters', async () => {
    const before = use({ done: false });
    const chunks = await collect(await OPENAIS[0][1](provider).chat.completions.create(chat));
    expect(chunks.at(-1)?.usage).toMatchObject({ completion_tokens: 5 });
    use({ usageChunk: false });
    const without = await collect(await OPENAIS[0][1](provider).chat.completions.create(chat));
    expect(without.at(-1)).toMatchObject({ choices: [{ finish_reason: 'stop' }], usage: null });
    expect(provider.bill().requests.slice(before)).toMatchObject([
      REPORTED,
      { reported: false, lines: [{ quantity: expect.any(Number) }, { meter: 'output', quantity: 5 }] },
    ]);
  });

  test('a last event without its blank line is read by the newest OpenAI SDK, and billed as reported', async () => {
    const before = use({ lastBlankLine: false });
    const events = await collect(await OPENAIS[0][1](provider).responses.create(responses));
    expect(events.at(-1)?.type).toBe('response.completed');
    expect(provider.bill().requests.slice(before)).toMatchObject([REPORTED]);
  });

  test('a long text in one piece makes an event of many megabytes', async () => {
    provider.setFaults(undefined);
    provider.setModel('long', { price: { input: '1', output: '1' }, pieces: 1 });
    provider.reply({ model: 'long', text: 'x'.repeat(4 * 2 ** 20) });
    const chunks = await collect(await OPENAIS[0][1](provider).chat.completions.create({ ...chat, model: 'long' }));
    expect(chunks.map(({ choices }) => choices[0]?.delta.content?.length ?? 0)).toEqual([0, 4 * 2 ** 20, 0, 0]);
    expect(chunks.at(-1)?.usage?.completion_tokens).toBe(2 ** 20);
  });
});
