/**
 * An Express application: one route asks a model, and a webhook with its own format records the outcome by `feature.outcome`. What the
 * webhook may get wrong is answered by the error's code, so that an unknown intent is no 500 that the sender repeats for days.
 *
 *     node examples/express.ts
 *     OPENAI_API_KEY=… node examples/express.ts
 */
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import express from 'express';
import OpenAI from 'openai';
import { createRouter, RouterError } from 'outcome-router';
import { nodeOutcomeHandler } from 'outcome-router/outcomes';
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
const support = router.feature('support.reply');

const app = express();
app.use(express.json());

app.post('/ask', async (request, response) => {
  const intent = support.intent();
  const reply = await openai.chat.completions.create({
    model: intent.model,
    messages: [{ role: 'user', content: String(request.body.question) }],
  });
  response.json({ answer: reply.choices[0]?.message.content, intentId: intent.id });
});

/** If you define the sender's format: any JSON that the outcome handler accepts, with a token. The body is already parsed. */
const token = process.env['OUTCOMES_TOKEN'] ?? randomUUID();
app.post('/outcomes', nodeOutcomeHandler(router, { token }));

/** If the sender defines the format, as a ticket system does: translate it. Check its signature before this. */
app.post('/webhooks/tickets', async (request, response) => {
  const { ticket, status, intent } = request.body;
  try {
    const outcome = await support.outcome(intent, { success: status === 'solved', key: `ticket-${ticket}` });
    response.json({ state: outcome.state });
  } catch (error) {
    if (!RouterError.isInstance(error)) throw error;
    // The sender made a mistake, or the ledger cannot be reached: in the second case the sender should try again.
    const isGone = error.code === 'unknown-intent' || error.code === 'intent-removed';
    response.status(isGone ? 404 : error.code === 'store-unusable' ? 503 : 400).json({ error: error.code });
  }
});

const server = app.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1');
await new Promise(resolve => server.once('listening', resolve));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

async function post(path: string, body: object): Promise<string> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  return `${response.status} ${await response.text()}`;
}

const [first, second] = [await post('/ask', { question: 'Where is it?' }), await post('/ask', { question: 'Why?' })];
const [firstId, secondId] = [first, second].map(reply => /"intentId":"(.*?)"/.exec(reply)?.[1]);
console.log(`ticket: ${await post('/webhooks/tickets', { ticket: 7, status: 'solved', intent: firstId })}`);
console.log(`unknown: ${await post('/webhooks/tickets', { ticket: 8, status: 'solved', intent: 'no-such-intent' })}`);
console.log(`malformed: ${await post('/webhooks/tickets', { ticket: 9, status: 'solved', intent: 'two words' })}`);
console.log(`outcome: ${await post('/outcomes', { feature: 'support.reply', intentId: secondId, success: false })}`);
const { intents, labelled, spendUsd } = await router.report();
console.log(`${intents} intents, ${labelled} outcomes, $${spendUsd}`);

await new Promise<void>(resolve => void server.close(() => resolve()));
await router.close();
await fake?.close();
