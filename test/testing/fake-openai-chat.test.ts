import { zodResponseFormat } from 'openai/helpers/zod';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FakeProvider } from '../../src/testing/fake-provider.ts';
import { startFakeProvider } from '../../src/testing/fake-provider.ts';
import { Answer, collect, MODELS, OPENAIS, user } from './official-clients.ts';

let provider: FakeProvider;
beforeAll(async () => {
  provider = await startFakeProvider({ models: MODELS });
});
afterAll(() => provider.close());

describe.each(OPENAIS)('chat completions with the %s openai', (_, make) => {
  test('a plain reply has text, usage, service tier and the request id that is on the bill', async () => {
    const { data, request_id: id } = await make(provider)
      .chat.completions.create({ model: 'mini', messages: user('Hello') })
      .withResponse();
    expect(data.choices[0]?.message.content).toContain('[solved]');
    expect(data.usage).toMatchObject({ prompt_tokens: 108, completion_tokens: 13, total_tokens: 121 });
    expect(data.usage?.prompt_tokens_details?.cached_tokens).toBe(7);
    expect(data.service_tier).toBe('default');
    expect(provider.bill().requests.at(-1)).toMatchObject({ requestId: id, model: 'mini', reported: true });
  });

  test('a stream has the same content as a plain reply, and its usage when requested', async () => {
    const chunks = await collect(
      await make(provider).chat.completions.create({
        model: 'mini',
        messages: user('Hello'),
        stream: true,
        stream_options: { include_usage: true },
      }),
    );
    expect(chunks.map(chunk => chunk.choices[0]?.delta.content ?? '').join('')).toContain('[solved]');
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 121 } });
    const silent = await collect(
      await make(provider).chat.completions.create({ model: 'mini', messages: user('Hello'), stream: true }),
    );
    expect(silent.some(chunk => 'usage' in chunk)).toBe(false);
    expect(provider.bill().requests.at(-1)?.reported).toBe(false);
  });

  test('the SDK helpers `parse`, `stream` and `runTools` work', async () => {
    const client = make(provider);
    const parsed = await client.chat.completions.parse({
      model: 'mini',
      messages: user('Where?'),
      response_format: zodResponseFormat(Answer, 'answer'),
    });
    expect(parsed.choices[0]?.message.parsed).toEqual({ city: '[solved]', people: expect.any(Number), tags: [] });
    const streamed = await client.chat.completions
      .stream({ model: 'mini', messages: user('Hello') })
      .finalChatCompletion();
    expect(streamed.choices[0]?.message.content).toContain('[solved]');
    const seen: unknown[] = [];
    for (const stream of [false, true] as const) {
      const runner = client.chat.completions.runTools({
        model: 'mini',
        messages: user('Weather?'),
        ...(stream ? { stream } : {}),
        tools: [
          {
            type: 'function',
            function: {
              name: 'weather',
              parse: JSON.parse as (text: string) => { city: string },
              function: (args: { city: string }) => void seen.push(args),
              parameters: { type: 'object', properties: { city: { type: 'string' } } },
            },
          },
        ],
      } as never);
      expect(await runner.finalContent()).toContain('[solved]');
    }
    expect(seen).toEqual([{ city: 'something' }, { city: 'something' }]);
  });

  test('refusals and truncated replies have the finish reasons of the API', async () => {
    const client = make(provider);
    const refused = await client.chat.completions.create({ model: 'mini', messages: user('Do it [refuse]') });
    expect(refused.choices[0]?.message).toMatchObject({ content: null, refusal: 'I cannot help with that.' });
    const cut = await client.chat.completions.create({
      model: 'mini',
      messages: user('Hello'),
      max_completion_tokens: 5,
    });
    expect(cut.choices[0]?.finish_reason).toBe('length');
    expect(cut.usage?.completion_tokens).toBe(5);
  });

  test('an unknown model makes the SDK throw NotFoundError', async () => {
    const call = make(provider).chat.completions.create({ model: 'feature:support.reply', messages: user('Hello') });
    await expect(call).rejects.toMatchObject({ status: 404, code: 'model_not_found', name: 'Error' });
  });

  test('an unsupported parameter is answered with a 400 that names it', async () => {
    const call = make(provider).chat.completions.create({ model: 'picky', temperature: 0.2, messages: user('Hello') });
    await expect(call).rejects.toMatchObject({ status: 400, code: 'unsupported_parameter', param: 'temperature' });
  });
});
