/**
 * A serverless function (AWS Lambda, say): nothing runs once the handler has answered, so its last line is `await
 * router.flush()`. Where the platform has `waitUntil`, give it that promise: the answer need not wait for it.
 *
 *     node examples/serverless.ts
 *     OPENAI_API_KEY=… DATABASE_URL=postgres://… node examples/serverless.ts
 */
import OpenAI from 'openai';
import { createRouter } from 'outcome-router';
import { postgres } from 'outcome-router/stores/postgres';
import { memory } from 'outcome-router/stores/memory';
import { startFakeProvider } from 'outcome-router/testing';
import { Pool } from 'pg';

const { OPENAI_API_KEY, DATABASE_URL } = process.env;
const fake =
  OPENAI_API_KEY === undefined
    ? await startFakeProvider({
        models: {
          'gpt-5-mini': { price: { input: '0.25', output: '2' }, success: 0.7 },
          'gpt-5': { price: { input: '1.25', output: '10' }, success: 0.95 },
        },
      })
    : undefined;

// Outside the handler: an instance makes them once, and keeps them for its later invocations.
const pool =
  DATABASE_URL === undefined
    ? undefined
    : new Pool({ connectionString: DATABASE_URL, max: 3, connectionTimeoutMillis: 2_000 });
const router = createRouter({
  models: {
    mini: { provider: 'openai', model: 'gpt-5-mini' },
    premium: { provider: 'openai', model: 'gpt-5' },
  },
  features: { 'support.reply': { candidates: ['mini', 'premium'], failureCostUsd: 15 } },
  // With a pool, no spool is kept on a disk that vanishes with the instance: `flush` rejects if the store is down.
  store: pool === undefined ? memory() : postgres(pool),
});
const openai = router.wrap(new OpenAI(fake === undefined ? {} : { baseURL: fake.openaiBaseURL, apiKey: 'none' }));

interface Question {
  readonly question: string;
}

export async function handler({ question }: Question): Promise<{ readonly answer: string; readonly intent: string }> {
  const intent = router.feature('support.reply').intent();
  const reply = await openai.chat.completions.create({
    model: intent.model,
    messages: [{ role: 'user', content: question }],
  });
  try {
    await router.flush();
  } catch (error) {
    // The user gets an answer in any case. Only the record of this call's cost is lost.
    console.error('not recorded:', error);
  }
  return { answer: reply.choices[0]?.message.content ?? '', intent: intent.id };
}

// What the platform does: it calls the handler, and another function records the outcome later, by the intent's id.
for (const question of ['Where is my order?', 'Can I send it back?']) {
  const { answer, intent } = await handler({ question });
  console.log(`answered: ${answer}`);
  await router.feature('support.reply').outcome(intent, { success: !answer.startsWith('[not solved]') });
}
const { intents, labelled, spendUsd } = await router.report();
console.log(`${intents} intents, ${labelled} outcomes, $${spendUsd}`);
await router.close();
await pool?.end();
await fake?.close();
