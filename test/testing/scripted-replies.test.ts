import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/core/math/random.ts';
import type { FakeRequest } from '../../src/testing/fake-api.ts';
import type { FakeModel } from '../../src/testing/fake-model.ts';
import type { LoggedRequest } from '../../src/testing/request-log.ts';
import type { Script, ScriptedReply } from '../../src/testing/scripted-replies.ts';
import { planScripted, replyQueue } from '../../src/testing/scripted-replies.ts';
import { startFakeProvider } from '../../src/testing/fake-provider.ts';
import { ANTHROPICS, collect, OPENAIS, user } from './official-clients.ts';

/** A request to this model. */
const to = (model: string) => ({ model, body: {}, text: '{}' }) as LoggedRequest;

function queued(...scripts: readonly Script[]) {
  const queue = replyQueue();
  queue.add(scripts);
  return queue;
}

describe('the queue', () => {
  test('replies are used once and in order', () => {
    const queue = queued('a', 'b');
    queue.add(['c']);
    expect(queue.length).toBe(3);
    expect(Array.from({ length: 4 }, () => queue.take(to('mini'))?.text)).toEqual(['a', 'b', 'c', undefined]);
    expect(queue.length).toBe(0);
  });

  test('a reply for one model waits for a request to that model', () => {
    const queue = queued({ model: 'premium', text: 'p' }, 'any', { model: 'premium', text: 'q' });
    expect(queue.take(to('mini'))?.text).toBe('any');
    expect(queue.take(to('mini'))).toBeUndefined();
    expect([queue.take(to('premium'))?.text, queue.take(to('premium'))?.text]).toEqual(['p', 'q']);
  });

  test.each([
    ['a text', 'Hello', { text: 'Hello' }],
    ['a status', 503, { fault: { kind: 'status', status: 503 } }],
    ['a fault', { kind: 'reset' }, { fault: { kind: 'reset' } }],
    ['a full reply', { text: 'x', tokens: { output: 3 } }, { text: 'x', tokens: { output: 3 } }],
  ] as const)('%s can be scripted as a reply', (_, script, expected) => {
    expect(queued(script).take(to('mini'))).toEqual(expected);
  });
});

describe('the planned reply', () => {
  const request = {
    lastUserText: '[refuse] [task:1]',
    tools: [{ name: 'lookUp', schema: {} }],
    schema: { type: 'object' },
    maxOutputTokens: 3,
    endsWithToolResult: false,
    rememberedChars: 0,
    thinks: false,
  } as unknown as FakeRequest;
  const plan = (script: ScriptedReply, model: Partial<FakeModel> = {}) =>
    planScripted(script, {
      model: { price: { input: '1', output: '2' }, text: 'never', ...model },
      request,
      requestChars: 400,
      lacks: [],
      random: seededRandom(1),
    });

  test('a scripted text is sent exactly, whatever tags, tools, schema and limit the request has', () => {
    expect(plan({ text: 'not { JSON' })).toMatchObject({
      text: 'not { JSON',
      refusal: undefined,
      toolCalls: [],
      finish: 'stop',
      solved: undefined,
    });
  });

  test('scripted tool calls carry their arguments as JSON', () => {
    expect(plan({ toolCalls: [{ name: 'lookUp', arguments: { order: 7 } }] })).toMatchObject({
      text: '',
      finish: 'tool-calls',
      toolCalls: [{ name: 'lookUp', arguments: '{"order":7}' }],
    });
  });

  test('a scripted refusal ends the reply and replaces its text', () => {
    expect(plan({ text: 'x', refusal: 'No.' })).toMatchObject({ text: '', refusal: 'No.', finish: 'refusal' });
  });

  test('a scripted fault without a text cuts the model’s own reply short, with the tokens of the script', () => {
    const fault = { kind: 'cut', afterEvents: 3 } as const;
    const own = { ...request, lastUserText: 'Hello', tools: [], schema: undefined, maxOutputTokens: undefined };
    const planned = planScripted(
      { fault, tokens: { output: 7 } },
      {
        model: { price: { input: '1', output: '2' }, text: 'own', tokens: { input: 5, output: 9 } },
        request: own,
        requestChars: 400,
        lacks: [],
        random: seededRandom(1),
      },
    );
    expect(planned).toMatchObject({ text: '[solved] own', tokens: { input: 5, output: 7 } });
    expect(plan({ fault, text: '' })).toMatchObject({ text: '', tokens: { output: 0 } });
  });

  test('scripted token counts take precedence over the model’s, and the model’s over characters ÷ 4', () => {
    const ofModel = { tokens: { input: 7, output: 9, cacheRead: 2 } };
    expect(plan({ text: '123456789' }).tokens).toMatchObject({ input: 100, output: 3 });
    expect(plan({ text: '123456789' }, ofModel).tokens).toMatchObject({ input: 7, output: 9, cacheRead: 2 });
    expect(plan({ text: 'x', tokens: { output: 500 } }, ofModel).tokens).toMatchObject({ input: 7, output: 500 });
    const byTask = { tokens: () => ({ output: 11 }) };
    expect(plan({ text: 'x', tokens: { input: 1 } }, byTask).tokens).toMatchObject({ input: 1, output: 11 });
  });
});

describe('replies without text that the official SDKs read', () => {
  const models = { mini: { price: { input: '1', output: '2' }, tokens: { input: 10, output: 5 } } };
  const chat = { model: 'mini', messages: user('Draw it') };
  const REPORTED = { reported: true, costNanoUsd: 20_000n };

  test('an image comes as an image generation call, and as an image of a chat message', async () => {
    await using provider = await startFakeProvider({ models });
    const client = OPENAIS[0][1](provider);
    const image = { image: 'AAAA' };
    provider.reply(image, image, image, image);
    const call = { type: 'image_generation_call', status: 'completed', result: 'AAAA' };
    const request = { model: 'mini', input: 'Draw it' };
    expect(await client.responses.create(request)).toMatchObject({ output: [call], output_text: '' });
    const events = await collect(await client.responses.create({ ...request, stream: true }));
    expect(events.at(-1)).toMatchObject({ type: 'response.completed', response: { output: [call] } });
    const images = [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }];
    expect((await client.chat.completions.create(chat)).choices).toMatchObject([
      { message: { content: null, images } },
    ]);
    const chunks = await collect(await client.chat.completions.create({ ...chat, stream: true }));
    expect(chunks.map(({ choices }) => choices[0]?.delta)).toContainEqual({
      images: [expect.objectContaining(images[0] ?? {})],
    });
    expect(provider.bill().requests.slice(0, 3)).toMatchObject([REPORTED, REPORTED, REPORTED]);
  });

  test('audio comes as the audio of a chat message, whole or in a stream', async () => {
    await using provider = await startFakeProvider({ models });
    const client = OPENAIS[0][1](provider);
    const audio = { data: 'AA', transcript: 'Hello' };
    provider.reply({ audio }, { audio });
    expect((await client.chat.completions.create(chat)).choices).toMatchObject([{ message: { content: null, audio } }]);
    const usage = { stream: true, stream_options: { include_usage: true } } as const;
    const chunks = await collect(await client.chat.completions.create({ ...chat, ...usage }));
    expect(chunks.map(({ choices }) => choices[0]?.delta)).toContainEqual({ audio: expect.objectContaining(audio) });
    expect(provider.bill().requests).toMatchObject([REPORTED, REPORTED]);
  });

  test('a paused turn ends with `pause_turn` after the provider’s own search', async () => {
    await using provider = await startFakeProvider({ models });
    const client = ANTHROPICS[0][1](provider);
    provider.reply({ paused: true }, { text: 'I search.', paused: true });
    const search = { type: 'server_tool_use', name: 'web_search', input: { query: 'it' } };
    const request = { ...chat, max_tokens: 100 };
    const paused = { stop_reason: 'pause_turn', content: [search] };
    expect(await client.messages.create(request)).toMatchObject(paused);
    expect(await client.messages.stream(request).finalMessage()).toMatchObject({
      stop_reason: 'pause_turn',
      content: [{ type: 'text', text: 'I search.' }, search],
    });
    expect(provider.bill().requests).toMatchObject([REPORTED, REPORTED]);
  });
});
