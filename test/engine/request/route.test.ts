import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { fixed } from '../../../src/policies/fixed.ts';
import type { Router } from '../../../src/router-type.ts';
import { createRouter } from '../../../src/create-router.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { memory } from '../../../src/stores/memory.ts';
import { startFakeProvider } from '../../../src/public/testing.ts';
import { charged, closeAll, routed } from '../../support/routed.ts';
import type { Answer } from '../../support/scripted-server.ts';
import { chat, json, scriptedServer, status } from '../../support/scripted-server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

afterEach(closeAll);

const good = (reply: { text: string }): boolean => reply.text === 'good';

describe('an intent over several requests', () => {
  test('an intent of several requests is decided once, and each request is a turn', async () => {
    const { router, ask, ledger, attempts } = await routed([chat('hi')]);
    const intent = router.feature('support').intent();
    for (let turn = 0; turn < 3; turn++) await ask(intent.model);
    expect((await ledger()).filter(({ kind }) => kind === 'decided')).toHaveLength(1);
    expect(charged(await attempts())).toEqual(['1 first mini', '2 first mini', '3 first mini']);
  });

  test('an intent keeps its decision when the policy decides otherwise, and after a restart', async () => {
    const store = memory();
    const { router, ask } = await routed([chat('hi')], {}, { store });
    const intent = router.feature('support').intent();
    await ask(intent.model);
    void router.feature('support').pin('premium');
    await ask(intent.model);
    await router.flush();
    const after = await routed([chat('hi')], { policy: fixed('premium') }, { store });
    await after.ask(intent.model);
    expect(after.server.models).toEqual(['mini-1']);
    expect((await after.ledger()).filter(({ kind }) => kind === 'decided')).toHaveLength(1);
    expect((await after.attempts()).map(({ turn }) => turn)).toEqual([1, 2, 3]);
  });

  test('the next turn continues at the node that the intent has climbed to', async () => {
    const { router, ask, attempts } = await routed(
      { 'mini-1': [chat('bad')], 'premium-1': [chat('good')] },
      { validate: good, policy: fixed(['mini', 'premium']) },
    );
    const intent = router.feature('support').intent();
    await ask(intent.model);
    await ask(intent.model);
    expect(charged(await attempts())).toEqual(['1 first mini', '1 escalation mini>premium', '2 first mini>premium']);
  });

  test('if two processes decide an intent at the same moment, the loser uses the recorded decision', async () => {
    const path = join(temporaryFolder(), 'router.db');
    const open = async (plan: 'mini' | 'premium') =>
      routed([chat('hi')], { policy: fixed(plan) }, { store: sqlite(path) });
    const sides = [await open('mini'), await open('premium')] as const;
    const model = sides.map(side => side.router.feature('support').intent({ id: 'both' }).model)[0] ?? '';
    await Promise.all(sides.map(async side => side.ask(model)));
    await Promise.all(sides.map(async side => side.router.flush()));
    const replies = await Promise.all(sides.map(async side => side.ask(model)));
    const [decided] = await sides[0].store.load('both');
    const plan = decided?.kind === 'decided' ? decided.decision.plan : [];
    const receipts = replies.map((reply, side) => sides[side]?.router.receipt(reply));
    expect(receipts.map(receipt => receipt?.plan)).toEqual([plan, plan]);
    expect(receipts.flatMap(receipt => receipt?.attempts.map(attempt => attempt.model))).toEqual([...plan, ...plan]);
    const { grown, rebuilt } = await sides[0].cells();
    expect(grown).toEqual(rebuilt);
    await Promise.all(sides.map(async side => side.close()));
  });

  test('the next turn starts at the model that answered last, and not at one that refused the request', async () => {
    const { router, ask, attempts } = await routed(
      { 'mini-1': [chat('bad'), chat('good')], 'premium-1': [status(400), chat('good')] },
      { validate: good, policy: fixed(['mini', 'premium']) },
    );
    const intent = router.feature('support').intent();
    await ask(intent.model);
    await ask(intent.model);
    expect(charged(await attempts()).at(-1)).toBe('2 first mini');
  });

  test('the turn after an outage returns from the substitute to the plan’s own model', async () => {
    const { router, ask, attempts } = await routed(
      { 'mini-1': [status(500), chat('hi')], 'premium-1': [chat('hi')] },
      { retries: 0 },
    );
    const intent = router.feature('support').intent();
    await ask(intent.model);
    await ask(intent.model);
    expect(charged(await attempts())).toEqual(['1 first mini', '1 escalation mini!premium', '2 first mini']);
  });

  test('an intent climbs when its turns at one model are used up', async () => {
    const { router, ask, attempts } = await routed([chat('hi')], { maxTurns: 2 });
    const intent = router.feature('support').intent();
    for (let turn = 0; turn < 4; turn++) await ask(intent.model);
    expect(charged(await attempts())).toEqual([
      '1 first mini',
      '2 first mini',
      '3 first mini>premium',
      '4 first mini>premium',
    ]);
  });

  test('the calls of a judge do not count as turns, so a judged turn uses up one turn of its model', async () => {
    const it = await routed([chat('hi')], {
      maxTurns: 2,
      async validate(reply) {
        const body = JSON.stringify({ model: reply.judgeModel('premium'), messages: [], isJudge: true });
        return (await it.router.fetch(`${it.server.url}/v1/chat/completions`, { method: 'POST', body })).ok;
      },
    });
    const intent = it.router.feature('support').intent();
    for (let turn = 0; turn < 3; turn++) await it.ask(intent.model);
    const turns = it.server.received.filter(({ body }) => body['isJudge'] === undefined);
    expect(turns.map(({ body }) => body.model)).toEqual(['mini-1', 'mini-1', 'premium-1']);
  });

  test('the calls of a judge do not move the intent to the judge’s model', async () => {
    const it = await routed([chat('hi')], {
      maxTurns: 1,
      async validate(reply) {
        const body = JSON.stringify({ model: reply.judgeModel('mini'), messages: [], isJudge: true });
        return (await it.router.fetch(`${it.server.url}/v1/chat/completions`, { method: 'POST', body })).ok;
      },
    });
    const intent = it.router.feature('support').intent();
    for (let turn = 0; turn < 3; turn++) await it.ask(intent.model);
    const turns = it.server.received.filter(({ body }) => body['isJudge'] === undefined);
    expect(turns.map(({ body }) => body.model)).toEqual(['mini-1', 'premium-1', 'premium-1']);
  });

  test('retries do not count as turns, so a request that was sent three times uses up one turn of its model', async () => {
    const { router, ask, attempts } = await routed(
      { 'mini-1': [status(503), status(503), chat('hi')], 'premium-1': [chat('hi')] },
      { maxTurns: 2, retries: 2 },
    );
    const intent = router.feature('support').intent();
    for (let turn = 0; turn < 3; turn++) await ask(intent.model);
    expect(charged(await attempts())).toEqual([
      '1 first mini',
      '1 retry mini',
      '1 retry mini',
      '2 first mini',
      '3 first mini>premium',
    ]);
  });

  test('an intent stays at the last model of its plan when no candidate is left to climb to', async () => {
    const { router, ask, server } = await routed([chat('hi')], { maxTurns: 1, policy: fixed('premium') });
    const intent = router.feature('support').intent();
    for (let turn = 0; turn < 3; turn++) await ask(intent.model);
    expect(server.models).toEqual(['premium-1', 'premium-1', 'premium-1']);
  });

  test('the request after a failed first one starts at the plan’s first model', async () => {
    const { router, ask, attempts } = await routed({ 'mini-1': [status(400), chat('hi')] });
    const intent = router.feature('support').intent();
    expect((await ask(intent.model)).status).toBe(400);
    expect((await ask(intent.model)).status).toBe(200);
    expect(charged(await attempts())).toEqual(['1 first mini', '2 first mini']);
  });
});

describe('a model that cannot take the request', () => {
  test('a turn whose model is disabled goes to another model, and turns return to the model once it is enabled', async () => {
    const { router, ask, attempts } = await routed([chat('hi')]);
    const intent = router.feature('support').intent();
    await ask(intent.model);
    void router.disable('mini');
    await ask(intent.model);
    void router.enable('mini');
    await ask(intent.model);
    expect(charged(await attempts())).toEqual(['1 first mini', '2 first mini!premium', '3 first mini']);
  });

  test('a turn whose plan has lost its first model goes to the next one of the plan at once', async () => {
    const { router, ask, attempts } = await routed([chat('good')], {
      validate: good,
      policy: fixed(['mini', 'premium']),
    });
    const intent = router.feature('support').intent();
    await ask(intent.model);
    void router.disable('mini');
    await ask(intent.model);
    expect(charged(await attempts())).toEqual(['1 first mini', '2 first mini!premium']);
  });

  test('a turn whose plan has lost its last model starts at the same node, and does not climb when it is rejected', async () => {
    const { router, ask, attempts } = await routed([chat('good'), chat('bad')], {
      validate: good,
      policy: fixed(['mini', 'premium']),
    });
    const intent = router.feature('support').intent();
    await ask(intent.model);
    void router.disable('premium');
    await ask(intent.model);
    expect(charged(await attempts())).toEqual(['1 first mini', '2 first mini']);
  });

  test('a request that no model can serve is refused before anything is sent', async () => {
    const { router, ask, server } = await routed([chat('hi')]);
    const intent = router.feature('support').intent();
    await ask(intent.model);
    void router.disable('mini');
    void router.disable('premium');
    for (const refused of [await ask(intent.model), await ask()]) {
      expect(refused.status).toBe(400);
      expect(await refused.json()).toMatchObject({ error: { code: 'no-eligible-candidate' } });
    }
    expect(server.received).toHaveLength(1);
  });

  test('a turn that needs a capability its model lacks goes to another model', async () => {
    const server = await scriptedServer([chat('hi')]);
    const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
    const router = createRouter({
      models: {
        mini: { provider: 'openai', model: 'mini-1', price, lacks: ['tools'] },
        premium: { provider: 'openai', model: 'premium-1', price },
      },
      features: { support: { candidates: ['mini', 'premium'], failureCostUsd: 1, policy: fixed('mini') } },
    });
    const intent = router.feature('support').intent();
    const ask = async (more: object): Promise<Response> =>
      router.fetch(`${server.url}/v1/chat/completions`, {
        method: 'POST',
        body: JSON.stringify({ model: intent.model, messages: [], ...more }),
      });
    await ask({});
    await ask({ tools: [{ type: 'function', function: { name: 'f' } }] });
    await ask({});
    expect(server.models).toEqual(['mini-1', 'premium-1', 'mini-1']);
    await server.close();
  });

  test('a turn that needs a capability which every candidate lacks is refused before anything is sent', async () => {
    const server = await scriptedServer([chat('hi')]);
    const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
    const router = createRouter({
      models: { mini: { provider: 'openai', model: 'mini-1', price, lacks: ['tools'] } },
      features: { support: { candidates: ['mini'], failureCostUsd: 1 } },
    });
    const intent = router.feature('support').intent();
    const ask = async (more: object): Promise<Response> =>
      router.fetch(`${server.url}/v1/chat/completions`, {
        method: 'POST',
        body: JSON.stringify({ model: intent.model, messages: [], ...more }),
      });
    await ask({});
    const refused = await ask({ tools: [{ type: 'function', function: { name: 'f' } }] });
    expect(await refused.json()).toMatchObject({ error: { code: 'no-eligible-candidate' } });
    expect(server.models).toEqual(['mini-1']);
    await server.close();
  });

  test('a turn sent to another provider’s API goes to a model of that provider', async () => {
    const provider = await startFakeProvider({
      models: { 'mini-1': { price: { input: '1', output: '2' } }, 'opus-1': { price: { input: '1', output: '2' } } },
    });
    const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
    const router = createRouter({
      models: {
        mini: { provider: 'openai', model: 'mini-1', price },
        opus: { provider: 'anthropic', model: 'opus-1', price },
      },
      features: { support: { candidates: ['mini', 'opus'], failureCostUsd: 1, policy: fixed('mini') } },
    });
    const intent = router.feature('support').intent();
    const messages = [{ role: 'user', content: 'Hello' }];
    for (const path of ['/v1/chat/completions', '/v1/messages']) {
      const body = JSON.stringify({ model: intent.model, max_tokens: 100, messages });
      expect((await router.fetch(provider.url + path, { method: 'POST', body })).status).toBe(200);
    }
    expect(provider.requests().map(({ model }) => model)).toEqual(['mini-1', 'opus-1']);
    await provider.close();
  });
});

describe('requests that are bound to a model', () => {
  const responses: Answer = (request, response) =>
    json(
      {
        id: `resp_${request.body.model}_${request.body['input'] as string}`,
        object: 'response',
        status: 'completed',
        model: request.body.model,
        output: [{ type: 'message', content: [{ type: 'output_text', text: 'bad' }] }],
        usage: { input_tokens: 100, output_tokens: 10 },
      },
      {},
    )(request, response);

  async function conversation(feature: Parameters<typeof routed>[1] = {}) {
    const it = await routed([responses], feature);
    const say = async (model: string, input: string, previous?: string) => {
      const response = await it.router.fetch(`${it.server.url}/v1/responses`, {
        method: 'POST',
        body: JSON.stringify({ model, input, ...(previous === undefined ? {} : { previous_response_id: previous }) }),
      });
      return ((await response.json()) as { id: string }).id;
    };
    return { ...it, say };
  }

  test('a request without an intent goes to the model that gave the response it refers to', async () => {
    const { router, say, server, ledger } = await conversation();
    const support = router.feature('support');
    const first = await say(support.model, 'a');
    void support.pin('premium');
    await say(support.model, 'b');
    await say(support.model, 'c', first);
    expect(server.models).toEqual(['mini-1', 'premium-1', 'mini-1']);
    expect((await ledger()).findLast(({ kind }) => kind === 'decided')).toMatchObject({
      decision: { plan: ['mini'], propensity: 1, reason: 'bound to its model: previous_response_id' },
    });
  });

  test('a turn goes to the model that gave the response it refers to, also when the intent has climbed since', async () => {
    const { router, say, server } = await conversation({ maxTurns: 1 });
    const { model } = router.feature('support').intent();
    const first = await say(model, 'a');
    const second = await say(model, 'b');
    await say(model, 'c', first);
    await say(model, 'd', second);
    expect(server.models).toEqual(['mini-1', 'premium-1', 'mini-1', 'premium-1']);
  });

  test('a request whose only possible model is disabled is refused, and no other model is asked', async () => {
    const { router, say, server } = await conversation();
    const { model } = router.feature('support').intent();
    const first = await say(model, 'a');
    void router.disable('mini');
    expect(await say(model, 'b', first)).toBeUndefined();
    expect(server.models).toEqual(['mini-1']);
  });

  test('a bound request does not climb when its reply is rejected', async () => {
    const { router, say, server } = await conversation({ validate: good, policy: fixed(['mini', 'premium']) });
    const { model } = router.feature('support').intent();
    const first = await say(model, 'a');
    expect(server.models).toEqual(['mini-1', 'premium-1']);
    await say(model, 'b', first);
    expect(server.models).toEqual(['mini-1', 'premium-1', 'premium-1']);
  });

  test('a guessed model is not asked while it is disabled', async () => {
    const it = await routed({ 'mini-1': [status(400)], 'premium-1': [responses] });
    const { model } = it.router.feature('support').intent();
    const say = async (more: object): Promise<Response> =>
      it.router.fetch(`${it.server.url}/v1/responses`, {
        method: 'POST',
        body: JSON.stringify({ model, input: 'a', ...more }),
      });
    expect((await say({})).status).toBe(400);
    void it.router.disable('mini');
    expect((await say({ previous_response_id: 'resp_of_another_process' })).status).toBe(200);
    expect(it.server.models).toEqual(['mini-1', 'premium-1']);
  });

  test('signed thinking of an unknown model is tried at each candidate in turn until one accepts it', async () => {
    const models = {
      'mini-1': { price: { input: '1', output: '2' } },
      'premium-1': { price: { input: '1', output: '2' } },
    };
    const provider = await startFakeProvider({ models });
    const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
    const store = memory();
    const router = createRouter({
      models: {
        mini: { provider: 'anthropic', model: 'mini-1', price },
        premium: { provider: 'anthropic', model: 'premium-1', price },
      },
      features: { support: { candidates: ['mini', 'premium'], failureCostUsd: 1, policy: fixed('mini') } },
      store,
    }) as unknown as Router;
    const think = async (model: string, messages: readonly unknown[]): Promise<Response> =>
      router.fetch(`${provider.url}/v1/messages`, {
        method: 'POST',
        body: JSON.stringify({ model, max_tokens: 2000, thinking: { type: 'enabled', budget_tokens: 1024 }, messages }),
      });
    const hello = { role: 'user', content: 'Hello' };
    const { content } = (await (await think('premium-1', [hello])).json()) as { content: unknown };
    const answer = await think(router.feature('support').model, [hello, { role: 'assistant', content }, hello]);
    expect(answer.status).toBe(200);
    expect(provider.requests().map(({ model, status: code }) => [model, code])).toEqual([
      ['premium-1', 200],
      ['mini-1', 400],
      ['premium-1', 200],
    ]);
    // A request that every model refuses returns the first refusal.
    const forged = [{ type: 'thinking', thinking: 'x', signature: 'forged-signature-of-no-model' }];
    const refused = await think(router.feature('support').model, [
      hello,
      { role: 'assistant', content: forged },
      hello,
    ]);
    expect([refused.status, refused.headers.get('request-id')]).toEqual([400, 'req_00000003']);
    await router.close();
    await provider.close();
  });
});
