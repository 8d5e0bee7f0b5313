import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FakeProvider } from '../../src/testing/fake-provider.ts';
import { startFakeProvider } from '../../src/testing/fake-provider.ts';
import { ANTHROPICS, MODELS, OPENAIS, user } from './official-clients.ts';

let provider: FakeProvider;
beforeAll(async () => {
  provider = await startFakeProvider({ models: MODELS });
});
afterAll(() => provider.close());

describe('success', () => {
  test('success depends on feature, difficulty and seed, and the outcome header agrees with the text', async () => {
    const client = OPENAIS[0][1](provider);
    const ask = async (model: string, text: string) => {
      const { data, response } = await client.chat.completions.create({ model, messages: user(text) }).withResponse();
      const solved = data.choices[0]?.message.content?.startsWith('[solved]');
      expect(response.headers.get('x-fake-outcome')).toBe(solved === true ? 'solved' : 'not-solved');
      return solved;
    };
    expect(await ask('weak', '[feature:unknown]')).toBe(false);
    expect(await ask('weak', '[feature:support.reply] [difficulty:0.49]')).toBe(true);
    expect(await ask('weak', '[feature:support.reply] [difficulty:0.5]')).toBe(false);
    const results = [];
    for (let task = 0; task < 40; task++) results.push(await ask('weak', `[feature:support.reply] [task:${task}]`));
    expect(await ask('weak', '[feature:support.reply] [task:7]')).toBe(results[7]);
    expect(results.filter(Boolean).length).toBeGreaterThan(8);
    expect(results.filter(Boolean).length).toBeLessThan(32);
  });
});

describe('a provider', () => {
  const [, newest] = OPENAIS[0];
  const ask = (client: ReturnType<typeof newest>, model: string) =>
    client.chat.completions.create({ model, messages: user('Hello') });

  test('the same seed gives the same replies and the same bill', async () => {
    const bills = [];
    for (const seed of ['a', 'a', 'b']) {
      await using again = await startFakeProvider({ models: MODELS, seed });
      for (let turn = 0; turn < 5; turn++) await ask(newest(again), 'other');
      bills.push(again.bill().totalNanoUsd);
    }
    expect(bills[1]).toBe(bills[0]);
    expect(bills[2]).not.toBe(bills[0]);
  });

  test('models can be added and removed while the provider runs', async () => {
    await using changing = await startFakeProvider({ models: {} });
    await expect(ask(newest(changing), 'new')).rejects.toMatchObject({ status: 404 });
    changing.setModel('new', { price: { input: '1', output: '1' } });
    expect((await ask(newest(changing), 'new')).model).toBe('new');
    changing.setModel('new', undefined);
    await expect(ask(newest(changing), 'new')).rejects.toMatchObject({ status: 404 });
    expect(changing.bill().byModel).toMatchObject({ new: { requests: 1 } });
  });

  test('the log keeps the latest requests with their faults, statuses and results', async () => {
    await using logging = await startFakeProvider({
      models: MODELS,
      keepsRequests: 2,
      faults: [{ kind: 'status', status: 500 }],
    });
    const client = newest(logging);
    await expect(ask(client, 'mini')).rejects.toMatchObject({ status: 500 });
    expect(logging.requests()).toMatchObject([{ index: 0, status: 500, fault: { kind: 'status' }, solved: undefined }]);
    for (let turn = 0; turn < 7; turn++) await ask(client, 'mini');
    expect(logging.requests()).toMatchObject([
      { index: 6 },
      { index: 7, api: 'openai-chat', model: 'mini', status: 200, solved: true },
    ]);
    expect(logging.requests()[1]?.body).toMatchObject({ messages: user('Hello') });
    expect(logging.requests()[1]?.headers.authorization).toBe('Bearer k');
  });

  test('a tier with a price is served and billed, and any other tier is served as standard', async () => {
    const tierPrices = { flex: { input: '0.5', output: '1' } };
    await using tiered = await startFakeProvider({
      models: { m: { price: { input: '1', output: '2' }, tierPrices, tokens: { input: 10, output: 10 } } },
    });
    const tiers = [];
    for (const tier of ['flex', 'priority', 'auto'] as const) {
      const reply = await newest(tiered).chat.completions.create({
        model: 'm',
        messages: user('x'),
        service_tier: tier,
      });
      tiers.push(reply.service_tier);
    }
    expect(tiers).toEqual(['flex', 'default', 'default']);
    expect(tiered.bill().requests.map(({ costNanoUsd, tier }) => [tier, costNanoUsd])).toEqual([
      ['flex', 15_000n],
      ['standard', 30_000n],
      ['standard', 30_000n],
    ]);
  });

  test('a reply is delayed by the model’s latency', async () => {
    await using slow = await startFakeProvider({
      models: { m: { price: { input: '1', output: '2' }, latencyMs: [30, 40] } },
    });
    const started = performance.now();
    await ask(newest(slow), 'm');
    expect(performance.now() - started).toBeGreaterThan(29);
  });
});

describe('scripted replies', () => {
  const models = { m: { price: { input: '1', output: '2' }, unsupported: ['temperature'] } };
  const chat = (url: string, body: object) =>
    fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'm', messages: user('Hello'), ...body }),
    });

  test('scripted replies are sent once and in order; after the last one the model answers again', async () => {
    await using scripting = await startFakeProvider({ models: { m: models.m } });
    scripting.reply('exactly this', 503);
    scripting.reply({ text: '{"total":7}', tokens: { input: 900, output: 6 } });
    const seen = [];
    for (let call = 0; call < 4; call++) {
      const response = await chat(scripting.url, {});
      const { choices, usage } = (await response.json()) as {
        readonly choices?: readonly [{ readonly message: { readonly content: string } }];
        readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number };
      };
      seen.push([response.status, choices?.[0].message.content, usage?.completion_tokens]);
    }
    expect(seen.slice(0, 3)).toEqual([
      [200, 'exactly this', 3],
      [503, undefined, undefined],
      [200, '{"total":7}', 6],
    ]);
    expect(seen[3]?.[1]).toMatch(/^\[solved\] /);
    expect(scripting.queuedReplies).toBe(0);
    expect(scripting.bill().requests.map(({ lines }) => lines.map(({ quantity }) => quantity))[1]).toEqual([900, 6]);
  });

  test('a fault cuts a scripted text short, and only the part that was sent is charged', async () => {
    await using scripting = await startFakeProvider({ models: { m: { ...models.m, pieces: 4 } } });
    scripting.reply({ text: 'abcdefgh', fault: { kind: 'truncate', afterEvents: 3 } });
    const text = await (await chat(scripting.url, { stream: true })).text();
    expect(text).toContain('"content":"ab"');
    expect(text).toContain('"content":"cd"');
    expect(text).not.toContain('"content":"ef"');
    expect(scripting.bill().requests[0]?.lines.at(-1)).toMatchObject({ meter: 'output', quantity: 1 });
  });

  test('a scripted reply does not use up scheduled faults, and answers only calls of its own model', async () => {
    await using scripting = await startFakeProvider({
      models: { m: models.m },
      faults: [{ kind: 'status', status: 500 }],
    });
    scripting.reply({ model: 'm', text: 'first' });
    expect((await fetch(`${scripting.url}/v1/models`)).status).toBe(200);
    expect((await chat(scripting.url, { model: 'missing' })).status).toBe(500);
    scripting.setFaults([{ kind: 'status', status: 500 }]);
    expect((await chat(scripting.url, { temperature: 1 })).status).toBe(200);
    expect((await chat(scripting.url, {})).status).toBe(500);
    expect((await chat(scripting.url, { temperature: 1 })).status).toBe(400);
  });

  test('a mistake in an option, a model or a script is refused at once, and nothing is queued', async () => {
    const wrong = { price: { input: '.25', output: '1' } };
    await expect(startFakeProvider({ models: { m: wrong } })).rejects.toThrow(
      expect.objectContaining({ code: 'invalid-value', path: 'startFakeProvider.models.m.price.input' }),
    );
    await expect(startFakeProvider({ models, seeed: 1 } as never)).rejects.toThrow('did you mean "seed"?');
    await using scripting = await startFakeProvider({ models });
    expect(() => scripting.setModel('n', wrong)).toThrow(expect.objectContaining({ path: 'setModel.n.price.input' }));
    expect(() => scripting.setFaults([{ kind: 'rest' } as never])).toThrow('did you mean "reset"?');
    for (const script of [200, { txt: 'a' }, { kind: 'rest' }, { model: 'nope' }, undefined] as never[]) {
      expect(() => scripting.reply('first', script)).toThrow(
        expect.objectContaining({ path: expect.stringContaining('reply[1]'), accepted: expect.anything() }),
      );
    }
    expect(scripting.queuedReplies).toBe(0);
  });

  test('a mistake in a function of the test is reported by the client at once, and the provider goes on', async () => {
    const broken = (): string => {
      throw new Error('no such order');
    };
    await using scripting = await startFakeProvider({ models: { m: models.m, broken: { ...models.m, text: broken } } });
    const client = OPENAIS[0][1](scripting).withOptions({ maxRetries: 2 });
    const ask = (model: string) => client.chat.completions.create({ model, messages: user('Hello') });
    await expect(ask('broken')).rejects.toThrow('The fake provider failed. no such order');
    scripting.setFaults(() => ({ kind: 'rest' }) as never);
    await expect(ask('m')).rejects.toThrow('faults().kind: no fault has this kind, did you mean "reset"?');
    scripting.setFaults(() => ({ kind: 'delivery', delivery: { headers: { server: 'a\nb' } } }));
    await expect(ask('m')).rejects.toThrow('Invalid character in header content ["server"]');
    scripting.setFaults(undefined);
    expect((await ask('m')).model).toBe('m');
    expect(scripting.requests()).toHaveLength(4);
  });

  test('a scripted fault about a parameter waits for a request that has the parameter', async () => {
    await using scripting = await startFakeProvider({ models: { m: { price: models.m.price } } });
    scripting.reply({ kind: 'unsupported-parameter', parameter: 'top_p' }, 'next');
    expect(await (await chat(scripting.url, {})).text()).toContain('"content":"next"');
    expect(await (await chat(scripting.url, {})).text()).toContain('"content":"[solved] ');
    expect(scripting.queuedReplies).toBe(1);
    expect((await chat(scripting.url, { top_p: 1 })).status).toBe(400);
    scripting.reply({ text: 'mine', fault: { kind: 'unsupported-value', parameter: 'top_p' } });
    expect(await (await chat(scripting.url, {})).text()).toContain('"content":"mine"');
    expect(scripting.queuedReplies).toBe(0);
  });

  test('the SDKs of both providers read a scripted text and a scripted tool call', async () => {
    await using scripting = await startFakeProvider({ models: { m: models.m } });
    const call = { toolCalls: [{ name: 'lookUp', arguments: { order: 7 } }] };
    scripting.reply('Hi', call, 'Hi', call);
    const openai = OPENAIS[0][1](scripting);
    const asked = { model: 'm', messages: user('Hello') };
    expect((await openai.chat.completions.create(asked)).choices[0]?.message.content).toBe('Hi');
    expect((await openai.chat.completions.create(asked)).choices[0]?.message.tool_calls).toMatchObject([
      { function: { name: 'lookUp', arguments: '{"order":7}' } },
    ]);
    const anthropic = ANTHROPICS[0][1](scripting);
    const message = { ...asked, max_tokens: 9 };
    expect((await anthropic.messages.create(message)).content).toMatchObject([{ type: 'text', text: 'Hi' }]);
    expect((await anthropic.messages.create(message)).content).toMatchObject([
      { type: 'tool_use', name: 'lookUp', input: { order: 7 } },
    ]);
  });
});
