/** The OpenAI Agents SDK does through an intent's `fetch` what it does without the router. */
import { Agent, OpenAIProvider, Runner, tool } from '@openai/agents';
import OpenAI from 'openai';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { errorFacts, failure } from '../support/drop-in.ts';
import type { Side } from './compared.ts';
import { all, sameOnBothSides } from './compared.ts';

const weather = tool({
  name: 'weather',
  description: 'The weather',
  parameters: z.object({ city: z.string() }),
  execute: ({ city }) => `rain in ${city}`,
});

const agent = (model: string): Agent => new Agent({ name: 'helper', instructions: 'Help.', model, tools: [weather] });

describe.each([
  // The newest models reason before a call and before a text.
  { api: 'responses', model: 'gpt-5', reasoning: ['reasoning_item'] },
  { api: 'chat', model: 'gpt-4.1', reasoning: [] },
])('OpenAI Agents, $api', ({ api, model, reasoning }) => {
  const work = { provider: 'openai', model } as const;
  const runner = (side: Side): Runner => {
    const openAIClient = new OpenAI({ ...side, apiKey: 'k' });
    const modelProvider = new OpenAIProvider({ openAIClient, useResponses: api === 'responses' });
    return new Runner({ modelProvider, tracingDisabled: true });
  };

  test('all turns of a run with a tool are the same as without the router, and belong to one intent', async () => {
    const { value, attempts } = await sameOnBothSides(work, async side => {
      const { finalOutput, newItems, rawResponses } = await runner(side).run(agent(model), 'The weather?');
      return { finalOutput, items: newItems.map(item => item.type), usage: rawResponses.map(reply => reply.usage) };
    });
    const items = [...reasoning, 'tool_call_item', 'tool_call_output_item', ...reasoning, 'message_output_item'];
    expect(value.items).toEqual(items);
    expect(attempts.map(({ turn }) => turn)).toEqual([1, 2]);
  });

  test('a streamed run has the same events in the same order as without the router', async () => {
    const { value } = await sameOnBothSides(work, async side => {
      const run = await runner(side).run(agent(model), 'The weather?', { stream: true });
      return (await all(run)).map(event => (event.type === 'raw_model_stream_event' ? event.data.type : event.type));
    });
    expect(value.length).toBeGreaterThan(4);
  });

  test('an error is the same as without the router', async () => {
    const { value } = await sameOnBothSides({ ...work, faults: () => ({ kind: 'status', status: 400 }) }, async side =>
      errorFacts(await failure(runner(side).run(agent(model), 'Hello'))),
    );
    expect(value).toMatchObject({ status: 400 });
  });
});

test('a reasoning model keeps the default effort and verbosity that Agents chooses for it', async () => {
  const { bodies } = await sameOnBothSides({ provider: 'openai', model: 'gpt-5' }, async side => {
    const modelProvider = new OpenAIProvider({ openAIClient: new OpenAI({ ...side, apiKey: 'k' }) });
    await new Runner({ modelProvider, tracingDisabled: true }).run(
      new Agent({ name: 'helper', model: 'gpt-5' }),
      'Hello',
    );
  });
  expect(bodies).toMatchObject([{ reasoning: { effort: expect.any(String) }, text: { verbosity: 'low' } }]);
});
