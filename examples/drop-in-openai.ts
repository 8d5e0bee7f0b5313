/**
 * An application that called `openai` directly, now routed: the client is wrapped, the model slot names the feature, and
 * the outcome is recorded.
 *
 *     node examples/drop-in-openai.ts                       without a key: a fake provider on this machine
 *     OPENAI_API_KEY=… node examples/drop-in-openai.ts      with a key: ten calls of the real API
 */
import OpenAI from 'openai';
import { createRouter } from 'outcome-router';
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
  features: {
    arithmetic: { candidates: ['mini', 'premium'], failureCostUsd: 15 },
  },
});
const openai = router.wrap(new OpenAI(fake === undefined ? {} : { baseURL: fake.openaiBaseURL, apiKey: 'none' }));
const arithmetic = router.feature('arithmetic');

for (let i = 1; i <= (fake === undefined ? 10 : 200); i++) {
  const intent = arithmetic.intent();
  const reply = await openai.chat.completions.create({
    model: intent.model,
    messages: [{ role: 'user', content: `What is ${i + 12} × ${i + 17}? The number only.` }],
  });
  const text = reply.choices[0]?.message.content ?? '';
  // The fake provider marks its correct replies.
  const isRight = text.trim() === String((i + 12) * (i + 17)) || text.startsWith('[solved]');
  await (isRight ? intent.succeed() : intent.fail());
}

const { features, spendUsd } = await router.report();
for (const { plan, traffic, success, costPerSuccessUsd: cost } of features[0]?.plans ?? []) {
  const percent = (part: number): string => `${(100 * part).toFixed(0)} %`;
  console.log(
    `${plan}: ${percent(traffic)} of the intents, ${percent(success.value)} right, ` +
      `a success costs $${cost.value.toFixed(2)} ($${cost.low.toFixed(2)} to $${cost.high.toFixed(2)})`,
  );
}
console.log(`models: $${spendUsd}`);

await router.close();
await fake?.close();
