/** Streams in every legal form of server-sent events, over HTTP: the official clients read them as without the router. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterEach, describe, expect, test } from 'vitest';
import { fixed } from '../../src/policies/fixed.ts';
import { createRouter } from '../../src/create-router.ts';
import { memory } from '../../src/stores/memory.ts';
import type { Answer, ScriptedServer } from '../support/scripted-server.ts';
import { chatChunk, scriptedServer } from '../support/scripted-server.ts';

const servers: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map(async server => server.close()));
});

/** The bill of every stream here: 1,000 tokens in, 500 out. */
const COST_NANO_USD = 2_000_000;

async function served(provider: 'openai' | 'anthropic', text: string, type: string) {
  const answer: Answer = (_, response) => {
    response.writeHead(200, type === '' ? {} : { 'content-type': type });
    const bytes = Buffer.from(text);
    // Cut inside events, and inside a character.
    for (let at = 0; at < bytes.length; at += 37) response.write(bytes.subarray(at, at + 37));
    response.end();
  };
  const server = await scriptedServer([answer]);
  servers.push(server);
  const store = memory();
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  const baseURL = provider === 'openai' ? `${server.url}/v1` : server.url;
  const router = createRouter({
    models: { a: { provider, model: 'a-1', price, baseURL } },
    features: { f: { candidates: ['a'], failureCostUsd: 1, policy: fixed('a') } },
    store,
  });
  return {
    router,
    baseURL,
    async attempts() {
      await router.flush();
      const records = await Array.fromAsync(store.scan());
      return records.flatMap(record =>
        record.kind === 'attempted' ? [[record.attempt.status, record.attempt.costNanoUsd]] : [],
      );
    },
  };
}

const CHUNKS = [
  chatChunk({ role: 'assistant', content: '' }),
  chatChunk({ content: 'Grüße ' }),
  chatChunk({ content: '😀' }),
  chatChunk({}, { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
  chatChunk({}, { choices: [], usage: { prompt_tokens: 1000, completion_tokens: 500 } }),
];

/** Writes one event with this data. */
type Form = (data: string) => string;

const plain: Form = data => `data: ${data}\n\n`;
const FORMS: readonly (readonly [what: string, form: Form, type?: string])[] = [
  ['fields after the data', data => `data: ${data}\nid: 7\nretry: 10\n\n`],
  ['comments and pings', data => `: ping\n\n: data: 1\ndata: ${data}\n\n`],
  ['carriage returns', data => `data: ${data}\r\r`],
  ['carriage returns and line feeds', data => `data: ${data}\r\nid: 7\r\n\r\n`],
  ['no space after the colon', data => `data:${data}\n\n`],
  ['data on several lines', data => `data: ${data.replace(',', ',\ndata: ')}\n\n`],
  ['a content type in capitals', plain, 'Text/Event-Stream'],
  ['another content type', plain, 'text/plain; charset=utf-8'],
  ['the content type of JSON', plain, 'application/json'],
  ['no content type', plain, ''],
];

describe('a chat stream', () => {
  test.each([
    ...FORMS.map(
      ([what, form, type = 'text/event-stream']) =>
        [what, CHUNKS.map(chunk => form(JSON.stringify(chunk))).join('') + form('[DONE]'), type] as const,
    ),
    [
      'a byte order mark',
      `\u{feff}${CHUNKS.map(chunk => plain(JSON.stringify(chunk))).join('')}${plain('[DONE]')}`,
      'text/event-stream',
    ] as const,
    [
      'no blank line at its end',
      CHUNKS.map(chunk => plain(JSON.stringify(chunk)))
        .join('')
        .trimEnd(),
      'text/event-stream',
    ] as const,
  ])(
    'a chat stream with %s is read as without the router; its usage chunk is hidden, and its usage is charged',
    async (_, text, type) => {
      const it = await served('openai', text, type);
      const client = new OpenAI({ apiKey: 'k', baseURL: it.baseURL });
      const read = async (reader: OpenAI, model: string) =>
        Array.fromAsync(await reader.chat.completions.create({ model, messages: [], stream: true }));
      const direct = await read(client, 'a-1');
      expect(await read(it.router.wrap(client), 'feature:f')).toEqual(
        direct.filter(({ choices }) => choices.length > 0),
      );
      expect(await it.attempts()).toEqual([['ok', COST_NANO_USD]]);
    },
  );
});

test('a message stream whose event names come after the data is read, and charged as reported', async () => {
  const events = [
    {
      type: 'message_start',
      message: { id: 'm', role: 'assistant', content: [], usage: { input_tokens: 1000, output_tokens: 1 } },
    },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Grüße' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 500 } },
    { type: 'message_stop' },
  ];
  const text = events.map(event => `data: ${JSON.stringify(event)}\nevent: ${event.type}\n\n`).join('');
  const it = await served('anthropic', text, 'text/event-stream');
  const client = it.router.wrap(new Anthropic({ apiKey: 'k', baseURL: it.baseURL }));
  const stream = await client.messages.create({ model: 'feature:f', max_tokens: 9, messages: [], stream: true });
  expect(await Array.fromAsync(stream)).toEqual(events);
  expect(await it.attempts()).toEqual([['ok', COST_NANO_USD]]);
});
