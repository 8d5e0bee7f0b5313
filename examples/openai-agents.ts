/**
 * OpenAI's Agents SDK: a run with its tools is one intent. The client takes the intent's `fetch`, and a real model's name.
 *
 *     node examples/openai-agents.ts
 *     OPENAI_API_KEY=… node examples/openai-agents.ts
 */
import { Agent, OpenAIProvider, Runner, tool } from '@openai/agents';
import OpenAI from 'openai';
import { createRouter } from 'outcome-router';
import { startFakeProvider } from 'outcome-router/testing';
import { z } from 'zod';

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
  features: { 'order.help': { candidates: ['mini', 'premium'], failureCostUsd: 15, maxTurns: 6 } },
});

const orders = tool({
  name: 'order_state',
  description: 'Where an order is',
  parameters: z.object({ order: z.string() }),
  execute: ({ order }) => `order ${order} is in Hamburg`,
});
const agent = new Agent({ name: 'Orders', instructions: 'Help.', model: 'gpt-5', tools: [orders] });

/** A runner per intent: it is cheap, and all turns of its runs are requests of the intent. */
function runnerOf({ fetch }: { readonly fetch: typeof globalThis.fetch }): Runner {
  const endpoint = fake === undefined ? {} : { baseURL: fake.openaiBaseURL, apiKey: 'none' };
  const openAIClient = new OpenAI({ ...endpoint, fetch, maxRetries: 0 });
  return new Runner({ modelProvider: new OpenAIProvider({ openAIClient }), tracingDisabled: fake !== undefined });
}

const intent = router.feature('order.help').intent();
const { finalOutput = '' } = await runnerOf(intent).run(agent, 'Where is order 7?');
console.log(`answered: ${finalOutput}`);
await intent.outcome({ success: !finalOutput.startsWith('[not solved]') });

const { intents, labelled, spendUsd } = await router.report();
console.log(`${intents} intents, ${labelled} outcomes, $${spendUsd}`);
await router.close();
await fake?.close();
