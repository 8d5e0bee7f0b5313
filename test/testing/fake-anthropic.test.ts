import type Anthropic from '@anthropic-ai/sdk';
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { FakeProvider } from '../../src/testing/fake-provider.ts';
import { startFakeProvider } from '../../src/testing/fake-provider.ts';
import { ANTHROPICS, Answer, collect, MODELS, user } from './official-clients.ts';

let provider: FakeProvider;
beforeAll(async () => {
  provider = await startFakeProvider({ models: MODELS });
});
afterAll(() => provider.close());

describe.each(ANTHROPICS)('messages with the %s @anthropic-ai/sdk', (_, make) => {
  test('a plain reply and a stream have the same content and usage', async () => {
    const client = make(provider);
    const body = { model: 'mini', max_tokens: 100, messages: user('Hello') };
    const { data, request_id: id } = await client.messages.create(body).withResponse();
    expect(data.content).toMatchObject([{ type: 'text', text: expect.stringContaining('[solved]') }]);
    expect(data.usage).toMatchObject({ input_tokens: 101, cache_read_input_tokens: 7, output_tokens: 13 });
    expect(provider.bill().requests.at(-1)).toMatchObject({ requestId: id, reported: true });
    const message = await client.messages.stream(body).finalMessage();
    expect(message.content).toMatchObject([{ type: 'text', text: (data.content[0] as { text: string }).text }]);
    expect(message).toMatchObject({ stop_reason: 'end_turn', usage: { input_tokens: 101, output_tokens: 13 } });
    const events = await collect(await client.messages.create({ ...body, stream: true }));
    expect(events[0]?.type).toBe('message_start');
    expect(events.at(-1)?.type).toBe('message_stop');
  });

  test('structured output follows the request’s schema', async () => {
    const body = {
      model: 'mini',
      max_tokens: 100,
      messages: user('Where?'),
      output_config: { format: zodOutputFormat(Answer) },
    };
    const parsed = await make(provider).messages.parse(body);
    expect(parsed.parsed_output).toMatchObject({ city: '[solved]' });
  });

  test('the SDK’s tool runner calls the tools and gets an answer', async () => {
    const seen: unknown[] = [];
    const weather = betaZodTool({
      name: 'weather',
      description: 'The weather',
      inputSchema: z.object({ city: z.string() }),
      run: args => {
        seen.push(args);
        return 'sunny';
      },
    });
    const params = { model: 'mini', max_tokens: 100, messages: user('Weather?'), tools: [weather] };
    const last = await make(provider).beta.messages.toolRunner(params);
    expect(last.content).toMatchObject([{ type: 'text', text: expect.stringContaining('[solved]') }]);
    for await (const stream of make(provider).beta.messages.toolRunner({ ...params, stream: true }))
      await stream.finalMessage();
    expect(seen).toEqual([{ city: 'something' }, { city: 'something' }]);
  });

  test('a model signs its thinking, and another model refuses thinking with that signature', async () => {
    const client = make(provider);
    const thinking = { type: 'enabled' as const, budget_tokens: 1024 };
    const first = await client.messages
      .stream({ model: 'thinker', max_tokens: 2000, thinking, messages: user('Hello') })
      .finalMessage();
    expect(first.content[0]).toMatchObject({ type: 'thinking', thinking: 'Let me think about it.' });
    const messages = [
      ...user('Hello'),
      { role: 'assistant', content: first.content } as Anthropic.MessageParam,
      ...user('And?'),
    ];
    expect((await client.messages.create({ model: 'thinker', max_tokens: 2000, thinking, messages })).stop_reason).toBe(
      'end_turn',
    );
    const elsewhere = client.messages.create({ model: 'other', max_tokens: 2000, thinking, messages });
    await expect(elsewhere).rejects.toMatchObject({ status: 400 });
  });

  test('refusals and truncated replies have the stop reasons of the API, and counting tokens is free', async () => {
    const client = make(provider);
    const refused = await client.messages.create({ model: 'mini', max_tokens: 100, messages: user('Do it [refuse]') });
    expect(refused.stop_reason).toBe('refusal');
    const cut = await client.messages.create({ model: 'mini', max_tokens: 5, messages: user('Hello') });
    expect(cut).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: 5 } });
    const before = provider.bill().totalNanoUsd;
    expect(
      (await client.messages.countTokens({ model: 'mini', messages: user('Hello') })).input_tokens,
    ).toBeGreaterThan(0);
    expect(provider.bill().totalNanoUsd).toBe(before);
  });

  test.each([
    [400, 'invalid_request_error'],
    [401, 'authentication_error'],
    [403, 'permission_error'],
    [404, 'not_found_error'],
    [413, 'request_too_large'],
    [422, 'invalid_request_error'],
    [429, 'rate_limit_error'],
    [500, 'api_error'],
    [529, 'overloaded_error'],
  ])('the status %i has the error type %s', async (status, type) => {
    provider.reply(status);
    const body = JSON.stringify({ model: 'mini', max_tokens: 9, messages: [{ role: 'user', content: 'x' }] });
    const response = await fetch(`${provider.anthropicBaseURL}/v1/messages`, { method: 'POST', body });
    expect([response.status, await response.json()]).toEqual([
      status,
      expect.objectContaining({ error: { type, message: expect.any(String) } }),
    ]);
  });

  test('an unknown model makes the SDK throw NotFoundError', async () => {
    const call = make(provider).messages.create({ model: 'feature:x', max_tokens: 100, messages: user('Hello') });
    const error = { type: 'error', error: { type: 'not_found_error', message: 'model: feature:x' } };
    await expect(call).rejects.toMatchObject({ status: 404, error });
  });
});
