import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Ask, DemoRouter } from '../../src/demo/application.ts';
import { demoCalls, demoRouter } from '../../src/demo/application.ts';
import { loadClients } from '../../src/demo/clients.ts';
import { startDemoProvider } from '../../src/demo/provider.ts';
import type { DemoFeatureName } from '../../src/demo/world.ts';
import { DEMO_FEATURE_NAMES, DEMO_MODELS, demoFeature } from '../../src/demo/world.ts';
import { memory } from '../../src/stores/memory.ts';
import type { Store } from '../../src/contracts/store.ts';
import type { FakeProvider } from '../../src/testing/fake-provider.ts';
import { startFakeProvider } from '../../src/testing/fake-provider.ts';

let provider: FakeProvider;
let store: Store;
let router: DemoRouter;
let ask: Ask;

beforeEach(async () => {
  provider = await startDemoProvider('test');
  store = memory();
  router = demoRouter({ store, seed: 'test' });
  ask = demoCalls(router, await loadClients(), provider);
});
afterEach(async () => {
  await router.close();
  await provider.close();
});

const askOnce = async (feature: DemoFeatureName, id: string, luck = 0.5): Promise<boolean> =>
  ask({ feature, id, luck }, router.feature(feature).intent().model);

describe('every feature', () => {
  test('every feature has the candidates and the failure cost that the demo’s world defines', async () => {
    for (const name of DEMO_FEATURE_NAMES) {
      await askOnce(name, 'once');
      const plans = (await router.explain(name)).plans.map(({ plan }) => plan);
      expect(plans.filter(plan => !plan.includes('>'))).toEqual(Object.keys(demoFeature(name).models));
    }
    await router.flush();
    const costs = new Map<string, number>();
    for await (const record of store.scan({ kind: 'decided' }))
      if (record.kind === 'decided') costs.set(record.feature, record.failureCostNanoUsd);
    expect(costs).toEqual(new Map(DEMO_FEATURE_NAMES.map(name => [name, demoFeature(name).failureCostUsd * 1e9])));
  });

  test.each(DEMO_FEATURE_NAMES)('the calls of %s resolve to true exactly if the task was solved', async feature => {
    await using always = await startFakeProvider({ models: allModels(1) });
    await using never = await startFakeProvider({ models: allModels(0) });
    for (const [own, expected] of [
      [always, true],
      [never, false],
    ] as const) {
      const calls = demoCalls(router, await loadClients(), own);
      expect(await calls({ feature, id: '1', luck: 0.5 }, router.feature(feature).intent().model)).toBe(expected);
    }
  });
});

function allModels(success: number) {
  const price = { input: '1', output: '1' };
  return Object.fromEntries(Object.values(DEMO_MODELS).map(({ model }) => [model, { price, success }]));
}

describe('turns', () => {
  test('a chat takes five turns with the mini model and one with the reasoning model', async () => {
    for (const [plan, turns] of [
      ['mini', 5],
      ['reasoning', 1],
    ] as const) {
      void router.feature('support.reply').pin(plan);
      const before = provider.bill().requests.filter(({ reported }) => reported).length;
      await askOnce('support.reply', `turns ${plan}`);
      expect(provider.bill().requests.filter(({ reported }) => reported).length - before).toBe(turns);
    }
  });

  test('an invoice page is extracted a second time with the published probability', async () => {
    void router.feature('invoice.extract').pin('mini');
    const billed = async (id: string, luck: number): Promise<number> => {
      const before = provider.bill().requests.length;
      await askOnce('invoice.extract', id, luck);
      return provider.bill().requests.length - before;
    };
    expect(await billed('lucky', 0.34)).toBe(2);
    expect(await billed('unlucky', 0.36)).toBe(1);
  });
});

test('a truncated stream is requested again and charged twice', async () => {
  void router.feature('support.reply').pin('reasoning');
  await using own = await startFakeProvider({
    models: allModels(1),
    faults: [{ kind: 'truncate', afterEvents: 3 }],
  });
  const calls = demoCalls(router, await loadClients(), own);
  const task = { feature: 'support.reply', id: 'broken', luck: 0.5 } as const;
  expect(await calls(task, router.feature('support.reply').intent().model)).toBe(true);
  expect(own.bill().requests.map(({ reported }) => reported)).toEqual([false, true]);
});

test('a code edit climbs when the tests fail', async () => {
  void router.feature('code.edit').pin(['sonnet-4', 'opus-4']);
  await using own = await startFakeProvider({
    models: { ...allModels(0), [DEMO_MODELS['opus-4'].model]: { price: { input: '15', output: '75' } } },
  });
  const calls = demoCalls(router, await loadClients(), own);
  expect(await calls({ feature: 'code.edit', id: '1', luck: 0 }, router.feature('code.edit').intent().model)).toBe(
    true,
  );
  expect(own.bill().requests.map(({ model }) => model)).toEqual([
    DEMO_MODELS['sonnet-4'].model,
    DEMO_MODELS['opus-4'].model,
  ]);
});
