/**
 * A new prompt beside the old one: each is a `promptVersion`, so that the statistics of one are not those of the other, and the report
 * compares them. Here each half of the users has one; with several processes, deploy the new one to some of them.
 *
 *     node examples/prompt-version.ts
 *     OPENAI_API_KEY=… node examples/prompt-version.ts
 */
import OpenAI from 'openai';
import { createRouter } from 'outcome-router';
import { breakdown } from 'outcome-router/finops';
import { memory } from 'outcome-router/stores/memory';
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

const PROMPTS = { v1: 'Answer in three sentences.', v2: 'Answer in one sentence, with a link.' } as const;
type Version = keyof typeof PROMPTS;
const store = memory();

/** One router per version, on the same ledger. The feature has the same name, so the report lists both versions together. */
function routed(promptVersion: Version) {
  const router = createRouter({
    models: {
      mini: { provider: 'openai', model: 'gpt-5-mini' },
      premium: { provider: 'openai', model: 'gpt-5' },
    },
    features: { 'support.reply': { candidates: ['mini', 'premium'], failureCostUsd: 15, promptVersion } },
    store,
  });
  const endpoint = fake === undefined ? {} : { baseURL: fake.openaiBaseURL, apiKey: 'none' };
  return { router, openai: router.wrap(new OpenAI(endpoint)) };
}
const versions = { v1: routed('v1'), v2: routed('v2') };

async function answer(user: number, question: string): Promise<void> {
  // Always the same version for one user. Choose it before the answer, never by the outcome.
  const version: Version = user % 2 === 0 ? 'v1' : 'v2';
  const { router, openai } = versions[version];
  const intent = router.feature('support.reply').intent();
  const reply = await openai.chat.completions.create({
    model: intent.model,
    messages: [
      { role: 'system', content: PROMPTS[version] },
      { role: 'user', content: question },
    ],
  });
  await intent.outcome({ success: !(reply.choices[0]?.message.content ?? '').startsWith('[not solved]') });
}
for (let user = 0; user < (fake === undefined ? 4 : 60); user++) await answer(user, 'Where is my order?');
await versions.v1.router.flush();
await versions.v2.router.flush();

const { groups } = await breakdown(store, { by: 'prompt-version' });
for (const { group, intents, success, costPerSuccessUsd: cost } of groups) {
  console.log(
    `${group}: ${intents} intents, ${(100 * success.value).toFixed(0)} % right, ` +
      `a success costs $${cost.value.toFixed(2)} ($${cost.low.toFixed(2)} to $${cost.high.toFixed(2)})`,
  );
}
await versions.v1.router.close();
await versions.v2.router.close();
await fake?.close();
