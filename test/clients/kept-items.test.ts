/** Items that a client of responses names by their ids, where a model of another vendor wrote them. */
import { createOpenAI } from '@ai-sdk/openai';
import { generateText, stepCountIs, streamText, tool } from 'ai';
import OpenAI from 'openai';
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { createRouterOn } from '../../src/router.ts';
import type { FakeProvider } from '../../src/testing/fake-provider.ts';
import { startFakeProvider } from '../../src/testing/fake-provider.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';

const open: FakeProvider[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(async server => server.close()));
});

const MODEL = 'claude-opus-4-6';

async function setUp() {
  const fake = await startFakeProvider({ models: { [MODEL]: { price: { input: '3', output: '15' } } } });
  open.push(fake);
  const newRouter = () =>
    createRouterOn(testRuntime(), {
      models: {
        claude: {
          provider: 'anthropic',
          model: MODEL,
          apiKey: 'sk-endpoint',
          baseURL: fake.anthropicBaseURL,
          price: { inputUsdPerMillion: 3, outputUsdPerMillion: 15 },
        },
      },
      features: { f: { candidates: ['claude'], failureCostUsd: 1, stateless: true } },
    });
  return { fake, newRouter };
}

test.each([
  ['gpt-5', false],
  ['gpt-5', true],
  ['gpt-4.1', false],
  ['gpt-4.1', true],
] as const)(
  'texts and reasoning that the AI SDK’s loop for %s refers to by id go back to the model that wrote them (streamed: %s)',
  async (name, isStream) => {
    const { fake, newRouter } = await setUp();
    fake.reply({ text: 'I look.', toolCalls: [{ name: 'weather', arguments: { city: 'Bern' } }] }, { text: 'Rain.' });
    const { fetch } = newRouter().feature('f').intent();
    const call = {
      model: createOpenAI({ fetch, apiKey: 'k' })(name),
      prompt: 'The weather?',
      tools: { weather: tool({ inputSchema: z.object({ city: z.string() }), execute: () => 'rain' }) },
      stopWhen: stepCountIs(2),
      maxRetries: 0,
      ...(name === 'gpt-5' && { reasoning: 'high' as const }),
    };
    const result = isStream ? streamText(call) : await generateText(call);
    expect(await result.text).toBe('Rain.');
    const sent = fake.requests()[1]?.body['messages'] as readonly { readonly content: readonly object[] }[];
    expect(sent[1]?.content).toMatchObject([
      ...(name === 'gpt-5' ? [{ type: 'thinking', signature: expect.stringContaining(MODEL) as string }] : []),
      { type: 'text', text: 'I look.' },
      { type: 'tool_use', name: 'weather', input: { city: 'Bern' } },
    ]);
  },
);

test('a request that names an item of another process is answered with 404', async () => {
  const { fake, newRouter } = await setUp();
  const clientOf = (router: ReturnType<typeof newRouter>): OpenAI =>
    router.wrap(new OpenAI({ apiKey: 'k', baseURL: fake.openaiBaseURL, maxRetries: 0 }));
  const [router, other] = [newRouter(), newRouter()];
  const { model } = router.feature('f');
  fake.reply({ text: 'Hello.' }, { text: 'Well.' });
  const { output } = await clientOf(router).responses.create({ model, input: 'Hi' });
  const user = (content: string) => ({ role: 'user' as const, content });
  const input = [user('Hi'), { type: 'item_reference' as const, id: output[0]?.id ?? '' }, user('And?')];
  expect((await clientOf(router).responses.create({ model, input })).output_text).toBe('Well.');
  expect(fake.requests()[1]?.body['messages']).toMatchObject([
    { role: 'user' },
    { role: 'assistant', content: 'Hello.' },
    { role: 'user' },
  ]);
  await expect(clientOf(other).responses.create({ model, input })).rejects.toMatchObject({
    status: 404,
    param: 'input',
    code: 'item_not_found',
  });
});

test('no reply is kept for a client that sends `store: false`', async () => {
  const { fake, newRouter } = await setUp();
  const router = newRouter();
  const openai = router.wrap(new OpenAI({ apiKey: 'k', baseURL: fake.openaiBaseURL, maxRetries: 0 }));
  const { model } = router.feature('f');
  const { output } = await openai.responses.create({ model, input: 'Hi', store: false });
  const input = [{ type: 'item_reference' as const, id: output[0]?.id ?? '' }];
  await expect(openai.responses.create({ model, input, store: false })).rejects.toMatchObject({ status: 404 });
});
