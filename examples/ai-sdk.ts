/**
 * The AI SDK with a model that is an intent, plain and streamed. The candidates are of two vendors; the application does not
 * notice which of them answers.
 *
 *     node examples/ai-sdk.ts
 *     OPENAI_API_KEY=… ANTHROPIC_API_KEY=… node examples/ai-sdk.ts
 */
import { generateText, streamText } from 'ai';
import { createRouter } from 'outcome-router';
import { outcome } from 'outcome-router/ai-sdk';
import { startFakeProvider } from 'outcome-router/testing';

const { OPENAI_API_KEY, ANTHROPIC_API_KEY } = process.env;
const fake =
  OPENAI_API_KEY === undefined || ANTHROPIC_API_KEY === undefined
    ? await startFakeProvider({
        models: {
          'gpt-5-mini': { price: { input: '0.25', output: '2' } },
          'claude-opus-4-6': { price: { input: '5', output: '25' } },
        },
      })
    : undefined;

const router = createRouter({
  models: {
    mini: {
      provider: 'openai',
      model: 'gpt-5-mini',
      apiKey: OPENAI_API_KEY ?? 'none',
      ...(fake && { baseURL: fake.openaiBaseURL, price: 'openai/gpt-5-mini' }),
    },
    premium: {
      provider: 'anthropic',
      model: 'claude-opus-4-6',
      apiKey: ANTHROPIC_API_KEY ?? 'none',
      ...(fake && { baseURL: fake.anthropicBaseURL, price: 'anthropic/claude-opus-4-6' }),
    },
  },
  features: {
    summary: { candidates: ['mini', 'premium'], failureCostUsd: 1 },
  },
});

const first = router.feature('summary').intent();
const { text } = await generateText({ model: outcome(first), prompt: 'Summarise: it rained.' });
console.log(`generated: ${text}`);
await first.succeed();

const second = router.feature('summary').intent();
const stream = streamText({ model: outcome(second), prompt: 'Summarise: it snowed.' });
process.stdout.write('streamed: ');
for await (const piece of stream.textStream) process.stdout.write(piece);
console.log();
await second.succeed();

const { intents, labelled, spendUsd } = await router.report();
console.log(`${intents} intents, ${labelled} outcomes, $${spendUsd}`);

await router.close();
await fake?.close();
