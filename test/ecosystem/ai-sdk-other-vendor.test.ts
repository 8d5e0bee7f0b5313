/** The AI SDK's own providers through an intent's `fetch`, where a model of another vendor, or of its other API, answers. */
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { LanguageModel } from 'ai';
import { APICallError, generateText, Output, stepCountIs, streamText, tool } from 'ai';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { ModelConfig } from '../../src/config/application.ts';
import { createRouterOn } from '../../src/router.ts';
import { memory } from '../../src/stores/memory.ts';
import type { FakeProvider } from '../../src/testing/fake-provider.ts';
import { startFakeProvider } from '../../src/testing/fake-provider.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';

globalThis.AI_SDK_LOG_WARNINGS = false;

const open: FakeProvider[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(async server => server.close()));
});

type Fetch = typeof globalThis.fetch;
interface Case {
  readonly name: string;
  readonly make: (fetch: Fetch) => LanguageModel;
  /** The only candidate. */
  readonly model: string;
  readonly api?: ModelConfig['api'];
}

const gpt5 = (fetch: Fetch) => createOpenAI({ fetch, apiKey: 'k' })('gpt-5');
const gpt41 = (fetch: Fetch) => createOpenAI({ fetch, apiKey: 'k' }).chat('gpt-4.1');
const sonnet = (fetch: Fetch) => createAnthropic({ fetch, apiKey: 'k' })('claude-sonnet-4-5');
const opus = (fetch: Fetch) => createAnthropic({ fetch, apiKey: 'k' })('claude-opus-4-6');
const compatible = (fetch: Fetch) =>
  createOpenAICompatible({
    fetch,
    apiKey: 'k',
    name: 'own',
    baseURL: 'https://example.com/v1',
    includeUsage: true,
    supportsStructuredOutputs: true,
  })('llama-4');

const CASES: readonly Case[] = [
  { name: 'openai, responses', make: gpt5, model: 'claude-opus-4-6' },
  { name: 'openai, chat', make: gpt41, model: 'claude-opus-4-6' },
  { name: 'openai-compatible', make: compatible, model: 'claude-opus-4-6' },
  { name: 'openai, responses', make: gpt5, model: 'gpt-4.1', api: 'openai-chat' },
  { name: 'anthropic', make: sonnet, model: 'gpt-4.1', api: 'openai-chat' },
  { name: 'anthropic', make: opus, model: 'gpt-5', api: 'openai-responses' },
];

async function setUp({ make, model, api }: Case) {
  const price = { input: '3', output: '15' };
  const fake = await startFakeProvider({ models: { [model]: { price, tokens: { input: 120, output: 30 } } } });
  open.push(fake);
  const isClaude = model.startsWith('claude');
  const store = memory();
  const router = createRouterOn(testRuntime(), {
    models: {
      only: {
        provider: isClaude ? 'anthropic' : 'openai',
        model,
        apiKey: 'sk-endpoint',
        baseURL: isClaude ? fake.anthropicBaseURL : fake.openaiBaseURL,
        price: { inputUsdPerMillion: 3, outputUsdPerMillion: 15 },
        ...(api !== undefined && { api }),
      },
    },
    features: { f: { candidates: ['only'], failureCostUsd: 1, retries: 0, stateless: true } },
    store,
  });
  const { fetch } = router.feature('f').intent();
  /** The turns of the attempts in the ledger, which cost what the provider billed. */
  const billedTurns = async (): Promise<readonly number[]> => {
    await fake.idle();
    await router.flush();
    const records = await Array.fromAsync(store.scan());
    const attempts = records.flatMap(record => (record.kind === 'attempted' ? [record.attempt] : []));
    expect(BigInt(attempts.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0))).toBe(fake.bill().totalNanoUsd);
    return attempts.map(({ turn }) => turn);
  };
  return { fake, call: { model: make(fetch), prompt: 'The weather?', maxRetries: 0 }, billedTurns };
}

const pixels = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]).toString('base64');
const pdf = Buffer.from('%PDF-1.4 the file').toString('base64');
const weather = tool({
  description: 'The weather',
  inputSchema: z.object({ city: z.string() }),
  execute({ city }) {
    if (city === 'Atlantis') throw new Error('no such city');
    return 'rain';
  },
  toModelOutput: ({ output }) => ({
    type: 'content',
    value: [
      { type: 'text', text: output },
      { type: 'image-data', data: pixels, mediaType: 'image/png' },
    ],
  }),
});

describe.each(CASES)('$name, answered by $model', each => {
  test('a text has its usage and its finish reason, plain and streamed', async () => {
    const { fake, call, billedTurns } = await setUp(each);
    fake.reply({ text: 'It rains.' }, { text: 'It rains.' });
    const expected = { text: 'It rains.', finishReason: 'stop', usage: { inputTokens: 120, outputTokens: 30 } };
    expect(await generateText({ ...call, system: 'Be brief.' })).toMatchObject(expected);
    const streamed = streamText(call);
    expect((await Array.fromAsync(streamed.textStream)).join('')).toBe('It rains.');
    const { finishReason, usage } = streamed;
    expect({ finishReason: await finishReason, usage: await usage }).toMatchObject({
      finishReason: 'stop',
      usage: { inputTokens: 120, outputTokens: 30 },
    });
    expect(await billedTurns()).toEqual([1, 2]);
  });

  test('an object follows its schema, plain and streamed', async () => {
    const { fake, call } = await setUp(each);
    fake.reply({ text: '{"city":"Bern"}' }, { text: '{"city":"Bern"}' });
    const output = Output.object({ schema: z.object({ city: z.string(), country: z.string().optional() }) });
    expect((await generateText({ ...call, output })).output).toEqual({ city: 'Bern' });
    expect(await streamText({ ...call, output }).output).toEqual({ city: 'Bern' });
    expect(fake.requests()[0]?.text).toContain('"country"');
  });

  test.each([false, true])(
    'a loop with reasoning and tools sends pictures and errors of tools back (streamed: %s)',
    async isStream => {
      const { fake, call, billedTurns } = await setUp(each);
      const toolCalls = ['Bern, "old town"', 'Atlantis'].map(city => ({ name: 'weather', arguments: { city } }));
      fake.reply({ text: 'I look.', toolCalls }, { text: 'It rains.' });
      const loop = { ...call, reasoning: 'high' as const, tools: { weather }, stopWhen: stepCountIs(3) };
      const result = isStream ? streamText(loop) : await generateText(loop);
      expect(await result.text).toBe('It rains.');
      const [first, second] = await result.steps;
      expect([first?.finishReason, second?.finishReason]).toEqual(['tool-calls', 'stop']);
      expect(first?.toolCalls.map(({ input }) => input)).toEqual(toolCalls.map(({ arguments: input }) => input));
      const { text } = fake.requests()[1] ?? { text: '' };
      for (const said of ['I look.', 'old town', pixels, 'no such city']) expect(text).toContain(said);
      expect(await billedTurns()).toEqual([1, 2]);
    },
  );

  test('pictures and documents reach the model', async () => {
    const { fake, call } = await setUp(each);
    const content = [
      { type: 'text' as const, text: 'What is it?' },
      { type: 'file' as const, data: pixels, mediaType: 'image/png' },
      { type: 'file' as const, data: pdf, mediaType: 'application/pdf', filename: 'a.pdf' },
    ];
    const { model, maxRetries } = call;
    await generateText({ model, maxRetries, messages: [{ role: 'user', content }] });
    for (const data of [pixels, pdf]) expect(fake.requests()[0]?.text).toContain(data);
  });

  test('a refusal is an APICallError with the vendor’s status, without the endpoint’s key', async () => {
    const { fake, call } = await setUp(each);
    fake.reply(400, { fault: { kind: 'status', status: 429 } }, { fault: { kind: 'status', status: 429 } });
    for (const [statusCode, isRetryable] of [
      [400, false],
      [429, true],
    ] as const) {
      const error: unknown = await generateText(call).catch((thrown: unknown) => thrown);
      expect(APICallError.isInstance(error)).toBe(true);
      expect(error).toMatchObject({ statusCode, isRetryable });
      expect(JSON.stringify(error)).not.toContain('sk-endpoint');
    }
  });
});

test('a model of another vendor gets the limit, the effort and the schema that the AI SDK writes for a real model’s name', async () => {
  const anthropic = await setUp({ name: '', make: opus, model: 'gpt-5', api: 'openai-responses' });
  anthropic.fake.reply({ text: '{"city":"Bern"}' });
  const output = Output.object({ schema: z.object({ city: z.string() }) });
  await generateText({ ...anthropic.call, output });
  expect(anthropic.fake.requests()[0]?.body).toMatchObject({
    max_output_tokens: 128_000,
    text: { format: { type: 'json_schema', strict: true } },
  });

  const openai = await setUp({ name: '', make: gpt5, model: 'claude-opus-4-6' });
  const options = { openai: { reasoningEffort: 'low', serviceTier: 'flex' } };
  await generateText({ ...openai.call, temperature: 0.2, providerOptions: options });
  expect(openai.fake.requests()[0]?.body).toMatchObject({
    thinking: { type: 'adaptive' },
    output_config: { effort: 'low' },
  });
  expect(openai.fake.requests()[0]?.body).not.toHaveProperty('temperature');
});
