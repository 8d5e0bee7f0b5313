/**
 * An application that called `@anthropic-ai/sdk` directly, now routed. A receipt shows what one request did and cost.
 *
 *     node examples/drop-in-anthropic.ts                          without a key: a fake provider on this machine
 *     ANTHROPIC_API_KEY=… node examples/drop-in-anthropic.ts      with a key: the real API
 */
import Anthropic from '@anthropic-ai/sdk';
import { createRouter } from 'outcome-router';
import { startFakeProvider } from 'outcome-router/testing';

const fake =
  process.env['ANTHROPIC_API_KEY'] === undefined
    ? await startFakeProvider({
        models: {
          'claude-haiku-4-5': { price: { input: '1', output: '5' } },
          'claude-sonnet-4-5': { price: { input: '3', output: '15' } },
        },
        // The first request finds the provider overloaded: the router asks again, and the receipt shows it.
        faults: [{ kind: 'status', status: 529, retryAfter: { ms: 10 } }],
      })
    : undefined;

const router = createRouter({
  models: {
    haiku: { provider: 'anthropic', model: 'claude-haiku-4-5' },
    sonnet: { provider: 'anthropic', model: 'claude-sonnet-4-5' },
  },
  features: {
    'support.reply': { candidates: ['haiku', 'sonnet'], failureCostUsd: 15 },
  },
});
const anthropic = router.wrap(
  new Anthropic(fake === undefined ? {} : { baseURL: fake.anthropicBaseURL, apiKey: 'none' }),
);

// Other model names pass through unchanged, so an application can migrate call by call.
const message = await anthropic.messages.create({
  model: router.feature('support.reply').model,
  max_tokens: 300,
  messages: [{ role: 'user', content: 'My parcel has not arrived. What can I do?' }],
});
for (const part of message.content) if (part.type === 'text') console.log(part.text);

const receipt = router.receipt(message);
for (const { kind, model, status, costNanoUsd } of receipt?.attempts ?? []) {
  console.log(`${kind}: ${model}, ${status}, $${(costNanoUsd / 1e9).toFixed(6)}`);
}
console.log(`why: ${receipt?.reason}`);
// The id is all that another process needs to record the outcome tomorrow.
if (receipt !== undefined) await router.feature('support.reply').outcome(receipt.intentId, { success: true });

await router.close();
await fake?.close();
