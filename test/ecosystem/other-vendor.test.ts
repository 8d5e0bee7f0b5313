/** LangChain and OpenAI's Agents through an intent's `fetch`, where a model of another vendor than the client's answers. */
import { Agent, OpenAIResponsesModel, run, setTracingDisabled, tool as agentTool } from '@openai/agents';
import { ChatAnthropic } from '@langchain/anthropic';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI } from '@langchain/openai';
import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { createRouterOn } from '../../src/router.ts';
import { memory } from '../../src/stores/memory.ts';
import { startFakeProvider } from '../../src/testing/fake-provider.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';

setTracingDisabled(true);

/** @param provider of the only candidate */
async function setUp(provider: 'openai' | 'anthropic') {
  const model = provider === 'openai' ? 'gpt-4.1' : 'claude-opus-4-6';
  const fake = await startFakeProvider({ models: { [model]: { price: { input: '3', output: '15' } } } });
  const store = memory();
  const router = createRouterOn(testRuntime(), {
    models: {
      only: {
        provider,
        model,
        apiKey: 'sk-endpoint-key',
        baseURL: provider === 'openai' ? fake.openaiBaseURL : fake.anthropicBaseURL,
        price: { inputUsdPerMillion: 3, outputUsdPerMillion: 15 },
      },
    },
    features: { f: { candidates: ['only'], failureCostUsd: 1, stateless: true } },
    store,
  });
  /** The turns of the attempts in the ledger, which cost what the provider billed. */
  const billedTurns = async (): Promise<readonly number[]> => {
    await fake.idle();
    await router.flush();
    const records = await Array.fromAsync(store.scan());
    const attempts = records.flatMap(record => (record.kind === 'attempted' ? [record.attempt] : []));
    const spent = attempts.reduce((total, { costNanoUsd }) => total + costNanoUsd, 0);
    expect(BigInt(spent)).toBe(fake.bill().totalNanoUsd);
    await fake.close();
    return attempts.map(({ turn }) => turn);
  };
  return { fake, intent: router.feature('f').intent(), billedTurns };
}

const parameters = z.object({ city: z.string() });
const call = { toolCalls: [{ name: 'weather', arguments: { city: 'Bern' } }] };

test.each([
  ['ChatOpenAI, chat', 'anthropic', {}],
  ['ChatOpenAI, responses', 'anthropic', { useResponsesApi: true }],
  ['ChatAnthropic', 'openai', undefined],
] as const)('LangChain’s %s calls a tool and reads its result with a model of %s', async (_, provider, settings) => {
  const { fake, intent, billedTurns } = await setUp(provider);
  fake.reply(call, { text: 'It rains.' });
  const { fetch } = intent;
  const model =
    settings === undefined
      ? new ChatAnthropic({ model: 'claude-sonnet-4-5', apiKey: 'k', clientOptions: { fetch }, maxRetries: 0 })
      : new ChatOpenAI({ model: 'gpt-5', apiKey: 'k', configuration: { fetch }, maxRetries: 0, ...settings });
  const weather = tool(() => 'rain', { name: 'weather', description: 'The weather', schema: parameters });
  const bound = model.bindTools([weather]);
  const first = await bound.invoke('The weather?');
  expect(first.tool_calls).toMatchObject([{ name: 'weather', args: { city: 'Bern' } }]);
  const result = { role: 'tool' as const, content: 'rain', tool_call_id: first.tool_calls?.[0]?.id ?? '' };
  let streamed = '';
  for await (const { text } of await bound.stream([{ role: 'user', content: 'The weather?' }, first, result]))
    streamed += text;
  expect(streamed).toBe('It rains.');
  expect(await billedTurns()).toEqual([1, 2]);
});

test.each([false, true])('a run of an agent uses its tool with a model of Anthropic (streamed: %s)', async stream => {
  const { fake, intent, billedTurns } = await setUp('anthropic');
  fake.reply(call, { text: 'It rains.' });
  const client = new OpenAI({ apiKey: 'k', fetch: intent.fetch, maxRetries: 0 });
  const agent = new Agent({
    name: 'Support',
    model: new OpenAIResponsesModel(client, 'gpt-5'),
    tools: [agentTool({ name: 'weather', description: 'The weather', parameters, execute: () => 'rain' })],
  });
  if (stream) {
    const result = await run(agent, 'The weather?', { stream });
    await result.completed;
    expect(result.finalOutput).toBe('It rains.');
  } else expect((await run(agent, 'The weather?')).finalOutput).toBe('It rains.');
  expect(await billedTurns()).toEqual([1, 2]);
});
