import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FakeDelivery } from '../../src/testing/fake-delivery.ts';
import { bodyEncoder, deliveredHeaders, encodedBody } from '../../src/testing/fake-delivery.ts';
import type { FakeProvider } from '../../src/testing/fake-provider.ts';
import { startFakeProvider } from '../../src/testing/fake-provider.ts';
import { ANTHROPICS, collect, OPENAIS, user } from './official-clients.ts';

describe('headers', () => {
  const usual = { 'content-type': 'application/json', 'x-request-id': 'req_1' };

  test('the content type is replaced or left out, and other headers are added or replaced', () => {
    expect(deliveredHeaders(usual, {})).toEqual(usual);
    expect(deliveredHeaders(usual, { contentType: 'Text/Plain' })).toEqual({ ...usual, 'content-type': 'Text/Plain' });
    expect(deliveredHeaders(usual, { contentType: null })).toEqual({ 'x-request-id': 'req_1' });
    expect(deliveredHeaders(usual, { encoding: 'br', headers: { 'x-request-id': '2', server: 'x' } })).toEqual({
      'content-type': 'application/json',
      'content-encoding': 'br',
      'x-request-id': '2',
      server: 'x',
    });
  });
});

describe('compression', () => {
  const DECODERS = { gzip: gunzipSync, br: brotliDecompressSync, deflate: inflateSync };

  test.each(['gzip', 'br', 'deflate'] as const)('a body compressed with %s decodes to its text', async encoding => {
    const bytes = await encodedBody('Grüße 😀', encoding);
    expect(DECODERS[encoding](bytes).toString()).toBe('Grüße 😀');
    const encoder = bodyEncoder(encoding);
    const pieces = [await encoder.encode(Buffer.from('one')), await encoder.encode(Buffer.from('two'))];
    expect(pieces.every(piece => piece.length > 0)).toBe(true);
    expect(DECODERS[encoding](Buffer.concat([...pieces, await encoder.end()])).toString()).toBe('onetwo');
  });

  test('without compression, the bytes are those of the text', async () => {
    expect(Buffer.from(await encodedBody('ü', undefined)).toString()).toBe('ü');
  });
});

describe('replies that the official SDKs read', () => {
  let provider: FakeProvider;
  beforeAll(async () => {
    const price = { input: '1', output: '2' };
    provider = await startFakeProvider({ models: { mini: { price, tokens: { input: 10, output: 5 } } } });
  });
  afterAll(() => provider.close());

  const chat = { model: 'mini', messages: user('Hello') };
  const message = { ...chat, max_tokens: 100 };
  const STREAM_TYPES = ['Text/Event-Stream', 'text/plain; charset=utf-8', 'application/json', null];
  const DELIVERIES: readonly FakeDelivery[] = [
    ...(['gzip', 'br', 'deflate'] as const).map(encoding => ({ encoding })),
    { redirect: 307 },
    { redirect: 308 },
    { redirect: 307, encoding: 'gzip', headers: { 'x-should-retry': 'false' } },
  ];

  test.each([...DELIVERIES, ...STREAM_TYPES.map(contentType => ({ contentType }))])(
    'streams with the delivery %j arrive whole and are billed once, as reported',
    async delivery => {
      const before = provider.bill().requests.length;
      provider.setFaults(() => ({ kind: 'delivery', delivery }));
      const options = { ...chat, stream: true, stream_options: { include_usage: true } } as const;
      const chunks = await collect(await OPENAIS[0][1](provider).chat.completions.create(options));
      expect(chunks.at(-1)?.usage).toMatchObject({ prompt_tokens: 10, completion_tokens: 5 });
      const events = await collect(await ANTHROPICS[0][1](provider).messages.create({ ...message, stream: true }));
      expect(events.at(-1)?.type).toBe('message_stop');
      expect(provider.bill().requests.slice(before)).toMatchObject([{ reported: true }, { reported: true }]);
    },
  );

  test.each([...DELIVERIES, { contentType: 'application/json; charset=utf-8' }])(
    'plain replies with the delivery %j arrive whole and are billed once, as reported',
    async delivery => {
      const before = provider.bill().requests.length;
      provider.setFaults(() => ({ kind: 'delivery', delivery }));
      const reply = await OPENAIS[0][1](provider).chat.completions.create(chat);
      expect(reply.usage).toMatchObject({ prompt_tokens: 10, completion_tokens: 5 });
      expect((await ANTHROPICS[0][1](provider).messages.create(message)).usage.output_tokens).toBe(5);
      expect(provider.bill().requests.slice(before)).toMatchObject([{ reported: true }, { reported: true }]);
    },
  );

  test.each(['Application/JSON', 'text/plain', null])(
    'a plain reply with the content type %s is text for an SDK that checks the type, and billed as reported',
    async contentType => {
      const before = provider.bill().requests.length;
      provider.setFaults(() => ({ kind: 'delivery', delivery: { contentType } }));
      const reply: unknown = await ANTHROPICS[0][1](provider).messages.create(message);
      expect(reply).toEqual(expect.stringContaining('"type":"message"'));
      expect(provider.bill().requests.slice(before)).toMatchObject([{ reported: true }]);
    },
  );

  test('a redirect keeps the script, the fault and the request for the request that follows it', async () => {
    provider.setFaults(undefined);
    provider.reply({ kind: 'status', status: 503, delivery: { redirect: 308 } }, 'after it');
    const client = OPENAIS[0][1](provider);
    await expect(client.chat.completions.create(chat)).rejects.toMatchObject({ status: 503 });
    expect(provider.requests().slice(-2)).toMatchObject([
      { status: 308, fault: undefined },
      { status: 503, fault: { kind: 'status' }, body: chat },
    ]);
    expect((await client.chat.completions.create(chat)).choices[0]?.message.content).toBe('after it');
  });

  test('a model’s delivery applies to each reply and error, and scripts and faults override its parts', async () => {
    const price = { input: '1', output: '2' };
    const delivery = { contentType: 'text/x-model', headers: { server: 'model' } };
    await using own = await startFakeProvider({ models: { m: { price, delivery } } });
    const types: unknown[] = [];
    own.reply('a', 500, { text: 'b', delivery: { contentType: 'text/x-script' } });
    own.reply({ kind: 'html', status: 502, delivery: { contentType: null } });
    for (let call = 0; call < 4; call++) {
      const response = await fetch(`${own.openaiBaseURL}/chat/completions`, {
        method: 'POST',
        body: JSON.stringify({ model: 'm', messages: [] }),
      });
      await response.text();
      types.push([response.headers.get('content-type'), response.headers.get('server')]);
    }
    expect(types).toEqual([
      ['text/x-model', 'model'],
      ['text/x-model', 'model'],
      ['text/x-script', 'model'],
      [null, 'model'],
    ]);
  });
});
