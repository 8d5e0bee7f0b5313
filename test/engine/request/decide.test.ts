import { afterEach, expect, test } from 'vitest';
import { createRouterOn } from '../../../src/router.ts';
import { memory } from '../../../src/stores/memory.ts';
import { testRuntime } from '../../../src/testing/test-runtime.ts';
import { closeAll, routed } from '../../support/routed.ts';
import { chat } from '../../support/scripted-server.ts';

afterEach(closeAll);

const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };

function world() {
  const store = memory();
  const router = createRouterOn(testRuntime(), {
    models: { mini: { provider: 'other', model: 'mini-1', price } },
    features: {
      work: {
        candidates: ['mini'],
        failureCostUsd: 15,
        promptVersion: 'p7',
        context: { plan: ['free', 'pro'], length: 'bucket' },
      },
    },
    store,
  });
  const decidedOf = async (id: string) => (await store.load(id)).find(record => record.kind === 'decided');
  return { router, decidedOf };
}

test('a decision records the intent’s session, failure cost, context, prompt version and model versions', async () => {
  const { router, decidedOf } = world();
  const intent = router.feature('work').intent({ session: 's1', failureCostUsd: 200, context: { plan: 'pro' } });
  await router.run('work', async () => ({ value: 'done', costUsd: 0.01 }), { intent });
  await router.flush();
  const decided = await decidedOf(intent.id);
  expect(decided).toMatchObject({
    revision: 0,
    session: 's1',
    failureCostNanoUsd: 200_000_000_000,
    segment: 'plan=pro',
    promptVersion: 'p7',
    decision: { plan: ['mini'], propensity: 1 },
  });
  expect(decided?.kind === 'decided' && decided.versions['mini']).toMatch(/^mini-1@.+\+p7$/);
});

test('an outcome before the first request decides the intent, and its first request keeps that decision', async () => {
  const { router, decidedOf } = world();
  const intent = router.feature('work').intent();
  await intent.fail();
  expect(await decidedOf(intent.id)).toMatchObject({ segment: '', failureCostNanoUsd: 15_000_000_000 });
  await router.run('work', async () => ({ value: 'late', costUsd: 0.01 }), { intent });
  expect((await router.report()).features[0]).toMatchObject({ feature: 'work', intents: 1 });
});

test.each([
  [{ plan: ['free', 'pro'] }, 'plan=pro'],
  [{ plan: ['free', 'pro'], turns: 'bucket' }, 'plan=pro,turns=1'],
  [{ turns: 'bucket' }, 'turns=1'],
] as const)(
  'the segment contains the declared context, then what the router observes: %j',
  async (context, segment) => {
    const { router, ask, ledger } = await routed([chat('hi')], { context });
    const declared = 'plan' in context ? { context: { plan: 'pro' } } : {};
    await ask(router.feature('support').intent(declared).model);
    expect((await ledger())[0]).toMatchObject({ kind: 'decided', segment });
  },
);
