/** LangChain does through an intent's `fetch` what it does without the router: its OpenAI and its Anthropic models. */
import { ChatAnthropic } from '@langchain/anthropic';
import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import type { AIMessageChunk } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI } from '@langchain/openai';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { failure } from '../support/drop-in.ts';
import type { Side } from './compared.ts';
import { all, sameOnBothSides } from './compared.ts';

interface Vendor {
  readonly name: string;
  readonly provider: 'openai' | 'anthropic';
  readonly model: string;
  readonly make: (side: Side, model: string) => BaseChatModel<object>;
}

const openai = (side: Side, model: string, more: object = {}): ChatOpenAI =>
  new ChatOpenAI({ model, apiKey: 'k', configuration: { ...side }, ...more });

const VENDORS: readonly Vendor[] = [
  { name: 'openai, chat', provider: 'openai', model: 'gpt-4.1', make: openai },
  {
    name: 'openai, responses',
    provider: 'openai',
    model: 'gpt-5',
    make: (side, model) => openai(side, model, { useResponsesApi: true }),
  },
  {
    name: 'anthropic',
    provider: 'anthropic',
    model: 'claude-sonnet-4-5',
    make: ({ baseURL, fetch }, model) =>
      new ChatAnthropic({ model, apiKey: 'k', anthropicApiUrl: baseURL, clientOptions: { fetch } }),
  },
];

function facts({ text, tool_calls, usage_metadata, response_metadata }: AIMessageChunk): object {
  return { text, tool_calls, usage_metadata, response_metadata };
}

describe.each(VENDORS)('LangChain, $name', ({ provider, model, make }) => {
  const work = { provider, model };

  test('a reply, its usage and its metadata are the same as without the router', async () => {
    const { value } = await sameOnBothSides(work, async side => facts(await make(side, model).invoke('Hello')));
    expect(value).toMatchObject({ usage_metadata: { input_tokens: 100, output_tokens: 10 } });
  });

  test('a stream has the same chunks in the same order as without the router', async () => {
    const { value } = await sameOnBothSides(work, async side =>
      (await all(make(side, model).stream('Hello'))).map(facts),
    );
    expect(value.length).toBeGreaterThan(2);
  });

  test('an object with a schema is the same as without the router', async () => {
    const { value } = await sameOnBothSides(work, async side =>
      make(side, model)
        .withStructuredOutput(z.object({ city: z.string(), days: z.number() }))
        .invoke('Hello'),
    );
    expect(value).toMatchObject({ days: expect.any(Number) });
  });

  test('a call of a tool is the same as without the router', async () => {
    const weather = tool(({ city }) => `rain in ${city}`, {
      name: 'weather',
      description: 'The weather',
      schema: z.object({ city: z.string() }),
    });
    const { value } = await sameOnBothSides(work, async side => {
      const { tool_calls = [] } = (await make(side, model).bindTools?.([weather]).invoke('The weather?')) ?? {};
      return tool_calls.map(({ name, args }) => ({ name, args }));
    });
    expect(value).toEqual([{ name: 'weather', args: { city: expect.any(String) } }]);
  });

  test('an error is the same as without the router', async () => {
    const { value } = await sameOnBothSides(
      { ...work, faults: () => ({ kind: 'status', status: 400 }) },
      async side => {
        const { name, message, status } = (await failure(make(side, model).invoke('Hello'))) as Record<string, unknown>;
        return { name, message, status };
      },
    );
    expect(value).toMatchObject({ status: 400 });
  });
});

test('a reasoning model keeps its effort and its own name for the limit of output tokens', async () => {
  const { bodies } = await sameOnBothSides({ provider: 'openai', model: 'gpt-5' }, async side => {
    const chat = openai(side, 'gpt-5', { reasoning: { effort: 'low' }, maxTokens: 500 });
    await chat.invoke('Hello');
  });
  expect(bodies).toMatchObject([{ reasoning_effort: 'low', max_completion_tokens: 500 }]);
});
