/** Sealed reasoning that a client sends back, from each vendor: plain, and streamed in pieces of 1 byte and 16 kB. */
import type Anthropic from '@anthropic-ai/sdk';
import type OpenAI from 'openai';
import { describe, expect, test } from 'vitest';
import type { Api } from '../../../src/translate/neutral/conversation.ts';
import { translatorOf, unableFor } from '../../../src/translate/translate.ts';
import { askedOf, eventsIn, ROOMS, written } from '../streams/rooms.ts';
import { bytesOf } from '../streams/sent.ts';
import { streamOf } from './native-stream.ts';

const MODEL = 'gpt-5';
const SEALED = {
  type: 'reasoning',
  id: 'rs_1',
  summary: [{ type: 'summary_text', text: 'é😀 hm' }],
  encrypted_content: 'gAAAAABo+/==',
};
const THINKING = { type: 'thinking', thinking: 'é😀 hm', signature: 'EqQBCkgIBxABGAIi/+==' };
const REDACTED = { type: 'redacted_thinking', data: 'EmwKAhgBEgy/+' };

/** A reply that reasons before a call, and what of it must come back to its model. */
const VENDORS: Readonly<
  Record<Api, { readonly reply: Readonly<Record<string, unknown>>; readonly back: readonly object[] }>
> = {
  'openai-chat': {
    reply: {
      id: 'c',
      model: MODEL,
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: null,
            reasoning_content: 'é😀 hm',
            tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }],
          },
          finish_reason: 'tool_calls',
        },
      ],
    },
    back: [{ reasoning_content: 'é😀 hm' }],
  },
  'openai-responses': {
    reply: {
      id: 'r',
      model: MODEL,
      status: 'completed',
      output: [
        SEALED,
        { type: 'function_call', id: 'fc', call_id: 'a', name: 'f', arguments: '{}', status: 'completed' },
      ],
    },
    back: [SEALED],
  },
  'anthropic-messages': {
    reply: {
      id: 'm',
      type: 'message',
      role: 'assistant',
      model: MODEL,
      content: [THINKING, REDACTED, { type: 'tool_use', id: 'a', name: 'f', input: {} }],
      stop_reason: 'tool_use',
      stop_sequence: null,
      usage: { input_tokens: 1, output_tokens: 1 },
    },
    back: [THINKING, REDACTED],
  },
};

/** The next request of a client that sends a reply back with the result of its call. */
const GOES_ON: Partial<Record<Api, (final: unknown) => object>> = {
  'openai-responses': final => ({
    model: 'm',
    store: false,
    input: [
      { role: 'user', content: 'Go.' },
      ...(final as OpenAI.Responses.Response).output,
      { type: 'function_call_output', call_id: 'a', output: 'A' },
    ],
  }),
  'anthropic-messages': final => ({
    model: 'm',
    max_tokens: 9,
    messages: [
      { role: 'user', content: 'Go.' },
      { role: 'assistant', content: (final as Anthropic.Message).content },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: 'A' }] },
    ],
  }),
};

const ROUTES = (Object.keys(VENDORS) as Api[]).flatMap(from =>
  (Object.keys(GOES_ON) as Api[]).filter(to => to !== from).map(to => [from, to] as const),
);

describe.each(ROUTES)('reasoning of %s that a client of %s sends back', (from, to) => {
  const { reply, back } = VENDORS[from];
  const asked = askedOf(to);
  const finals = [
    ROOMS[to].sdkReadsPlain(translatorOf(to).writeReply(translatorOf(from).readReply(JSON.stringify(reply)), asked)),
    ...[1, 16_384].map(async size => {
      const events = eventsIn(from, bytesOf(streamOf(from, reply)), size);
      return ROOMS[to].sdkReads(written(to, events));
    }),
  ];

  test.each(['plain', 'in pieces of 1 byte', 'in pieces of 16 kB'])(
    'reasoning that a client sends back reaches its model byte for byte: %s',
    async way => {
      const final = await finals[['plain', 'in pieces of 1 byte', 'in pieces of 16 kB'].indexOf(way)];
      const conversation = translatorOf(to).readRequest(JSON.stringify(GOES_ON[to]?.(final)));
      const model = { model: MODEL, maxOutputTokens: 1_000 };
      expect(unableFor(conversation, { api: from, model })).toStrictEqual([]);
      const text = translatorOf(from).writeRequest(conversation, model);
      for (const each of back) expect(text).toContain(JSON.stringify(each).slice(1, -1));
      expect(text).not.toContain('or1.');
    },
  );

  test('reasoning that a client sends back is sent to no other model and no other API', async () => {
    const conversation = translatorOf(to).readRequest(JSON.stringify(GOES_ON[to]?.(await finals[0])));
    const others = [
      { api: from, model: { model: 'another', maxOutputTokens: 1_000 } },
      ...(Object.keys(VENDORS) as Api[])
        .filter(api => api !== from && api !== to)
        .map(api => ({ api, model: { model: MODEL, maxOutputTokens: 1_000 } })),
    ];
    for (const other of others)
      expect(unableFor(conversation, other)).toContainEqual(expect.objectContaining({ mark: 'bound' }));
  });
});
