/**
 * A custom observer: counters of attempts, spend and outcomes, as a metrics page of an application would show them. An
 * observer receives events and cannot change or fail a request.
 *
 *     node examples/own-observer.ts                   with a fake provider on this machine
 */
import OpenAI from 'openai';
import { createRouter } from 'outcome-router';
import type { Observer } from 'outcome-router/contracts';
import { startFakeProvider } from 'outcome-router/testing';

/** Counts by name and labels, printed in the text format of Prometheus. */
function counters(): Observer & { readonly text: () => string } {
  const totals = new Map<string, number>();
  function add(name: string, labels: Readonly<Record<string, string>>, amount = 1): void {
    const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
    const series = `${name}{${pairs.join(',')}}`;
    totals.set(series, (totals.get(series) ?? 0) + amount);
  }

  return {
    name: 'counters',
    attempted({ feature, attempt: { model, kind, status, costNanoUsd } }) {
      add('llm_attempts_total', { feature, model, kind, status });
      add('llm_spend_nano_usd_total', { feature, model }, costNanoUsd);
    },
    labelled({ feature, kind }, { outcome }) {
      // A correction replaces earlier evidence of the same intent, which is already counted.
      if (kind === 'labelled') add('llm_outcomes_total', { feature, outcome: outcome.state });
    },
    faulted: ({ where }) => add('llm_router_faults_total', { where }),
    text: () => [...totals].map(([series, total]) => `${series} ${total}`).join('\n'),
  };
}

const fake = await startFakeProvider({
  models: {
    'gpt-5-mini': { price: { input: '0.25', output: '2' }, success: 0.7 },
    'gpt-5': { price: { input: '1.25', output: '10' }, success: 0.95 },
  },
});
const metrics = counters();
const router = createRouter({
  models: {
    mini: { provider: 'openai', model: 'gpt-5-mini' },
    premium: { provider: 'openai', model: 'gpt-5' },
  },
  features: { 'support.reply': { candidates: ['mini', 'premium'], failureCostUsd: 15 } },
  observers: [metrics],
});
const openai = router.wrap(new OpenAI({ baseURL: fake.openaiBaseURL, apiKey: 'none' }));

for (let i = 0; i < 50; i++) {
  const intent = router.feature('support.reply').intent();
  const reply = await openai.chat.completions.create({
    model: intent.model,
    messages: [{ role: 'user', content: 'Where is my order?' }],
  });
  await intent.outcome({ success: reply.choices[0]?.message.content?.startsWith('[solved]') === true });
}

await router.close();
console.log(metrics.text());
await fake.close();
