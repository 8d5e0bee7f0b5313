/**
 * LangChain through `intent.fetch`. Each intent gets its own chat model object, which is cheap to create. It names a real
 * model, because LangChain shapes its requests by the model's name.
 *
 *     node examples/langchain.ts
 *     OPENAI_API_KEY=… node examples/langchain.ts
 */
import { ChatOpenAI } from '@langchain/openai';
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
    translate: { candidates: ['mini', 'premium'], failureCostUsd: 0.5 },
  },
});

const chatModel = (intent: { readonly fetch: typeof fetch }): ChatOpenAI =>
  new ChatOpenAI({
    model: 'gpt-5',
    maxRetries: 0,
    ...(fake === undefined ? {} : { apiKey: 'none' }),
    configuration: { fetch: intent.fetch, ...(fake === undefined ? {} : { baseURL: fake.openaiBaseURL }) },
  });

const first = router.feature('translate').intent();
const reply = await chatModel(first).invoke('Into French: good morning');
console.log(`invoked: ${reply.text}`);
await first.succeed();

const second = router.feature('translate').intent();
process.stdout.write('streamed: ');
for await (const chunk of await chatModel(second).stream('Into French: good evening')) {
  process.stdout.write(chunk.text);
}
console.log();
await second.succeed();

const { intents, labelled, spendUsd } = await router.report();
console.log(`${intents} intents, ${labelled} outcomes, $${spendUsd}`);

await router.close();
await fake?.close();
