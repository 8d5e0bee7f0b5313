/** Both major versions of the AI SDK with a model that is an intent, over HTTP, against candidates of both vendors. */
import * as ai7 from 'ai';
import * as ai6 from 'ai-6';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { outcome, outcomeV3 } from '../../src/ai-sdk/outcome.ts';
import type { ModelConfig } from '../../src/config/application.ts';
import { RouterError } from '../../src/errors.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { createRouterOn } from '../../src/router.ts';
import { memory } from '../../src/stores/memory.ts';
import type { FakeProvider, FakeProviderOptions } from '../../src/testing/fake-provider.ts';
import { startFakeProvider } from '../../src/testing/fake-provider.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';

globalThis.AI_SDK_LOG_WARNINGS = false;

const open: FakeProvider[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(async server => server.close()));
});

type Chosen = 'gpt' | 'chat' | 'claude';
const NAMES: Readonly<Record<Chosen, string>> = { gpt: 'gpt-5', chat: 'gpt-4.1', claude: 'claude-opus-4-6' };

/** @param chosen the candidate that the router asks */
async function setUp(chosen: Chosen, more: Partial<FakeProviderOptions> = {}) {
  const price = { input: '3', output: '15', cacheRead: '0.3' };
  const tokens = { input: 120, output: 30, cacheRead: 50 };
  const models = Object.fromEntries(Object.values(NAMES).map(name => [name, { price, tokens }]));
  const fake = await startFakeProvider({ models, ...more });
  open.push(fake);
  const { openaiBaseURL, anthropicBaseURL } = fake;
  const own = {
    apiKey: 'sk-endpoint-key',
    price: { inputUsdPerMillion: 3, outputUsdPerMillion: 15, cacheReadUsdPerMillion: 0.3 },
  };
  const candidates: Readonly<Record<Chosen, ModelConfig>> = {
    gpt: { provider: 'openai', model: NAMES.gpt, baseURL: openaiBaseURL, ...own },
    chat: { provider: 'openai', model: NAMES.chat, baseURL: openaiBaseURL, api: 'openai-chat', ...own },
    claude: { provider: 'anthropic', model: NAMES.claude, baseURL: anthropicBaseURL, ...own },
  };
  const store = memory();
  const router = createRouterOn(testRuntime(), {
    models: candidates,
    features: { f: { candidates: ['gpt', 'chat', 'claude'], failureCostUsd: 15, policy: fixed(chosen), retries: 0 } },
    store,
  });
  const feature = router.feature('f');
  const intent = feature.intent();
  /** The attempts in the ledger, which cost what the provider billed. */
  const billed = async () => {
    await fake.idle();
    await router.flush();
    const records = await Array.fromAsync(store.scan());
    const attempts = records.flatMap(record => (record.kind === 'attempted' ? [record.attempt] : []));
    const spent = attempts.reduce((total, { costNanoUsd }) => total + costNanoUsd, 0);
    expect(BigInt(spent)).toBe(fake.bill().totalNanoUsd);
    return attempts;
  };
  return { fake, router, feature, intent, billed };
}

/** The two major versions, each with its own model. Their functions have the same names, but each version has its own types. */
const SDKS = [
  ['version 7', ai7, outcome],
  ['version 6', ai6, outcomeV3],
] as unknown as readonly [string, typeof ai7, typeof outcome][];
const CASES = SDKS.flatMap(([version, ai, model]) =>
  (['gpt', 'chat', 'claude'] as const).map(chosen => ({
    name: `${version} of the AI SDK, ${NAMES[chosen]}`,
    ai,
    model,
    chosen,
  })),
);

const weather = { inputSchema: z.object({ city: z.string() }), execute: () => 'rain' };

describe.each(CASES)('$name', ({ ai, model, chosen }) => {
  test('a generated text has its usage, finish reason, intent and receipt, and costs the billed amount', async () => {
    const { fake, intent, router, billed } = await setUp(chosen);
    fake.reply({ text: 'It comes on Monday.' });
    const result = await ai.generateText({ model: model(intent), system: 'Be brief.', prompt: 'Where is it?' });
    expect(result).toMatchObject({
      text: 'It comes on Monday.',
      finishReason: 'stop',
      usage: { inputTokens: 170, outputTokens: 30, inputTokenDetails: { cacheReadTokens: 50, noCacheTokens: 120 } },
      warnings: [],
      providerMetadata: {
        outcomeRouter: { intentId: intent.id, receipt: { model: chosen, requestId: expect.any(String) } },
      },
    });
    expect(result.providerMetadata?.['outcomeRouter']?.['receipt']).toEqual(
      JSON.parse(JSON.stringify(router.receipt(result.response))),
    );
    expect(fake.requests().map(request => request.model)).toEqual([NAMES[chosen]]);
    expect(await billed()).toHaveLength(1);
  });

  test('a streamed text arrives in pieces, and its end has the receipt of the billed amount', async () => {
    const { fake, intent, billed } = await setUp(chosen);
    fake.reply({ text: 'It comes on Monday, I am sure of that.' });
    const result = ai.streamText({ model: model(intent), prompt: 'Where is it?' });
    const pieces = await Array.fromAsync(result.textStream);
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.join('')).toBe('It comes on Monday, I am sure of that.');
    expect(await result.usage).toMatchObject({ inputTokens: 170, outputTokens: 30 });
    expect(await result.finishReason).toBe('stop');
    const [attempt] = await billed();
    expect((await result.providerMetadata)?.['outcomeRouter']).toMatchObject({
      intentId: intent.id,
      receipt: { model: chosen, attempts: [{ costNanoUsd: attempt?.costNanoUsd }] },
    });
  });

  test.each([false, true])('a tool loop runs the tools, in turns of one intent (streamed: %s)', async isStream => {
    const { fake, intent, billed } = await setUp(chosen);
    const city = 'Bern, "old town"';
    fake.reply(
      {
        text: 'I look.',
        toolCalls: [
          { name: 'weather', arguments: { city } },
          { name: 'weather', arguments: { city: 'Biel' } },
        ],
      },
      { text: 'It rains in both.' },
    );
    const call = {
      model: model(intent),
      prompt: 'The weather?',
      tools: { weather: ai.tool(weather) },
      stopWhen: ai.stepCountIs(3),
    };
    const result = isStream ? ai.streamText(call) : await ai.generateText(call);
    expect(await result.text).toBe('It rains in both.');
    const [first, second] = await result.steps;
    expect(first).toMatchObject({ text: 'I look.', finishReason: 'tool-calls' });
    expect(first?.toolCalls.map(({ input }) => input)).toEqual([{ city }, { city: 'Biel' }]);
    expect(first?.toolResults.map(({ output }) => output)).toEqual(['rain', 'rain']);
    expect(second?.finishReason).toBe('stop');
    expect(await billed()).toMatchObject([{ turn: 1 }, { turn: 2 }]);
  });

  test('a generated object follows the schema, also one with optional properties', async () => {
    const { fake, intent, billed } = await setUp(chosen);
    fake.reply({ text: '{"city":"Bern"}' }, { text: '{"city":"Bern"}' });
    const schema = z.object({ city: z.string(), country: z.string().optional() });
    const { object } = await ai.generateObject({ model: model(intent), schema, prompt: 'Where?' });
    expect(object).toEqual({ city: 'Bern' });
    const { output } = await ai.generateText({
      model: model(intent),
      output: ai.Output.object({ schema }),
      prompt: 'Where?',
    });
    expect(output).toEqual({ city: 'Bern' });
    expect(fake.requests()[0]?.text).toContain('"country"');
    expect(await billed()).toHaveLength(2);
  });

  test('an object grows while it is streamed', async () => {
    const { fake, intent } = await setUp(chosen);
    fake.reply({ text: '{"city":"Bern","days":[1,2,3,4,5]}' });
    const schema = z.object({ city: z.string(), days: z.array(z.number()) });
    const result = ai.streamObject({ model: model(intent), schema, prompt: 'Where?' });
    const partial = await Array.fromAsync(result.partialObjectStream);
    expect(partial.length).toBeGreaterThan(1);
    expect(await result.object).toEqual({ city: 'Bern', days: [1, 2, 3, 4, 5] });
  });

  test('an image and a document reach the model', async () => {
    const { fake, intent } = await setUp(chosen);
    const data = Buffer.from('%PDF-1.4 the file').toString('base64');
    const pixels = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]).toString('base64');
    await ai.generateText({
      model: model(intent),
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is it?' },
            { type: 'file', data: pixels, mediaType: 'image/png' },
            { type: 'file', data, mediaType: 'application/pdf', filename: 'a.pdf' },
          ],
        },
      ],
    });
    expect(fake.requests()[0]?.text).toContain(data);
    expect(fake.requests()[0]?.text).toContain(pixels);
  });

  test('a refusal of the provider is an APICallError, and the AI SDK does not try again', async () => {
    const { fake, intent } = await setUp(chosen);
    // A request that a candidate of another API refuses is sent to the client's own candidate.
    const asked = chosen === 'gpt' ? 1 : 2;
    fake.reply(...Array.from({ length: asked }, () => 400));
    const error: unknown = await ai
      .generateText({ model: model(intent), prompt: 'Hi' })
      .catch((thrown: unknown) => thrown);
    expect(ai.APICallError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({
      statusCode: 400,
      isRetryable: false,
      responseBody: expect.stringContaining('error'),
    });
    expect(JSON.stringify(error)).not.toContain('sk-endpoint-key');
    expect(fake.requests()).toHaveLength(asked);
  });

  test('an aborted call stops', async () => {
    const { fake, intent } = await setUp(chosen);
    const controller = new AbortController();
    fake.reply({ text: 'Too late.', latencyMs: 60_000 });
    const call = ai.generateText({ model: model(intent), prompt: 'Hi', abortSignal: controller.signal });
    await expect.poll(() => fake.requests().length, { interval: 1 }).toBe(1);
    controller.abort();
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('an aborted stream stops', async () => {
    const { fake, intent } = await setUp(chosen);
    const controller = new AbortController();
    fake.reply({ text: 'It comes on Monday, I am sure.', fault: { kind: 'pause', afterEvents: 5 } });
    const { fullStream } = ai.streamText({ model: model(intent), prompt: 'Hi', abortSignal: controller.signal });
    const kinds: string[] = [];
    for await (const { type } of fullStream) {
      kinds.push(type);
      if (type === 'text-delta') controller.abort();
    }
    expect(kinds.at(-1)).toBe('abort');
    await fake.idle();
  });

  test.each(['cut', 'truncate'] as const)('a stream that breaks off ends with one error (%s)', async kind => {
    const { fake, intent } = await setUp(chosen);
    fake.reply({ text: 'It comes on Monday, I am sure.', fault: { kind, afterEvents: 5 } });
    const errors: unknown[] = [];
    const result = ai.streamText({
      model: model(intent),
      prompt: 'Hi',
      onError: ({ error }) => void errors.push(error),
    });
    await result.consumeStream();
    expect(errors).toHaveLength(1);
  });
});

describe('reasoning', () => {
  test.each([
    ['gpt', false],
    ['gpt', true],
    ['claude', false],
    ['claude', true],
  ] as const)(
    'encrypted reasoning of %s goes back to it with the results of tools (streamed: %s)',
    async (chosen, isStream) => {
      const { fake, intent } = await setUp(chosen);
      fake.reply(
        { toolCalls: [{ name: 'weather', arguments: { city: 'Bern' } }] },
        {
          text: 'It rains.',
        },
      );
      const call = {
        model: outcome(intent),
        prompt: 'The weather?',
        reasoning: 'high' as const,
        tools: { weather: ai7.tool(weather) },
        stopWhen: ai7.stepCountIs(2),
      };
      const result = isStream ? ai7.streamText(call) : await ai7.generateText(call);
      expect(await result.text).toBe('It rains.');
      const [, second] = fake.requests();
      expect(second?.text).toContain(chosen === 'gpt' ? `gAAAAAB-${NAMES.gpt}` : '"signature"');
    },
  );
});

test('each call of a feature’s model is an intent of its own, named in the metadata', async () => {
  const { feature, router } = await setUp('gpt');
  const model = outcome(feature);
  const ids = await Promise.all(
    [1, 2].map(async () => {
      const { providerMetadata } = await ai7.generateText({ model, prompt: 'Hi' });
      return providerMetadata?.['outcomeRouter']?.['intentId'] as string;
    }),
  );
  expect(new Set(ids).size).toBe(2);
  await feature.outcome(ids[0] ?? '', { success: true });
  expect(await router.report()).toMatchObject({ intents: 2, labelled: 1 });
});

test('a setting that the API has no field for causes a warning', async () => {
  const { intent } = await setUp('gpt');
  const { warnings } = await ai7.generateText({
    model: outcome(intent),
    prompt: 'Hi',
    topK: 3,
    stopSequences: ['END'],
  });
  expect(warnings).toEqual([
    { type: 'unsupported', feature: 'topK' },
    { type: 'unsupported', feature: 'stopSequences' },
  ]);
});

test('candidates without their own endpoint are called as the options state', async () => {
  const fake = await startFakeProvider({ models: { 'gpt-5': { price: { input: '1', output: '2' } } } });
  open.push(fake);
  const router = createRouterOn(testRuntime(), {
    models: { gpt: { provider: 'openai', model: 'gpt-5' } },
    features: { f: { candidates: ['gpt'], failureCostUsd: 1 } },
  });
  const model = outcome(router.feature('f'), {
    apiKey: 'sk-own',
    baseURL: fake.openaiBaseURL,
    headers: { 'x-a': 'b' },
  });
  await ai7.generateText({ model, prompt: 'Hi' });
  expect(fake.requests()[0]).toMatchObject({
    path: '/v1/responses',
    headers: { authorization: 'Bearer sk-own', 'x-a': 'b' },
  });
});

test('a misspelled option is refused', async () => {
  const { intent } = await setUp('gpt');
  expect(() => outcome(intent, { apikey: 'k' } as never)).toThrow(RouterError);
});
