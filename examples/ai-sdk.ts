/**
 * The AI SDK through `intent.fetch`: any client that takes a `fetch` can be routed, plain or streamed. It names a real model,
 * because the AI SDK shapes its requests by the model's name. Its own retries are off: the router has retried already.
 *
 *     node examples/ai-sdk.ts
 *     OPENAI_API_KEY=… node examples/ai-sdk.ts
 */
import { createOpenAI } from '@ai-sdk/openai';
import { generateText, streamText } from 'ai';
import { createRouter } from 'outcome-router';
import { startFakeProvider } from 'outcome-router/testing';

const fake =
  process.env['OPENAI_API_KEY'] === undefined
    ? await startFakeProvider({
        models: {
          'gpt-5-mini': { price: { input: '0.25', output: '2' } },
          'gpt-5': { price: { input: '1.25', output: '10' } },
        },
      })
    : undefined;

const router = createRouter({
  models: {
    mini: { provider: 'openai', model: 'gpt-5-mini' },
    premium: { provider: 'openai', model: 'gpt-5' },
  },
  features: {
    summary: { candidates: ['mini', 'premium'], failureCostUsd: 1 },
  },
});
const openaiFor = (intent: { readonly fetch: typeof fetch }) =>
  createOpenAI({
    fetch: intent.fetch,
    ...(fake === undefined ? {} : { baseURL: fake.openaiBaseURL, apiKey: 'none' }),
  });

const first = router.feature('summary').intent();
const { text } = await generateText({
  model: openaiFor(first)('gpt-5'),
  prompt: 'Summarise: it rained.',
  maxRetries: 0,
});
console.log(`generated: ${text}`);
await first.succeed();

const second = router.feature('summary').intent();
const stream = streamText({ model: openaiFor(second).chat('gpt-5'), prompt: 'Summarise: it snowed.', maxRetries: 0 });
process.stdout.write('streamed: ');
for await (const piece of stream.textStream) process.stdout.write(piece);
console.log();
await second.succeed();

const { intents, labelled, spendUsd } = await router.report();
console.log(`${intents} intents, ${labelled} outcomes, $${spendUsd}`);

await router.close();
await fake?.close();
