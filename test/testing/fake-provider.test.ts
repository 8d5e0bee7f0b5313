import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FakeProvider } from '../../src/testing/fake-provider.ts';
import { startFakeProvider } from '../../src/testing/fake-provider.ts';
import { MODELS, OPENAIS, user } from './official-clients.ts';

let provider: FakeProvider;
beforeAll(async () => {
  provider = await startFakeProvider({ models: MODELS });
});
afterAll(() => provider.close());

describe('success', () => {
  test('follows the feature, the difficulty and the seed, and the header says the same as the text', async () => {
    const client = OPENAIS[0][1](provider);
    const ask = async (model: string, text: string) => {
      const { data, response } = await client.chat.completions.create({ model, messages: user(text) }).withResponse();
      const solved = data.choices[0]?.message.content?.startsWith('[solved]');
      expect(response.headers.get('x-fake-outcome')).toBe(solved === true ? 'solved' : 'not-solved');
      return solved;
    };
    expect(await ask('weak', '[feature:unheard-of]')).toBe(false);
    expect(await ask('weak', '[feature:support.reply] [difficulty:0.49]')).toBe(true);
    expect(await ask('weak', '[feature:support.reply] [difficulty:0.5]')).toBe(false);
    const fates = [];
    for (let task = 0; task < 40; task++) fates.push(await ask('weak', `[feature:support.reply] [task:${task}]`));
    expect(await ask('weak', '[feature:support.reply] [task:7]')).toBe(fates[7]);
    expect(fates.filter(Boolean).length).toBeGreaterThan(8);
    expect(fates.filter(Boolean).length).toBeLessThan(32);
  });
});

describe('a provider', () => {
  const [, newest] = OPENAIS[0];
  const ask = (client: ReturnType<typeof newest>, model: string) =>
    client.chat.completions.create({ model, messages: user('Hello') });

  test('with the same seed says the same for the same money', async () => {
    const bills = [];
    for (const seed of ['a', 'a', 'b']) {
      await using again = await startFakeProvider({ models: MODELS, seed });
      for (let turn = 0; turn < 5; turn++) await ask(newest(again), 'other');
      bills.push(again.bill().totalNanoUsd);
    }
    expect(bills[1]).toBe(bills[0]);
    expect(bills[2]).not.toBe(bills[0]);
  });

  test('takes models on and retires them', async () => {
    await using changing = await startFakeProvider({ models: {} });
    await expect(ask(newest(changing), 'new')).rejects.toMatchObject({ status: 404 });
    changing.setModel('new', { price: { input: '1', output: '1' } });
    expect((await ask(newest(changing), 'new')).model).toBe('new');
    changing.setModel('new', undefined);
    await expect(ask(newest(changing), 'new')).rejects.toMatchObject({ status: 404 });
    expect(changing.bill().byModel).toMatchObject({ new: { requests: 1 } });
  });

  test('logs what came and what became of it, the latest first to stay', async () => {
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

  test('serves tiers at their own price, and names no tier it has no price for', async () => {
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

  test('answers after its latency', async () => {
    await using slow = await startFakeProvider({
      models: { m: { price: { input: '1', output: '2' }, latencyMs: [30, 40] } },
    });
    const started = performance.now();
    await ask(newest(slow), 'm');
    expect(performance.now() - started).toBeGreaterThan(29);
  });
});
