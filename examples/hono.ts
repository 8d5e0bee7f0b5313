/**
 * A Hono application: one route asks a model, and the ticket system's webhook records the outcome. It closes as a server does: first
 * the connections, then the router.
 *
 *     node examples/hono.ts
 *     OPENAI_API_KEY=… OUTCOMES_TOKEN=… node examples/hono.ts
 */
import { randomUUID } from 'node:crypto';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import OpenAI from 'openai';
import { createRouter } from 'outcome-router';
import { outcomeHandler } from 'outcome-router/outcomes';
import { startFakeProvider } from 'outcome-router/testing';

const fake =
  process.env['OPENAI_API_KEY'] === undefined
    ? await startFakeProvider({
        models: {
          'gpt-5-mini': { price: { input: '0.25', output: '2' }, success: 0.7 },
          'gpt-5': { price: { input: '1.25', output: '10' }, success: 0.95 },
        },
      })
    : undefined;

const router = createRouter({
  models: {
    mini: { provider: 'openai', model: 'gpt-5-mini' },
    premium: { provider: 'openai', model: 'gpt-5' },
  },
  features: { 'support.reply': { candidates: ['mini', 'premium'], failureCostUsd: 15 } },
});
const openai = router.wrap(new OpenAI(fake === undefined ? {} : { baseURL: fake.openaiBaseURL, apiKey: 'none' }));

const token = process.env['OUTCOMES_TOKEN'] ?? randomUUID();
const outcomes = outcomeHandler(router, { token, features: ['support.reply'] });

const app = new Hono();
app.post('/ask', async context => {
  const intent = router.feature('support.reply').intent();
  const reply = await openai.chat.completions.create({
    model: intent.model,
    messages: [{ role: 'user', content: await context.req.text() }],
  });
  // The ticket keeps the id, which is all that the webhook needs.
  return context.json({ answer: reply.choices[0]?.message.content, intentId: intent.id });
});
app.post('/outcomes', context => outcomes(context.req.raw));

const server = serve({ fetch: app.fetch, port: Number(process.env['PORT'] ?? 0), hostname: '127.0.0.1' });
await new Promise(resolve => server.once('listening', resolve));
const address = server.address();
const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : address}`;

// A user asks, and the ticket system calls back. It sends everything twice, and once an id that does not exist.
const asked = await fetch(`${url}/ask`, { method: 'POST', body: 'Where is my order?' });
const { answer, intentId } = (await asked.json()) as { readonly answer: string; readonly intentId: string };
console.log(`answered: ${answer}`);
const success = !answer.startsWith('[not solved]');
for (const id of [intentId, intentId, 'no-such-intent']) {
  const said = await fetch(`${url}/outcomes`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ feature: 'support.reply', intentId: id, success, key: 'ticket-7' }),
  });
  const { outcome, error } = (await said.json()) as { outcome?: { state: string }; error?: { code: string } };
  console.log(`webhook: ${said.status} ${outcome?.state ?? error?.code}`);
}
const { intents, labelled, spendUsd } = await router.report();
console.log(`${intents} intents, ${labelled} outcomes, $${spendUsd}`);

await new Promise<void>(resolve => void server.close(() => resolve()));
await router.close();
await fake?.close();
