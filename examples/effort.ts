/**
 * Reasoning effort as a choice: one provider model at two efforts, beside a smaller one. The router learns which of the three has the
 * lowest cost, failures included.
 *
 *     node examples/effort.ts                       without a key: a fake provider on this machine
 *     OPENAI_API_KEY=… node examples/effort.ts      with a key: ten calls of the real API
 */
import OpenAI from 'openai';
import { createRouter } from 'outcome-router';
import { startFakeProvider } from 'outcome-router/testing';

const fake =
  process.env['OPENAI_API_KEY'] === undefined
    ? await startFakeProvider({
        models: {
          'gpt-5-mini': { price: { input: '0.25', output: '2' }, success: 0.6 },
          'gpt-5': { price: { input: '1.25', output: '10' }, success: 0.95, tokens: { output: 400, reasoning: 300 } },
        },
      })
    : undefined;

const router = createRouter({
  models: {
    mini: { provider: 'openai', model: 'gpt-5-mini' },
    low: { provider: 'openai', model: 'gpt-5', params: { effort: 'low' } },
    high: { provider: 'openai', model: 'gpt-5', params: { effort: 'high' } },
  },
  features: { arithmetic: { candidates: ['mini', 'low', 'high'], failureCostUsd: 0.05 } },
});
const openai = router.wrap(new OpenAI(fake === undefined ? {} : { baseURL: fake.openaiBaseURL, apiKey: 'none' }));
const arithmetic = router.feature('arithmetic');

for (let i = 1; i <= (fake === undefined ? 10 : 300); i++) {
  const intent = arithmetic.intent();
  const reply = await openai.chat.completions.create({
    model: intent.model,
    messages: [{ role: 'user', content: `What is ${i + 12} × ${i + 17}? The number only.` }],
  });
  if (i === 1) {
    const [attempt] = router.receipt(reply)?.attempts ?? [];
    console.log(
      `first: ${attempt?.model}, which is ${attempt?.providerModel} with ${attempt?.params ?? 'no parameters of its own'}`,
    );
  }
  const text = reply.choices[0]?.message.content ?? '';
  // The fake provider marks its correct replies.
  const isRight = text.trim() === String((i + 12) * (i + 17)) || text.startsWith('[solved]');
  await (isRight ? intent.succeed() : intent.fail());
}

const { plans } = await router.explain('arithmetic');
for (const { plan, share = 0, reason } of plans) console.log(`${plan}: share ${share.toFixed(2)}, ${reason}`);

await router.close();
await fake?.close();
