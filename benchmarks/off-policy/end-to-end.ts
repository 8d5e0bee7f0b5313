/** A ledger written by a router through its public API: `createRouter`, `intent({ failureCostUsd })`, `run` and `outcome`. */
import type { LedgerRecord } from '../../src/core/ledger/records.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { thompson } from '../../src/policies/thompson.ts';
import type { World } from '../../src/replay/worlds/world.ts';
import { arrivalIn } from '../../src/replay/worlds/world.ts';
import { memory } from '../../src/stores/memory.ts';
import { createTestRouter } from '../../src/testing/test-router.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import type { KnownLedger } from './known-ledger.ts';
import { STEP_MS } from './ledgers.ts';

/** The function that calls the model states the cost. */
const FREE = { inputUsdPerMillion: 0, outputUsdPerMillion: 0 } as const;

/** @param world its segments are `tier=easy` and `tier=hard`, or none */
export async function routedLedger(
  world: World,
  { intents, seed }: { readonly intents: number; readonly seed: string },
): Promise<KnownLedger> {
  const names = Object.keys(world.priorCostUsd);
  const [cheapest = '', ...others] = names;
  const candidates = [cheapest, ...others] as const;
  const runtime = testRuntime({ seed });
  const store = memory({ keepIntents: intents });
  const router = createTestRouter(runtime, {
    models: Object.fromEntries(names.map(name => [name, { provider: 'openai', model: name, price: FREE }])),
    features: {
      [world.name]: { candidates, failureCostUsd: world.failureCostUsd, context: { tier: ['easy', 'hard'] } },
    },
    policy: thompson({ floor: 'evaluation' }),
    store,
  });
  const random = seededRandom(seed).fork('world');
  for (let step = 0; step < intents; step++) {
    const arrival = arrivalIn(world, step, random);
    const reply = world.intent(step, random, arrival);
    const intent = router.feature(world.name).intent({
      id: `e2e-${step}`,
      failureCostUsd: arrival.failureCostUsd,
      ...(arrival.segment === '' ? {} : { context: { tier: arrival.segment === 'tier=easy' ? 'easy' : 'hard' } }),
    });
    const { value: success } = await router.run(
      world.name,
      async ({ model }) => {
        const { costUsd, success: value } = reply(model);
        return { value, costUsd };
      },
      { intent },
    );
    await intent.outcome({ success });
    runtime.advance(STEP_MS);
  }
  await router.close();
  const records = await Array.fromAsync<LedgerRecord>(store.scan());
  return {
    world,
    records,
    async *scan() {
      yield* records;
    },
  };
}
