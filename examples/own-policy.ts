/**
 * A custom policy: it tries every plan, and prefers those that cost less in total (softmax). A feature chooses it like
 * any other policy; report, replay and explanations work with it, because the propensity that it returns is exact.
 *
 *     node examples/own-policy.ts                     with a fake provider on this machine
 */
import OpenAI from 'openai';
import { createRouter } from 'outcome-router';
import type { FeatureView, Policy } from 'outcome-router/contracts';
import { expectedRates, hasPlan, planIndexes, planKey, planRates } from 'outcome-router/contracts';
import { startFakeProvider } from 'outcome-router/testing';

/** Shares of the plans: a plan that costs `temperatureUsd` more than another gets 37 % of that plan's share. */
function softmax({ temperatureUsd }: { readonly temperatureUsd: number }): Policy {
  const name = 'softmax';

  function sharesOf({ plans, eligible, learned, failureCostUsd, nowMs }: FeatureView): readonly number[] {
    const { graph, nodes } = learned.posterior(nowMs);
    const rates = nodes.map(expectedRates);
    const totalUsd = plans.map((_, k) => {
      const { costUsd, fail } = planRates(graph, k, rates);
      return costUsd + failureCostUsd * fail;
    });
    const leastUsd = Math.min(...planIndexes(eligible).map(k => totalUsd[k] ?? 0));
    const weights = totalUsd.map((usd, k) => (hasPlan(eligible, k) ? Math.exp((leastUsd - usd) / temperatureUsd) : 0));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.map(weight => weight / sum);
  }

  return {
    name,
    decide(view, random) {
      const shares = sharesOf(view);
      const choices = planIndexes(view.eligible);
      let left = random.next();
      // Because of rounding, the shares may add up to slightly less than 1; the last plan gets the rest.
      const chosen = choices.find(k => (left -= shares[k] ?? 0) < 0) ?? choices.at(-1) ?? 0;
      return {
        plan: view.plans[chosen] ?? [],
        propensity: shares[chosen] ?? 0,
        eligible: choices.map(k => planKey(view.plans[k] ?? [])),
        policy: name,
        reason: `share ${shares[chosen]?.toFixed(2)} of ${choices.length} plans`,
      };
    },
    // `explain`, holdouts and replays call this to know what the policy would do.
    allocation: view => ({ shares: sharesOf(view) }),
  };
}

const fake = await startFakeProvider({
  models: {
    'gpt-5-mini': { price: { input: '0.25', output: '2' }, success: 0.7 },
    'gpt-5': { price: { input: '1.25', output: '10' }, success: 0.95 },
  },
});
const router = createRouter({
  models: {
    mini: { provider: 'openai', model: 'gpt-5-mini' },
    premium: { provider: 'openai', model: 'gpt-5' },
  },
  features: { 'support.reply': { candidates: ['mini', 'premium'], failureCostUsd: 15 } },
  policy: softmax({ temperatureUsd: 2 }),
});
const openai = router.wrap(new OpenAI({ baseURL: fake.openaiBaseURL, apiKey: 'none' }));

for (let i = 0; i < 120; i++) {
  const intent = router.feature('support.reply').intent();
  const reply = await openai.chat.completions.create({
    model: intent.model,
    messages: [{ role: 'user', content: 'Where is my order?' }],
  });
  await intent.outcome({ success: reply.choices[0]?.message.content?.startsWith('[solved]') === true });
}

const { policy, plans } = await router.explain('support.reply');
for (const { plan, share = 0, costPerIntentUsd } of plans) {
  console.log(`${policy} gives ${plan} ${(100 * share).toFixed(0)} %: $${costPerIntentUsd.value.toFixed(2)} an intent`);
}

await router.close();
await fake.close();
