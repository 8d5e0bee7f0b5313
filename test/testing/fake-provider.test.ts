import Anthropic from '@anthropic-ai/sdk';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod';
import AnthropicOldest from 'anthropic-oldest';
import OpenAI from 'openai';
import { zodResponseFormat, zodTextFormat } from 'openai/helpers/zod';
import OpenAIOldest from 'openai-oldest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { FakeProvider } from '../../src/testing/fake-provider.ts';
import { startFakeProvider } from '../../src/testing/fake-provider.ts';

const price = { input: '0.25', output: '2', cacheRead: '0.025' };
let provider: FakeProvider;
beforeAll(async () => {
  provider = await startFakeProvider({
    models: {
      mini: { price, tokens: { input: 101, output: 13, cacheRead: 7 } },
      silentTools: { price, callsTools: false },
      weak: { price, success: { 'support.reply': 0.5, '*': 0 } },
      thinker: { price, tokens: { output: 50, reasoning: 30 } },
      other: { price },
      picky: { price, unsupported: ['temperature'] },
    },
  });
});
afterAll(() => provider.close());

const Answer = z.object({ city: z.string(), people: z.number().int(), tags: z.array(z.string()) });
const user = (content: string) => [{ role: 'user' as const, content }];
const openais = [
  ['newest', (): OpenAI => new OpenAI({ apiKey: 'k', baseURL: provider.openaiBaseURL, maxRetries: 0 })],
  // The clients of both versions are used through what they share.
  [
    'oldest',
    () => new OpenAIOldest({ apiKey: 'k', baseURL: provider.openaiBaseURL, maxRetries: 0 }) as unknown as OpenAI,
  ],
] as const;
const anthropics = [
  ['newest', (): Anthropic => new Anthropic({ apiKey: 'k', baseURL: provider.anthropicBaseURL, maxRetries: 0 })],
  [
    'oldest',
    () =>
      new AnthropicOldest({ apiKey: 'k', baseURL: provider.anthropicBaseURL, maxRetries: 0 }) as unknown as Anthropic,
  ],
] as const;

async function collect<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe.each(openais)('chat completions with the %s openai', (_, make) => {
  test('a plain reply carries text, usage, tier and the id of its bill', async () => {
    const { data, request_id: id } = await make()
      .chat.completions.create({ model: 'mini', messages: user('Hello') })
      .withResponse();
    expect(data.choices[0]?.message.content).toContain('[solved]');
    expect(data.usage).toMatchObject({ prompt_tokens: 108, completion_tokens: 13, total_tokens: 121 });
    expect(data.usage?.prompt_tokens_details?.cached_tokens).toBe(7);
    expect(data.service_tier).toBe('default');
    expect(provider.bill().requests.at(-1)).toMatchObject({ requestId: id, model: 'mini', reported: true });
  });

  test('a stream says the same as a plain reply, and its usage when asked', async () => {
    const chunks = await collect(
      await make().chat.completions.create({
        model: 'mini',
        messages: user('Hello'),
        stream: true,
        stream_options: { include_usage: true },
      }),
    );
    expect(chunks.map(chunk => chunk.choices[0]?.delta.content ?? '').join('')).toContain('[solved]');
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 121 } });
    const silent = await collect(
      await make().chat.completions.create({ model: 'mini', messages: user('Hello'), stream: true }),
    );
    expect(silent.some(chunk => 'usage' in chunk)).toBe(false);
    expect(provider.bill().requests.at(-1)?.reported).toBe(false);
  });

  test('the helpers work: parse, stream and runTools', async () => {
    const client = make();
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

  test('refusals and cut-offs end as such', async () => {
    const client = make();
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

  test('an unknown model fails as loudly as at the provider', async () => {
    const call = make().chat.completions.create({ model: 'feature:support.reply', messages: user('Hello') });
    await expect(call).rejects.toMatchObject({ status: 404, code: 'model_not_found', name: 'Error' });
  });

  test('an unsupported parameter is a 400 that names it', async () => {
    const call = make().chat.completions.create({ model: 'picky', temperature: 0.2, messages: user('Hello') });
    await expect(call).rejects.toMatchObject({ status: 400, code: 'unsupported_parameter', param: 'temperature' });
  });
});

describe.each(openais)('responses with the %s openai', (_, make) => {
  test('plain and streamed replies agree', async () => {
    const client = make();
    const plain = await client.responses.create({ model: 'mini', input: 'Hello' });
    expect(plain.output_text).toContain('[solved]');
    expect(plain).toMatchObject({ status: 'completed', usage: { input_tokens: 108, output_tokens: 13 } });
    const events = await collect(await client.responses.create({ model: 'mini', input: 'Hello', stream: true }));
    const text = events.map(event => (event.type === 'response.output_text.delta' ? event.delta : '')).join('');
    expect(text).toBe(plain.output_text);
    expect(events.map(event => event.sequence_number)).toEqual(events.map((_event, index) => index));
    expect(events.at(-1)).toMatchObject({ type: 'response.completed', response: { usage: { total_tokens: 121 } } });
  });

  test('the helpers work: parse and stream', async () => {
    const client = make();
    const parsed = await client.responses.parse({
      model: 'mini',
      input: 'Where?',
      text: { format: zodTextFormat(Answer, 'answer') },
    });
    expect(parsed.output_parsed).toMatchObject({ city: '[solved]' });
    const streamed = await client.responses.stream({ model: 'mini', input: 'Hello' }).finalResponse();
    expect(streamed.output).toMatchObject([{ content: [{ text: expect.stringContaining('[solved]') }] }]);
  });

  test('a tool is called, and its result answered', async () => {
    const client = make();
    const tools = [
      { type: 'function' as const, name: 'weather', strict: true, parameters: { type: 'object', properties: {} } },
    ];
    const first = await client.responses.create({ model: 'mini', input: 'Weather?', tools });
    const call = first.output[0];
    if (call?.type !== 'function_call') throw new Error('no call');
    const second = await client.responses.create({
      model: 'mini',
      tools,
      previous_response_id: first.id,
      input: [{ type: 'function_call_output', call_id: call.call_id, output: 'sunny' }],
    });
    expect(second.output_text).toContain('[solved]');
    const streamed = await collect(
      await client.responses.create({ model: 'mini', input: 'Weather?', tools, stream: true }),
    );
    expect(streamed.some(event => event.type === 'response.function_call_arguments.done')).toBe(true);
  });

  test('a conversation kept on the server is charged again, and an unknown one is refused', async () => {
    const client = make();
    const first = await client.responses.create({ model: 'other', input: 'Hello '.repeat(50) });
    const second = await client.responses.create({ model: 'other', input: 'And?', previous_response_id: first.id });
    expect(second.usage?.input_tokens).toBeGreaterThan(first.usage?.input_tokens ?? 0);
    expect((await client.responses.retrieve(first.id)).output_text).toBe(first.output_text);
    const unknown = client.responses.create({ model: 'other', input: 'And?', previous_response_id: 'resp_0' });
    await expect(unknown).rejects.toMatchObject({ status: 400, code: 'previous_response_not_found' });
  });

  test('sealed reasoning can be read by the model that sealed it, and by no other', async () => {
    const client = make();
    const include = ['reasoning.encrypted_content' as const];
    const first = await client.responses.create({ model: 'thinker', input: 'Hello', include, store: false });
    const input = [...first.output, { role: 'user', content: 'And?' }] as OpenAI.Responses.ResponseInput;
    expect((await client.responses.create({ model: 'thinker', input, store: false })).status).toBe('completed');
    const elsewhere = client.responses.create({ model: 'other', input, store: false });
    await expect(elsewhere).rejects.toMatchObject({ status: 400, code: 'invalid_encrypted_content' });
  });

  test('refusals and cut-offs end as such', async () => {
    const client = make();
    const refused = await client.responses.create({ model: 'mini', input: 'Do it [refuse]' });
    expect(refused.output[0]).toMatchObject({ content: [{ type: 'refusal' }] });
    const cut = await client.responses.create({ model: 'mini', input: 'Hello', max_output_tokens: 5 });
    expect(cut).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } });
    const streamed = await collect(
      await client.responses.create({ model: 'mini', input: 'x', max_output_tokens: 5, stream: true }),
    );
    expect(streamed.at(-1)?.type).toBe('response.incomplete');
  });
});

describe.each(anthropics)('messages with the %s @anthropic-ai/sdk', (_, make) => {
  test('plain and streamed replies agree', async () => {
    const client = make();
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

  test('structured output follows the schema', async () => {
    const body = {
      model: 'mini',
      max_tokens: 100,
      messages: user('Where?'),
      output_config: { format: zodOutputFormat(Answer) },
    };
    const parsed = await make().messages.parse(body);
    expect(parsed.parsed_output).toMatchObject({ city: '[solved]' });
  });

  test('the tool runner runs tools to the answer', async () => {
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
    const last = await make().beta.messages.toolRunner(params);
    expect(last.content).toMatchObject([{ type: 'text', text: expect.stringContaining('[solved]') }]);
    for await (const stream of make().beta.messages.toolRunner({ ...params, stream: true }))
      await stream.finalMessage();
    expect(seen).toEqual([{ city: 'something' }, { city: 'something' }]);
  });

  test('thinking is signed by its model and refused by another', async () => {
    const client = make();
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

  test('refusals and cut-offs end as such, and tokens are counted for nothing', async () => {
    const client = make();
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

  test('an unknown model fails as loudly as at the provider', async () => {
    const call = make().messages.create({ model: 'feature:x', max_tokens: 100, messages: user('Hello') });
    const error = { type: 'error', error: { type: 'not_found_error', message: 'model: feature:x' } };
    await expect(call).rejects.toMatchObject({ status: 404, error });
  });
});

describe('success', () => {
  test('follows the feature, the difficulty and the seed, and the header says the same as the text', async () => {
    const client = openais[0][1]();
    const ask = async (model: string, text: string) => {
      const { data, response } = await client.chat.completions.create({ model, messages: user(text) }).withResponse();
      const solved = data.choices[0]?.message.content?.startsWith('[solved]');
      expect(response.headers.get('x-fake-outcome')).toBe(solved === true ? 'solved' : 'not-solved');
      return solved;
    };
    expect(await ask('weak', '[feature:unheard-of]')).toBe(false);
    expect(await ask('weak', '[feature:support.reply] [difficulty:0.49]')).toBe(true);
    expect(await ask('weak', '[feature:support.reply] [difficulty:0.5]')).toBe(false);
    const fates = [];
    for (let task = 0; task < 40; task++) fates.push(await ask('weak', `[feature:support.reply] [task:${task}]`));
    expect(await ask('weak', '[feature:support.reply] [task:7]')).toBe(fates[7]);
    expect(fates.filter(Boolean).length).toBeGreaterThan(8);
    expect(fates.filter(Boolean).length).toBeLessThan(32);
  });
});
