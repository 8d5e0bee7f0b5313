/** Prices that depend on the reply, end to end: the tier it was served in, and the time on a GPU of your own. */
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Attempt } from '../src/core/ledger/vocabulary.ts';
import { exportFocus } from '../src/exports/focus/focus.ts';
import { resolvePrice } from '../src/prices/price-book.ts';
import { createRouter } from '../src/create-router.ts';
import { memory } from '../src/stores/memory.ts';
import type { FakeProvider } from '../src/public/testing.ts';
import { startFakeProvider } from '../src/public/testing.ts';
import { textOf } from './exports/bill/bills.ts';

let provider: FakeProvider;
beforeAll(async () => {
  provider = await startFakeProvider({
    models: {
      'mini-1': {
        price: { input: '0.25', cacheRead: '0.025', output: '2' },
        tierPrices: {
          flex: { input: '0.125', cacheRead: '0.0125', output: '1' },
          priority: { input: '0.45', cacheRead: '0.045', output: '3.6' },
        },
        tokens: { input: [100, 900], cacheRead: [0, 300], output: [5, 60] },
      },
      'llama-3-8b': { price: { input: '0', output: '0' }, latencyMs: [3, 30] },
    },
    seed: 'tiers',
  });
});
afterAll(async () => provider.close());

const rates = (input: number, cacheRead: number, output: number) => ({
  inputUsdPerMillion: input,
  cacheReadUsdPerMillion: cacheRead,
  outputUsdPerMillion: output,
});
const PRICES = {
  mini: { ...rates(0.25, 0.025, 2), tiers: { flex: 0.5, priority: rates(0.45, 0.045, 3.6) } },
  local: { gpuHourUsd: 2, concurrency: 16, utilisation: 0.7 },
};

function world() {
  const store = memory();
  const router = createRouter({
    models: {
      mini: { provider: 'openai', model: 'mini-1', price: PRICES.mini },
      local: { provider: 'openai', model: 'llama-3-8b', baseURL: `${provider.url}/v1`, price: PRICES.local },
    },
    features: {
      hosted: { candidates: ['mini'], failureCostUsd: 1 },
      own: { candidates: ['local'], failureCostUsd: 1 },
    },
    store,
  });
  const openai = router.wrap(new OpenAI({ apiKey: 'none', baseURL: provider.openaiBaseURL }));
  async function attempts(): Promise<readonly Attempt[]> {
    await router.flush();
    const found: Attempt[] = [];
    for await (const record of store.scan({ kind: 'attempted' }))
      if (record.kind === 'attempted') found.push(record.attempt);
    return found;
  }
  return { router, openai, store, attempts };
}

const messages = [{ role: 'user' as const, content: 'Hello' }];
type Tier = 'default' | 'flex' | 'priority';

const CALLS: Readonly<Record<string, (openai: OpenAI, model: string, service_tier: Tier) => Promise<unknown>>> = {
  'chat completion': async (openai, model, service_tier) =>
    openai.chat.completions.create({ model, messages, service_tier }),
  'streamed chat completion': async (openai, model, service_tier) => {
    await Array.fromAsync(await openai.chat.completions.create({ model, messages, service_tier, stream: true }));
  },
  response: async (openai, model, service_tier) => openai.responses.create({ model, input: 'Hello', service_tier }),
  'streamed response': async (openai, model, service_tier) => {
    await Array.fromAsync(await openai.responses.create({ model, input: 'Hello', service_tier, stream: true }));
  },
};

describe('the tier of a reply sets the price and is in the ledger', () => {
  test.each(Object.entries(CALLS))('a %s is priced by the service tier that its reply reports', async (_, call) => {
    const { router, openai, attempts } = world();
    const before = provider.bill().totalNanoUsd;
    for (const tier of ['default', 'flex', 'priority'] as const)
      await call(openai, router.feature('hosted').model, tier);
    const made = await attempts();
    expect(made.map(({ tier }) => tier)).toEqual([undefined, 'flex', 'priority']);
    expect(made.reduce((sum, { costNanoUsd }) => sum + BigInt(costNanoUsd), 0n)).toBe(
      provider.bill().totalNanoUsd - before,
    );
    expect(made.every(({ provenance }) => provenance === 'reported')).toBe(true);
    await router.close();
  });
});

describe('a model on a GPU of your own', () => {
  // $2 an hour, 16 at a time, 70 % of the time: 2 / 0.7 / 3,600,000 / 16 USD a millisecond, in pico-dollars.
  const PICO_PER_MS = Math.round((2 / 0.7 / 3_600_000 / 16) * 1e12);

  test('a call costs the time it took', async () => {
    const { router, openai, attempts } = world();
    for (let i = 0; i < 5; i++) await CALLS['chat completion']?.(openai, router.feature('own').model, 'default');
    const made = await attempts();
    expect(made).toHaveLength(5);
    for (const { latencyMs, costNanoUsd } of made) {
      expect(latencyMs).toBeGreaterThanOrEqual(2);
      expect(costNanoUsd).toBe(Math.round((Math.round(latencyMs) * PICO_PER_MS) / 1_000));
    }
    await router.close();
  });

  test('a call is GPU time on the FOCUS bill, at the same cost', async () => {
    const { router, openai, attempts, store } = world();
    await CALLS['streamed chat completion']?.(openai, router.feature('own').model, 'default');
    const [attempt] = await attempts();
    const price = resolvePrice({ provider: 'openai', model: 'llama-3-8b', price: PRICES.local });
    const vendor = { billingAccountId: 'gpu-1', serviceProviderName: 'Self-hosted', serviceName: 'Self-hosted models' };
    const bill = await textOf(exportFocus(store, { version: '1.4', priceOf: () => price, vendorOf: () => vendor }));
    const [head = '', row = '', ...none] = bill.trim().split('\n');
    expect(none).toEqual([]);
    const column = (name: string): string | undefined => row.split(',')[head.split(',').indexOf(name)];
    expect(column('SkuMeter')).toBe('GPU Time');
    expect(column('ConsumedUnit')).toBe('Milliseconds');
    expect(Number(column('EffectiveCost'))).toBeCloseTo((attempt?.costNanoUsd ?? Number.NaN) / 1e9, 12);
    expect(Number(column('ConsumedQuantity'))).toBe(Math.round(attempt?.latencyMs ?? Number.NaN));
    await router.close();
  });
});
