/**
 * A model on your own machine (Ollama, vLLM, llama.cpp) beside a vendor's: one `baseURL`, and a price of your own. The same client
 * calls both, and no key of the vendor is sent to the other address.
 *
 *     node examples/local-models.ts
 *     OPENAI_API_KEY=… OLLAMA_URL=http://localhost:11434/v1 node examples/local-models.ts
 */
import OpenAI from 'openai';
import { createRouter } from 'outcome-router';
import { startFakeProvider } from 'outcome-router/testing';

const { OPENAI_API_KEY, OLLAMA_URL = 'http://localhost:11434/v1' } = process.env;
const isReal = OPENAI_API_KEY !== undefined;
const vendor = isReal
  ? undefined
  : await startFakeProvider({ models: { 'gpt-5': { price: { input: '1.25', output: '10' }, success: 0.95 } } });
const ollama = isReal
  ? undefined
  : await startFakeProvider({ models: { 'qwen3:8b': { price: { input: '0', output: '0' }, success: 0.6 } } });

const router = createRouter({
  models: {
    local: {
      provider: 'openai',
      model: 'qwen3:8b',
      baseURL: ollama?.openaiBaseURL ?? OLLAMA_URL,
      api: 'openai-chat', // the only API that is spoken there
      price: { inputUsdPerMillion: 0, outputUsdPerMillion: 0 }, // or what an hour of your GPU costs: docs/prices.md
    },
    premium: { provider: 'openai', model: 'gpt-5' },
  },
  features: { classify: { candidates: ['local', 'premium'], failureCostUsd: 0.2 } },
  seed: 1,
});
const openai = router.wrap(new OpenAI(vendor === undefined ? {} : { baseURL: vendor.openaiBaseURL, apiKey: 'none' }));

for (let count = 0; count < (isReal ? 4 : 40); count++) {
  const intent = router.feature('classify').intent();
  const reply = await openai.chat.completions.create({
    model: intent.model,
    messages: [{ role: 'user', content: 'Is this mail a complaint?' }],
  });
  await intent.outcome({ success: !(reply.choices[0]?.message.content ?? '').startsWith('[not solved]') });
}

const { features, spendUsd } = await router.report();
for (const { plan, traffic, success } of features[0]?.plans ?? [])
  console.log(`${plan}: ${(100 * traffic).toFixed(0)} % of the intents, ${(100 * success.value).toFixed(0)} % right`);
console.log(`models: $${spendUsd}`);
await router.close();
await vendor?.close();
await ollama?.close();
