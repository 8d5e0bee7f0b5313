/** The AI SDK does through an intent's `fetch` what it does without the router, provider by provider. */
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { LanguageModel } from 'ai';
import { APICallError, generateObject, generateText, stepCountIs, streamText, tool } from 'ai';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Side } from './compared.ts';
import { all, sameOnBothSides } from './compared.ts';

interface Provider {
  readonly name: string;
  readonly provider: 'openai' | 'anthropic';
  readonly model: string;
  readonly make: (side: Side, model: string) => LanguageModel;
}

const PROVIDERS: readonly Provider[] = [
  {
    name: 'openai, responses',
    provider: 'openai',
    model: 'gpt-5',
    make: (side, model) => createOpenAI({ ...side, apiKey: 'k' })(model),
  },
  {
    name: 'openai, chat',
    provider: 'openai',
    model: 'gpt-4.1',
    make: (side, model) => createOpenAI({ ...side, apiKey: 'k' }).chat(model),
  },
  {
    name: 'anthropic',
    provider: 'anthropic',
    model: 'claude-sonnet-4-5',
    make: ({ baseURL, fetch }, model) => createAnthropic({ baseURL: `${baseURL}/v1`, fetch, apiKey: 'k' })(model),
  },
  {
    name: 'openai-compatible',
    provider: 'openai',
    model: 'llama-4',
    make: (side, model) =>
      createOpenAICompatible({
        ...side,
        name: 'own',
        apiKey: 'k',
        includeUsage: true,
        supportsStructuredOutputs: true,
      })(model),
  },
];

describe.each(PROVIDERS)('AI SDK, $name', ({ provider, model, make }) => {
  const work = { provider, model };

  test('a generated text, its usage and its finish reason are the same as without the router', async () => {
    const { value } = await sameOnBothSides(work, async side => {
      const { text, usage, finishReason, warnings } = await generateText({ model: make(side, model), prompt: 'Hello' });
      return { text, usage, finishReason, warnings };
    });
    expect(value).toMatchObject({ finishReason: 'stop', usage: { inputTokens: 100, outputTokens: 10 } });
  });

  test('a streamed text has the same parts in the same order as without the router', async () => {
    const { value } = await sameOnBothSides(work, async side => {
      const { stream } = streamText({ model: make(side, model), prompt: 'Hello' });
      return (await all(stream)).map(part => [part.type, 'text' in part ? part.text : undefined]);
    });
    expect(value.filter(([type]) => type === 'text-delta').length).toBeGreaterThan(1);
  });

  test('an object with a schema is the same as without the router', async () => {
    const { value } = await sameOnBothSides(work, async side => {
      const { object } = await generateObject({
        model: make(side, model),
        schema: z.object({ city: z.string(), days: z.number() }),
        prompt: 'Hello',
      });
      return object;
    });
    expect(value).toMatchObject({ days: expect.any(Number) });
  });

  test('all turns of a loop with tools are the same as without the router, and belong to one intent', async () => {
    const { attempts } = await sameOnBothSides(work, async side => {
      const { text, steps } = await generateText({
        model: make(side, model),
        prompt: 'The weather?',
        tools: {
          weather: tool({ inputSchema: z.object({ city: z.string() }), execute: ({ city }) => `rain in ${city}` }),
        },
        stopWhen: stepCountIs(3),
      });
      return { text, calls: steps.map(step => step.toolCalls.map(call => [call.toolName, call.input])) };
    });
    expect(attempts.map(({ turn }) => turn)).toEqual([1, 2]);
  });

  test('an error is the same as without the router', async () => {
    const { value } = await sameOnBothSides({ ...work, faults: () => ({ kind: 'status', status: 400 }) }, async side =>
      generateText({ model: make(side, model), prompt: 'Hello' }).then(
        () => undefined,
        (error: unknown) => {
          if (!APICallError.isInstance(error)) throw error;
          const { name, message, statusCode, isRetryable, responseBody } = error;
          return { name, message, statusCode, isRetryable, responseBody };
        },
      ),
    );
    expect(value).toMatchObject({ statusCode: 400, isRetryable: false });
  });

  test('a text after one failure of the provider is the same as without the router', async () => {
    const { attempts } = await sameOnBothSides(
      { ...work, faults: [{ kind: 'status', status: 503, retryAfter: { ms: 1 } }] },
      async side => {
        const { text } = await generateText({ model: make(side, model), prompt: 'Hello' });
        return text;
      },
    );
    expect(attempts.map(({ status }) => status)).toEqual(['provider-fault', 'ok']);
  });
});

describe('AI SDK, what it chooses by the name of the model', () => {
  const bodyOf = async (provider: 'openai' | 'anthropic', model: string, use: (side: Side) => Promise<unknown>) => {
    const { bodies } = await sameOnBothSides({ provider, model }, async side => {
      await use(side);
    });
    return bodies[0];
  };
  const claude = ({ baseURL, fetch }: Side) => createAnthropic({ baseURL: `${baseURL}/v1`, fetch, apiKey: 'k' });
  const gpt = (side: Side) => createOpenAI({ ...side, apiKey: 'k' });

  test.each([
    ['claude-sonnet-4-5', 64_000],
    ['claude-opus-4-6', 128_000],
  ])('%s keeps its own limit of output tokens', async (model, max_tokens) => {
    const body = await bodyOf('anthropic', model, async side =>
      generateText({ model: claude(side)(model), prompt: 'Hello' }),
    );
    expect(body).toMatchObject({ max_tokens });
  });

  test('a model with native schemas is asked for an object with its schema, not with a forced tool call', async () => {
    const body = await bodyOf('anthropic', 'claude-sonnet-4-5', async side =>
      generateObject({
        model: claude(side)('claude-sonnet-4-5'),
        schema: z.object({ city: z.string() }),
        prompt: 'Hello',
      }),
    );
    expect(body).toMatchObject({ output_config: { format: { type: 'json_schema' } } });
    expect(body).not.toHaveProperty('tools');
  });

  test('a reasoning model keeps its effort, its tier and its encrypted reasoning, and gets no temperature', async () => {
    const body = await bodyOf('openai', 'gpt-5', async side =>
      generateText({
        model: gpt(side)('gpt-5'),
        prompt: 'Hello',
        temperature: 0.2,
        providerOptions: { openai: { reasoningEffort: 'low', serviceTier: 'flex', store: false } },
      }),
    );
    expect(body).toMatchObject({
      reasoning: { effort: 'low' },
      service_tier: 'flex',
      include: ['reasoning.encrypted_content'],
    });
    expect(body).not.toHaveProperty('temperature');
  });

  test('a model with a priority tier keeps it', async () => {
    const body = await bodyOf('openai', 'gpt-4.1', async side =>
      generateText({
        model: gpt(side)('gpt-4.1'),
        prompt: 'Hello',
        providerOptions: { openai: { serviceTier: 'priority' } },
      }),
    );
    expect(body).toMatchObject({ service_tier: 'priority' });
  });
});
