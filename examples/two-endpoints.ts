/**
 * One model at two endpoints with a key each (two accounts, two regions, Azure beside OpenAI): each is a candidate with a price,
 * statistics and a circuit of its own, and when one answers with 503 the other one takes over.
 *
 *     node examples/two-endpoints.ts
 *     EAST_URL=… EAST_KEY=… WEST_URL=… WEST_KEY=… node examples/two-endpoints.ts
 */
import OpenAI from 'openai';
import { createRouter } from 'outcome-router';
import { startFakeProvider } from 'outcome-router/testing';

const { EAST_URL, EAST_KEY, WEST_URL, WEST_KEY } = process.env;
const isReal = EAST_URL !== undefined;
const models = { 'gpt-5': { price: { input: '1.25', output: '10' } } } as const;
// The first endpoint is down.
const east = isReal ? undefined : await startFakeProvider({ models, faults: () => ({ kind: 'status', status: 503 }) });
const west = isReal ? undefined : await startFakeProvider({ models });

const router = createRouter({
  models: {
    east: {
      provider: 'openai',
      model: 'gpt-5',
      baseURL: EAST_URL ?? east?.openaiBaseURL ?? '',
      price: 'openai/gpt-5', // what this address bills
      apiKey: () => EAST_KEY ?? 'key-of-east', // a function: a key that changes is read at every attempt
    },
    west: {
      provider: 'openai',
      model: 'gpt-5',
      baseURL: WEST_URL ?? west?.openaiBaseURL ?? '',
      price: 'openai/gpt-5',
      headers: { 'api-key': WEST_KEY ?? 'key-of-west' }, // where the key is no `authorization`
    },
  },
  features: { 'support.reply': { candidates: ['east', 'west'], failureCostUsd: 15, retries: 0 } },
});
const openai = router.wrap(new OpenAI({ apiKey: 'not sent to either' }));

for (const content of ['Where is my order?', 'Can I send it back?', 'Thank you.']) {
  const intent = router.feature('support.reply').intent();
  const reply = await openai.chat.completions.create({ model: intent.model, messages: [{ role: 'user', content }] });
  const attempts = intent.receipt(reply)?.attempts ?? [];
  console.log(attempts.map(({ model, status }) => `${model} ${status}`).join(', then '));
  await intent.succeed();
}

await router.close();
await east?.close();
await west?.close();
