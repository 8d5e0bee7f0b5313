/** Requests that only the model which began them can continue: across intents, routers and processes. */
import { join } from 'node:path';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Store } from '../../src/contracts/store.ts';
import type { Router } from '../../src/router-type.ts';
import { createRouter } from '../../src/create-router.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { randomMix } from '../../src/policies/random-mix.ts';
import { memory } from '../../src/stores/memory.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import type { FakeProvider } from '../../src/testing/fake-provider.ts';
import { startFakeProvider } from '../../src/testing/fake-provider.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const PAIRS = 20;

let provider: FakeProvider;
let folder: string;
const routers: Pick<Router, 'close'>[] = [];
beforeEach(async () => {
  const price = { input: '1', output: '2' };
  provider = await startFakeProvider({ models: { one: { price }, two: { price } } });
  folder = temporaryFolder();
});
afterEach(async () => {
  await Promise.all(routers.splice(0).map(async router => router.close()));
  await provider.close();
});

/** A router with two equal candidates: without a binding, each gets half of the intents. */
function routerOf(api: 'openai' | 'anthropic', store: Store = memory(), seed = 7) {
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  const models = { a: { provider: api, model: 'one', price }, b: { provider: api, model: 'two', price } };
  const router = createRouter({
    models,
    features: {
      f: { candidates: ['a', 'b'], failureCostUsd: 15, policy: randomMix() },
      other: { candidates: ['a', 'b'], failureCostUsd: 15, policy: randomMix() },
    },
    store,
    seed,
  });
  routers.push(router);
  return router;
}

const anthropicOf = (router: Pick<Router, 'wrap'>) =>
  router.wrap(new Anthropic({ apiKey: 'sk', baseURL: provider.anthropicBaseURL, maxRetries: 0 }));
const openaiOf = (router: Pick<Router, 'wrap'>) =>
  router.wrap(new OpenAI({ apiKey: 'sk', baseURL: provider.openaiBaseURL, maxRetries: 0 }));

/** The models of all requests, in pairs: first request and continuation. */
function pairs(): readonly (readonly string[])[] {
  const models = provider.requests().map(request => request.model);
  return Array.from({ length: models.length / 2 }, (_, i) => models.slice(2 * i, 2 * i + 2));
}

/** Both models began some of the pairs, and each pair stayed with its model. */
function expectNoSwitch(): void {
  expect(pairs()).toHaveLength(PAIRS);
  expect(new Set(pairs().map(([first]) => first))).toEqual(new Set(['one', 'two']));
  expect(pairs().filter(([first, second]) => first !== second)).toEqual([]);
}

const thinking = { type: 'enabled', budget_tokens: 1024 } as const;
const question = { role: 'user', content: 'Think.' } as const;

test.each(['plain', 'streamed'] as const)(
  'signed thinking stays with the model that signed it, also in a new intent (%s reply)',
  async form => {
    const router = routerOf('anthropic');
    const client = anthropicOf(router);
    const { model } = router.feature('f');
    const ask = { model, max_tokens: 4_096, thinking };
    for (let pair = 0; pair < PAIRS; pair++) {
      const first =
        form === 'plain'
          ? await client.messages.create({ ...ask, messages: [question] })
          : await client.messages.stream({ ...ask, messages: [question] }).finalMessage();
      expect(first.content[0]).toMatchObject({ type: 'thinking' });
      await client.messages.create({
        ...ask,
        messages: [question, { role: 'assistant', content: first.content }, { role: 'user', content: 'Go on.' }],
      });
    }
    expectNoSwitch();
  },
);

test.each(['plain', 'streamed'] as const)(
  'encrypted reasoning stays with its model, also in another feature (%s reply)',
  async form => {
    const router = routerOf('openai');
    const client = openaiOf(router);
    const include: OpenAI.Responses.ResponseIncludable[] = ['reasoning.encrypted_content'];
    for (let pair = 0; pair < PAIRS; pair++) {
      const ask = { model: router.feature('f').model, input: 'Think.', store: false, include };
      const first =
        form === 'plain' ? await client.responses.create(ask) : await client.responses.stream(ask).finalResponse();
      const input = [{ role: 'user', content: 'Think.' }, ...first.output, { role: 'user', content: 'Go on.' }];
      expect(JSON.stringify(input)).toContain('encrypted_content');
      await client.responses.create({
        model: router.feature('other').model,
        input: input as OpenAI.Responses.ResponseInput,
        store: false,
        include,
      });
    }
    expectNoSwitch();
  },
);

test('a stored response is continued by its model, also in another process on the same store', async () => {
  const [first, second] = [1, 2].map(seed => routerOf('openai', sqlite(join(folder, 'router.db')), seed));
  if (first === undefined || second === undefined) throw new Error('no router');
  const [here, there] = [openaiOf(first), openaiOf(second)];
  for (let pair = 0; pair < PAIRS; pair++) {
    const { id } = await here.responses.create({ model: first.feature('f').model, input: 'Begin.' });
    await there.responses.create({ model: second.feature('f').model, input: 'Go on.', previous_response_id: id });
  }
  expectNoSwitch();
});

test('a bound request goes to its model even if that model is known to refuse it, and the caller gets the refusal', async () => {
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  const router = createRouter({
    models: {
      a: { provider: 'openai', model: 'one', price, lacks: ['tools'] },
      b: { provider: 'openai', model: 'two', price },
    },
    features: { f: { candidates: ['a', 'b'], failureCostUsd: 15, policy: fixed('a') } },
  });
  routers.push(router);
  const { model } = router.feature('f');
  const client = openaiOf(router);
  const { id } = await client.responses.create({ model, input: 'Begin.' });
  const tool = { type: 'function', name: 'look', parameters: {}, strict: null } as const;
  for (let call = 0; call < 2; call++) {
    provider.reply({ kind: 'unsupported-capability', capability: 'tools' });
    await expect(
      client.responses.create({ model, input: 'Go on.', previous_response_id: id, tools: [tool] }),
    ).rejects.toMatchObject({ status: 400 });
  }
  expect(provider.requests().map(request => request.model)).toEqual(['one', 'one', 'one']);
  // A request that continues nothing goes to a model with tools.
  await client.responses.create({ model, input: 'Begin.', tools: [tool] });
  expect(provider.requests().at(-1)?.model).toBe('two');
});

test('a bound request whose model is switched off is refused: no other model can answer it', async () => {
  const router = routerOf('openai');
  const client = openaiOf(router);
  const { model } = router.feature('f');
  const { id, model: name } = await client.responses.create({ model, input: 'Begin.' });
  void router.disable(name === 'one' ? 'a' : 'b');
  await expect(client.responses.create({ model, input: 'Go on.', previous_response_id: id })).rejects.toMatchObject({
    code: 'no-eligible-candidate',
  });
});
