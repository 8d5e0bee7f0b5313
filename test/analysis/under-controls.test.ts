import { expect, test } from 'vitest';
import { reportOf } from '../../src/analysis/report.ts';
import { controlsFor, underControls } from '../../src/analysis/under-controls.ts';
import type { Control } from '../../src/contracts/control-store.ts';
import { randomMix } from '../../src/policies/random-mix.ts';
import { memory } from '../../src/stores/memory.ts';
import { createTestRouter } from '../../src/testing/test-router.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';

const control = (rest: Pick<Control, 'kind' | 'subject'> & Partial<Control>): Control => ({
  isSet: true,
  revision: 1,
  atMs: 1,
  ...rest,
});
const PIN = control({ kind: 'pinned', subject: 'f', plan: 'premium' });
const OFF = control({ kind: 'disabled', subject: 'premium' });
const plans = [['mini'], ['premium']];

test('the controls of a feature are its own and the models that are off; lifted ones and those of other features are not', async () => {
  const store = memory();
  for (const each of [PIN, OFF, control({ kind: 'pinned', subject: 'g', plan: 'mini' })])
    await store.setControl?.(each);
  expect(await controlsFor(store, 'f')).toEqual(expect.arrayContaining([PIN, OFF]));
  expect(await controlsFor(store, 'f')).toHaveLength(2);
  await store.setControl?.({ ...OFF, isSet: false, revision: 2 });
  expect(await controlsFor(store, 'f')).toEqual([PIN]);
  expect(await controlsFor({}, 'f')).toEqual([]);
});

test('a pin replaces the policy and observing, unless a model of it is off', () => {
  expect(underControls({ set: [PIN] }, { plans, observes: 'mini' })).toMatchObject({ pinned: 'premium' });
  const off = underControls({ set: [PIN, OFF] }, { plans, observes: 'mini' });
  expect(off).not.toHaveProperty('pinned');
  expect(off.observes).toBeUndefined();
  expect(off.exclusions).toEqual([{ plans: 2, reason: 'switched off by an operator' }]);
});

const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 1 };

/** A feature of which 300 intents were routed, and some came after the control. */
async function routedThen(
  act: (router: Awaited<ReturnType<typeof make>>['router']) => Promise<unknown>,
  after: number,
) {
  const { router, store, runtime } = await make();
  const run = async (intents: number) => {
    for (let i = 0; i < intents; i++) {
      runtime.advance(60_000);
      const { value, intent } = await router.run('f', async ({ model }) => ({
        value: model,
        costUsd: model === 'mini' ? 0.002 : 0.03,
      }));
      await intent.outcome({ success: i % (value === 'mini' ? 10 : 12) !== 0 });
    }
  };
  await run(300);
  await act(router);
  await run(after);
  const [own] = (await router.report()).features;
  const ofRouter = { decision: own?.decision, savings: (await router.report()).possibleSavings };
  const { features, possibleSavings } = await reportOf(store, { nowMs: runtime.nowMs() });
  await router.close();
  return { ofRouter, ofLedger: { decision: features[0]?.decision, savings: possibleSavings } };
}

async function make() {
  const [runtime, store] = [testRuntime(), memory()];
  const router = createTestRouter(runtime, {
    models: { mini: { provider: 'other', model: 'a', price }, premium: { provider: 'other', model: 'b', price } },
    features: { f: { candidates: ['mini', 'premium'], failureCostUsd: 0.2, policy: randomMix() } },
    store,
  });
  return { runtime, store, router };
}

test('a ledger’s report knows a pin: every intent gets the pinned plan, and the plans from before it are still compared', async () => {
  const { ofRouter, ofLedger } = await routedThen(async router => router.feature('f').pin('premium'), 60);
  expect(ofLedger.decision?.sentence).toMatch(
    /^An operator has pinned premium, which gets every intent that it can serve; without the pin, mini is preferred to premium/,
  );
  expect(ofLedger.decision?.preferred.plan).toBe(ofRouter.decision?.preferred.plan);
  expect(ofLedger.decision?.rival?.plan).toBe(ofRouter.decision?.rival?.plan);
  const [savings, own] = [ofLedger.savings[0], ofRouter.savings[0]];
  expect(savings?.plan).toBe('mini');
  expect(savings?.perIntentUsd.value).toBeCloseTo(ofLedger.decision?.moreUsd ?? 0, 9);
  expect((savings?.perIntentUsd.value ?? 0) / (own?.perIntentUsd.value ?? 1)).toBeCloseTo(1, 1);
});

test('a ledger’s report prefers no plan of a model that is switched off', async () => {
  const { ofRouter, ofLedger } = await routedThen(async router => router.disable('mini'), 10);
  expect(ofRouter.decision?.preferred.plan).toBe('premium');
  expect(ofLedger.decision?.preferred.plan).toBe('premium');
});
