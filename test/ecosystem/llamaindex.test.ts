/** LlamaIndex does through an intent's `fetch` what it does without the router. */
import { tool } from '@llamaindex/core/tools';
import { OpenAI } from '@llamaindex/openai';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { errorFacts, failure } from '../support/drop-in.ts';
import type { Side } from './compared.ts';
import { all, sameOnBothSides } from './compared.ts';

const work = { provider: 'openai', model: 'gpt-4.1' } as const;
const messages = [{ role: 'user' as const, content: 'Hello' }];

const llm = ({ baseURL, fetch }: Side): OpenAI =>
  new OpenAI({ model: work.model, apiKey: 'k', baseURL, additionalSessionOptions: { fetch } });

test('LlamaIndex: a reply is the same as without the router', async () => {
  const { value } = await sameOnBothSides(work, async side => {
    const { message, raw } = await llm(side).chat({ messages });
    return { message, raw };
  });
  expect(value).toMatchObject({ message: { role: 'assistant' } });
});

test('LlamaIndex: a stream has the same chunks in the same order as without the router', async () => {
  const { value } = await sameOnBothSides({ ...work, asksForUsage: false }, async side =>
    all(llm(side).chat({ messages, stream: true })),
  );
  expect(value.length).toBeGreaterThan(2);
});

test('LlamaIndex: a call of a tool is the same as without the router', async () => {
  const weather = tool({
    name: 'weather',
    description: 'The weather',
    parameters: z.object({ city: z.string() }),
    execute: ({ city }) => `rain in ${city}`,
  });
  const { value } = await sameOnBothSides(work, async side => {
    const { message } = await llm(side).chat({ messages, tools: [weather] });
    return message.options;
  });
  expect(value).toMatchObject({ toolCall: [{ name: 'weather' }] });
});

test('LlamaIndex: an error is the same as without the router', async () => {
  const { value } = await sameOnBothSides({ ...work, faults: () => ({ kind: 'status', status: 400 }) }, async side =>
    errorFacts(await failure(llm(side).chat({ messages }))),
  );
  expect(value).toMatchObject({ status: 400 });
});
