/**
 * A service in Python records the outcomes: this process answers, and `outcomes.py` says later by HTTP how it went.
 *
 *     node examples/outcomes-from-python.ts
 *     OPENAI_API_KEY=… node examples/outcomes-from-python.ts
 */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import OpenAI from 'openai';
import { createRouter } from 'outcome-router';
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

const token = randomUUID();
const outcomes = nodeOutcomeHandler(router, { token, features: ['support.reply'] });
const server = createServer((request, response) => void outcomes(request, response));
await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/outcomes`;

const rows: object[] = [];
for (const content of ['Where is my order?', 'Can I send it back?']) {
  const intent = router.feature('support.reply').intent();
  const reply = await openai.chat.completions.create({ model: intent.model, messages: [{ role: 'user', content }] });
  const success = reply.choices[0]?.message.content?.startsWith('[not solved]') === false;
  rows.push({ feature: 'support.reply', intentId: intent.id, success, key: `ticket-${rows.length}` });
}
rows.push({ feature: 'support.reply', intentId: 'no-such-intent', success: true });

/** Runs `outcomes.py`; the same request is sent from here where no Python is installed. */
async function send(body: string): Promise<string> {
  const program = fileURLToPath(new URL('outcomes.py', import.meta.url));
  const env = { ...process.env, OUTCOMES_URL: url, OUTCOMES_TOKEN: token };
  try {
    return (await promisify(execFile)('python3', [program, body], { env })).stdout.trim();
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== 'ENOENT') throw error;
  }
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await (await fetch(url, { method: 'POST', headers, body })).json();
  const { recorded, refused } = answer as { readonly recorded: number; readonly refused: number };
  return `${recorded} recorded, ${refused} refused`;
}

console.log(await send(JSON.stringify(rows)));
const { intents, labelled, spendUsd } = await router.report();
console.log(`${intents} intents, ${labelled} outcomes, $${spendUsd}`);
await new Promise<void>(resolve => void server.close(() => resolve()));
await router.close();
await fake?.close();
