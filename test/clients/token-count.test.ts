import Anthropic from '@anthropic-ai/sdk';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fixed } from '../../src/policies/fixed.ts';
import type { Router } from '../../src/router-type.ts';
import { createRouter } from '../../src/create-router.ts';
import type { Intent } from '../../src/core/ledger/records.ts';
import type { FeatureState } from '../../src/engine/state/feature-state.ts';
import { countingModels } from '../../src/clients/token-count.ts';
import { anthropicMessages } from '../../src/wires/anthropic-messages.ts';
import type { Answer, ScriptedServer } from '../support/scripted-server.ts';
import { json, reset, scriptedServer, status } from '../support/scripted-server.ts';

let server: ScriptedServer;
let router: Router;
beforeEach(async () => {
  server = await scriptedServer([json({ input_tokens: 7 })]);
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  router = createRouter({
    models: {
      mini: { provider: 'openai', model: 'mini-1', price },
      own: {
        provider: 'anthropic',
        model: 'own-1',
        price,
        baseURL: `${server.url}/other`,
        headers: { 'x-api-key': 'b' },
      },
      far: { provider: 'anthropic', model: 'far-1', price },
    },
    features: { support: { candidates: ['mini', 'own', 'far'], failureCostUsd: 1, policy: fixed('mini') } },
  });
});
afterEach(async () => {
  await router.close();
  await server.close();
});

async function count(path: string, model: string): Promise<Response> {
  return router.fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'x-api-key': 'a' },
    body: JSON.stringify({ model, input: 'Hello' }),
  });
}

test('tokens are counted by the first candidate that speaks the API', async () => {
  const response = await count('/v1/responses/input_tokens', 'feature:support');
  expect(await response.json()).toEqual({ input_tokens: 7 });
  expect(server.received).toMatchObject([
    { path: '/v1/responses/input_tokens', body: { model: 'mini-1', input: 'Hello' } },
  ]);
});

test('tokens are counted at the model’s own endpoint, with only its own credentials', async () => {
  await count('/v1/messages/count_tokens?beta=true', 'feature:support');
  expect(server.received).toMatchObject([
    { path: '/other/v1/messages/count_tokens?beta=true', body: { model: 'own-1' }, headers: { 'x-api-key': 'b' } },
  ]);
});

test('a disabled model counts no tokens, and any other model name passes untouched', async () => {
  void router.disable('own');
  await count('/v1/messages/count_tokens', 'feature:support');
  await count('/v1/messages/count_tokens', 'claude-opus-4-5');
  expect(server.models).toEqual(['far-1', 'claude-opus-4-5']);
});

test('the tokens of an intent are counted by the model of its last reply, else by the first of its plan', () => {
  const models = new Map(['mini', 'premium', 'grader'].map(name => [name, { name }]));
  const feature = { models, capableModels: () => ['mini', 'premium', 'grader'] } as unknown as FeatureState;
  const counted = (plan: readonly string[], attempts: readonly (readonly [kind: string, model: string])[]) => {
    const intent = {
      decided: { decision: { plan } },
      attempts: attempts.map(([kind, model]) => ({ kind, model })),
    } as unknown as Intent;
    return countingModels(feature, anthropicMessages, { intent, isOpen: () => false })[0]?.name;
  };
  expect(counted(['premium'], [])).toBe('premium');
  expect(
    counted(
      ['mini', 'premium'],
      [
        ['first', 'mini'],
        ['escalation', 'premium'],
      ],
    ),
  ).toBe('premium');
  // A judge's call says nothing about the model of the intent.
  expect(
    counted(
      ['mini', 'premium'],
      [
        ['first', 'mini'],
        ['judge', 'grader'],
      ],
    ),
  ).toBe('mini');
  // A model that cannot serve the call any more does not count.
  expect(counted(['retired'], [])).toBe('mini');
});

describe('a model that is not available', () => {
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };

  /** Counts once with the SDK: `a` answers like this, `b` likewise. */
  async function counted(a: readonly Answer[], b: readonly Answer[]) {
    const [first, second] = await Promise.all([scriptedServer(a), scriptedServer(b)]);
    const own = createRouter({
      models: {
        a: { provider: 'anthropic', model: 'a-1', price, baseURL: first.url },
        b: { provider: 'anthropic', model: 'b-1', price, baseURL: second.url },
      },
      features: { f: { candidates: ['a', 'b'], failureCostUsd: 1, policy: fixed('a'), retries: 0 } },
    });
    const client = own.wrap(new Anthropic({ apiKey: 'k', baseURL: first.url, maxRetries: 0 }));
    const messages = [{ role: 'user' as const, content: 'Hello' }];
    const count = async (): Promise<unknown> =>
      client.messages.countTokens({ model: 'feature:f', messages }).catch((error: unknown) => error);
    const ask = async (): Promise<unknown> =>
      client.messages.create({ model: 'feature:f', messages, max_tokens: 9 }).catch((error: unknown) => error);
    const close = async (): Promise<void> => {
      await own.close();
      await Promise.all([first.close(), second.close()]);
    };
    return { count, ask, a: first, b: second, close };
  }

  const seven = json({ input_tokens: 7 });

  test.each([
    ['is overloaded', status(529)],
    ['asks to wait', status(429, { 'retry-after': '60' })],
    ['has no such path', status(404)],
    ['refuses the key', status(401)],
    ['resets the connection', reset],
  ])('another candidate counts where the first one %s', async (_, answer) => {
    const it = await counted([answer], [seven]);
    expect(await it.count()).toEqual({ input_tokens: 7 });
    expect(it.b.models).toEqual(['b-1']);
    await it.close();
  });

  test.each([
    ['a request that is wrong goes to the caller', [status(400)], [seven], 400, 0],
    ['the first failure goes to the caller where no other candidate can count', [status(529)], [status(400)], 529, 1],
    ['the first refusal goes to the caller where the others fail', [status(404)], [reset], 404, 1],
  ] as const)('the caller gets the right failure: %s', async (_, a, b, code, others) => {
    const it = await counted(a, b);
    expect(await it.count()).toMatchObject({ status: code });
    expect(it.b.received).toHaveLength(others);
    await it.close();
  });

  test('an error of the connection goes to the caller where no other candidate can count', async () => {
    const it = await counted([reset], [reset]);
    expect(await it.count()).toBeInstanceOf(Anthropic.APIConnectionError);
    await it.close();
  });

  test('a model whose circuit is open is asked last', async () => {
    const it = await counted([status(401)], [seven]);
    await it.ask();
    const asked = it.a.received.length;
    expect(await it.count()).toEqual({ input_tokens: 7 });
    expect(it.a.received).toHaveLength(asked);
    await it.close();
  });
});
