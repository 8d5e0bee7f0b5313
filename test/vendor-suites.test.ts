/** The vendors' own tests run on their client's class, replaced by one whose instances are routed. */
import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { routingClass } from '../tools/vendor-suites/routing-class.ts';
import type { Results } from '../tools/vendor-suites.ts';
import { compare } from '../tools/vendor-suites.ts';
import { chat, scriptedServer } from './support/scripted-server.ts';

test('a test that fails, or did not run, counts unless it fails without the router too', () => {
  const raw: Results = new Map([
    ['a', 'failed'],
    ['b', 'passed'],
    ['c', 'passed'],
    ['d', 'skipped'],
  ]);
  const results: Results = new Map([
    ['a', 'failed'],
    ['b', 'failed'],
  ]);
  expect(compare(raw, results)).toEqual({ tests: 2, failed: 2, added: ['b', 'c'] });
});

test('the replaced class keeps its statics, and its instances are instances of the original', () => {
  const Replaced = routingClass(OpenAI as never, 'openai', 'wrapped') as unknown as typeof OpenAI;
  expect(Replaced.APIError).toBe(OpenAI.APIError);
  expect(Replaced.OpenAI).toBe(Replaced);
  expect(new Replaced({ apiKey: 'k' })).toBeInstanceOf(OpenAI);
});

test('a routed client sends the model that the test wrote, whatever the router chose, also from a copy', async () => {
  const server = await scriptedServer([chat('Hello')]);
  const Replaced = routingClass(OpenAI as never, 'openai', 'routed') as unknown as typeof OpenAI;
  const client = new Replaced({ apiKey: 'k', baseURL: `${server.url}/v1` });
  const messages = [{ role: 'user' as const, content: 'Hello' }];
  await client.chat.completions.create({ model: 'gpt-5', messages });
  await client.withOptions({ fetch: globalThis.fetch }).chat.completions.create({ model: 'gpt-4.1', messages });
  await server.close();
  expect(server.models).toEqual(['gpt-5', 'gpt-4.1']);
});
