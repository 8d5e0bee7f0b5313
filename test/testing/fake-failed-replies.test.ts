import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FakeProvider } from '../../src/testing/fake-provider.ts';
import { startFakeProvider } from '../../src/testing/fake-provider.ts';
import type { FakeFault } from '../../src/testing/faults.ts';
import { ANTHROPICS, collect, OPENAIS, user } from './official-clients.ts';

let provider: FakeProvider;
let billedBefore: number;
beforeAll(async () => {
  const price = { input: '1', output: '2' };
  provider = await startFakeProvider({
    models: { mini: { price, text: 'abcdefgh', pieces: 4, tokens: { input: 10 } } },
  });
});
afterAll(() => provider.close());
beforeEach(() => {
  billedBefore = provider.bill().requests.length;
});

/** The bill since the test began, meter by meter. */
const billed = () =>
  provider
    .bill()
    .requests.slice(billedBefore)
    .map(({ reported, lines }) => [
      reported,
      Object.fromEntries(lines.map(({ meter, quantity }) => [meter, quantity])),
    ]);

async function post(path: string, body: object): Promise<{ readonly status: number; readonly text: string }> {
  const base = path.startsWith('/messages') ? `${provider.anthropicBaseURL}/v1` : provider.openaiBaseURL;
  const response = await fetch(base + path, { method: 'POST', body: JSON.stringify(body) });
  return { status: response.status, text: await response.text() };
}

const CHAT = { model: 'mini', messages: user('Hello') };
const RESPONSES = { model: 'mini', input: 'Hello' };
const MESSAGES = { model: 'mini', max_tokens: 100, messages: user('Hello') };
const APIS = [
  ['/chat/completions', CHAT],
  ['/responses', RESPONSES],
  ['/messages', MESSAGES],
] as const;
const OVERLOADED = { kind: 'status', status: 529 } as const;
const events = (text: string): readonly string[] => text.split('\n\n').slice(0, -1);

describe('an error sent as `json`', () => {
  test.each(APIS)(
    'at %s, the body of an error is sent with status 200, for a stream too, and is free',
    async (path, body) => {
      provider.reply(OVERLOADED);
      const { text: asHttp } = await post(path, body);
      for (const stream of [false, true]) {
        provider.reply({ ...OVERLOADED, sentAs: 'json' });
        const { status, text } = await post(path, { ...body, stream });
        expect([status, JSON.parse(text).error]).toEqual([200, JSON.parse(asHttp).error]);
      }
      expect(billed()).toEqual([]);
    },
  );
});

describe('an error sent as `event`', () => {
  test('a chat stream has the error as its only event before `[DONE]`, and the SDK throws it', async () => {
    provider.reply({ kind: 'status', status: 429, sentAs: 'event' });
    const { status, text } = await post('/chat/completions', { ...CHAT, stream: true });
    expect([status, events(text)]).toEqual([200, [expect.stringMatching(/^data: \{"error":/), 'data: [DONE]']]);
    for (const [, make] of OPENAIS) {
      provider.reply({ kind: 'status', status: 429, sentAs: 'event' });
      const stream = await make(provider).chat.completions.create({ ...CHAT, stream: true });
      await expect(collect(stream)).rejects.toMatchObject({ status: undefined, code: 'rate_limit_exceeded' });
    }
    expect(billed()).toEqual([]);
  });

  test('a stream of the Responses API has an `error` event with code and message, and the SDK throws it', async () => {
    const message = expect.stringContaining('exceeded your current quota');
    provider.reply({ kind: 'no-credit', sentAs: 'event' }, { kind: 'no-credit', sentAs: 'event' });
    const { text } = await post('/responses', { ...RESPONSES, stream: true });
    expect(text).toMatch(/^event: error\ndata: /);
    expect(JSON.parse(text.split('data: ')[1] ?? '')).toEqual({
      type: 'error',
      sequence_number: 0,
      code: 'insufficient_quota',
      message,
      param: null,
    });
    const stream = await OPENAIS[0][1](provider).responses.create({ ...RESPONSES, stream: true });
    await expect(collect(stream)).rejects.toThrow('exceeded your current quota');
    expect(billed()).toEqual([]);
  });

  test('a stream of the Messages API has an `error` event, and the SDK throws it', async () => {
    for (const [, make] of ANTHROPICS) {
      provider.reply({ ...OVERLOADED, sentAs: 'event' });
      const stream = await make(provider).messages.create({ ...MESSAGES, stream: true });
      await expect(collect(stream)).rejects.toMatchObject({ error: { error: { type: 'overloaded_error' } } });
    }
    expect(billed()).toEqual([]);
  });

  test.each(APIS)('at %s, a request without `stream` gets the error as JSON under status 200', async (path, body) => {
    provider.reply({ ...OVERLOADED, sentAs: 'event', afterEvents: 3 });
    const { status, text } = await post(path, body);
    expect([status, JSON.parse(text)]).toEqual([200, expect.objectContaining({ error: expect.anything() })]);
    expect(billed()).toEqual([]);
  });
});

describe('an error sent as `reply`', () => {
  test('a chat reply ends with `finish_reason: error`, plain and in a stream', async () => {
    const client = OPENAIS[0][1](provider);
    provider.reply({ ...OVERLOADED, sentAs: 'reply' }, { ...OVERLOADED, sentAs: 'reply' });
    const error = { code: 529, message: expect.any(String) };
    expect((await client.chat.completions.create(CHAT)).choices).toMatchObject([
      { message: { content: '' }, finish_reason: 'error', error },
    ]);
    const { text } = await post('/chat/completions', { ...CHAT, stream: true });
    expect(events(text)).toHaveLength(2);
    expect(JSON.parse(events(text)[0]?.slice(6) ?? '')).toMatchObject({
      object: 'chat.completion.chunk',
      error,
      choices: [{ finish_reason: 'error' }],
    });
    expect(billed()).toEqual([]);
  });

  test('a reply of the Responses API has the status `failed`, and a stream ends with `response.failed`', async () => {
    const client = OPENAIS[0][1](provider);
    const fault: FakeFault = { kind: 'status', status: 500, sentAs: 'reply' };
    provider.reply(fault, fault);
    const error = { code: 'server_error', message: expect.any(String) };
    const reply = await client.responses.create(RESPONSES);
    expect(reply).toMatchObject({ status: 'failed', error, output: [], usage: null });
    const stream = await collect(await client.responses.create({ ...RESPONSES, stream: true }));
    expect(stream).toMatchObject([
      { type: 'response.created', sequence_number: 0 },
      { type: 'response.failed', sequence_number: 1, response: { status: 'failed', error, usage: null } },
    ]);
    expect(billed()).toEqual([]);
  });

  test('the Messages API has no failed reply: the error is sent as JSON, and as an event in a stream', async () => {
    provider.reply({ ...OVERLOADED, sentAs: 'reply' }, { ...OVERLOADED, sentAs: 'reply' });
    expect(JSON.parse((await post('/messages', MESSAGES)).text)).toMatchObject({ type: 'error' });
    expect((await post('/messages', { ...MESSAGES, stream: true })).text).toMatch(
      /^event: error\ndata: \{"type":"error"/,
    );
    expect(billed()).toEqual([]);
  });
});

test('an error in the format of any vendor is quoted with its code, or its status, and its message', async () => {
  const quoted = async (fault: FakeFault) => {
    provider.reply(fault);
    const { text } = await post('/chat/completions', { ...CHAT, top_k: 3 });
    return (JSON.parse(text) as { readonly choices: readonly [{ readonly error: unknown }] }).choices[0].error;
  };
  expect(await quoted({ kind: 'no-credit', vendor: 'xai', sentAs: 'reply' })).toMatchObject({
    code: 'The caller does not have permission to execute the specified operation',
    message: expect.stringContaining('credits'),
  });
  const extra: FakeFault = { kind: 'unsupported-parameter', parameter: 'top_k', vendor: 'mistral', sentAs: 'reply' };
  expect(await quoted(extra)).toEqual({
    code: 422,
    type: 'invalid_request_error',
    message: expect.stringContaining('"loc":["body","top_k"]'),
  });
  expect(await quoted({ kind: 'invalid-key', vendor: 'mistral', sentAs: 'reply' })).toMatchObject({
    code: 401,
    message: '{"detail":"Unauthorized"}',
  });
  expect(billed()).toEqual([]);
});

describe('a failed reply that reports its usage', () => {
  const fault: FakeFault = { kind: 'status', status: 502, sentAs: 'reply', reportsUsage: true };
  const REPORTED = [true, { input: 10, output: 5 }];

  test('a plain reply and a stream of both APIs of OpenAI carry the usage, and are charged for it', async () => {
    const client = OPENAIS[0][1](provider);
    provider.reply(...Array.from({ length: 4 }, () => ({ fault, tokens: { output: 5 } })));
    expect((await client.chat.completions.create(CHAT)).usage).toMatchObject({ completion_tokens: 5 });
    expect(await client.responses.create(RESPONSES)).toMatchObject({ status: 'failed', usage: { output_tokens: 5 } });
    const options = { stream: true, stream_options: { include_usage: true } };
    const { text } = await post('/chat/completions', { ...CHAT, ...options });
    expect(JSON.parse(events(text)[1]?.slice(6) ?? '')).toMatchObject({ usage: { completion_tokens: 5 } });
    const stream = await collect(await client.responses.create({ ...RESPONSES, stream: true }));
    expect(stream.at(-1)).toMatchObject({ type: 'response.failed', response: { usage: { output_tokens: 5 } } });
    expect(billed()).toEqual([REPORTED, REPORTED, REPORTED, REPORTED]);
  });

  test('a chat stream without requested usage, and a Messages error, report no usage and are free', async () => {
    provider.reply(fault, fault);
    await post('/chat/completions', { ...CHAT, stream: true });
    await post('/messages', { ...MESSAGES, stream: true });
    expect(billed()).toEqual([]);
  });
});

describe('an error after a part of the reply', () => {
  test.each(['event', 'reply'] as const)(
    'the output before an error is charged by its characters (sentAs: %s), and the SDK reads the output first',
    async sentAs => {
      const seen: unknown[] = [];
      provider.reply({ text: 'abcdefgh', fault: { ...OVERLOADED, sentAs, afterEvents: 3 } });
      const stream = await OPENAIS[0][1](provider).chat.completions.create({ ...CHAT, stream: true });
      await expect(
        (async () => {
          for await (const { choices } of stream) seen.push(choices[0]?.delta.content);
        })(),
      ).rejects.toThrow();
      expect(seen).toEqual(['', 'ab', 'cd']);
      await provider.idle();
      const sent = JSON.stringify({ ...CHAT, stream: true }).length;
      expect(billed()).toEqual([[false, { input: Math.ceil(sent / 4), output: 1 }]]);
    },
  );

  test('the input that the Messages API has reported is charged', async () => {
    provider.reply({ ...OVERLOADED, sentAs: 'event', afterEvents: 1 });
    await post('/messages', { ...MESSAGES, stream: true });
    expect(billed()).toEqual([[false, { input: 10 }]]);
  });

  test('the input is charged once an item of the output has begun, even if no character of it was sent', async () => {
    provider.reply({ ...OVERLOADED, sentAs: 'event', afterEvents: 3 });
    const body = { ...RESPONSES, stream: true };
    expect((await post('/responses', body)).text).toContain('response.output_item.added');
    expect(billed()).toEqual([[false, { input: Math.ceil(JSON.stringify(body).length / 4) }]]);
  });

  test('events before the model’s output are free', async () => {
    provider.reply(
      { ...OVERLOADED, sentAs: 'event', afterEvents: 1 },
      { ...OVERLOADED, sentAs: 'reply', afterEvents: 2 },
    );
    await post('/chat/completions', { ...CHAT, stream: true });
    expect(events((await post('/responses', { ...RESPONSES, stream: true })).text)).toHaveLength(3);
    expect(billed()).toEqual([]);
  });
});

test('the headers of an error are sent in every form of error', async () => {
  for (const sentAs of ['http', 'json', 'event', 'reply'] as const) {
    provider.reply({ ...OVERLOADED, sentAs, retryAfter: { text: '1, 2' }, shouldRetry: false });
    const response = await fetch(`${provider.openaiBaseURL}/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ ...CHAT, stream: true }),
    });
    await response.text();
    expect([response.headers.get('retry-after'), response.headers.get('x-should-retry')]).toEqual(['1, 2', 'false']);
  }
});
