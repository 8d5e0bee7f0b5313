import { afterEach, expect, test } from 'vitest';
import type { LedgerRecord } from '../../src/core/ledger/records.ts';
import type { Fault, Observer } from '../../src/contracts/observer.ts';
import { createRouter } from '../../src/create-router.ts';
import { memory } from '../../src/stores/memory.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import { closeAll, routed } from '../support/routed.ts';
import { chat, chatStream } from '../support/scripted-server.ts';

afterEach(closeAll);

const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };

function observed(observers: readonly Observer[]) {
  return createRouter({
    models: { mini: { provider: 'other', model: 'mini-1', price } },
    features: { work: { candidates: ['mini'], failureCostUsd: 1 } },
    observers,
  });
}

test('observers get every record once it is in the ledger, in order', async () => {
  const reported: string[] = [];
  const report = ({ kind, revision }: LedgerRecord): number => reported.push(`${revision} ${kind}`);
  const router = observed([{ name: 'own', decided: report, attempted: report, labelled: report }]);
  const { intent } = await router.run('work', async () => ({ value: 1, costUsd: 0.1 }));
  await intent.fail();
  await intent.succeed();
  await router.close();
  expect(reported).toEqual(['0 decided', '1 attempted', '2 labelled', '3 corrected']);
});

test('an observer that throws breaks no request', async () => {
  const faults: Fault[] = [];
  const broken = (): never => {
    throw new Error('broken');
  };
  const router = observed([
    { name: 'broken', decided: broken, attempted: broken, labelled: broken, faulted: broken, started: broken },
    { name: 'silent' },
    { name: 'mine', decided: broken, faulted: fault => void faults.push(fault) },
  ]);
  const { intent, value } = await router.run('work', async () => ({ value: 1, costUsd: 0.1 }));
  expect(value).toBe(1);
  expect(await intent.succeed()).toMatchObject({ state: 'success' });
  expect(faults).toMatchObject([{ where: 'observer' }]);
  await router.close();
});

test('the router decides from the priors while the store’s statistics cannot be read', async () => {
  const faults: Fault[] = [];
  const router = createRouter({
    models: { mini: { provider: 'other', model: 'mini-1', price } },
    features: { work: { candidates: ['mini'], failureCostUsd: 1 } },
    store: { ...memory(), cellsSince: async () => Promise.reject(new Error('unreadable')) },
    observers: [{ name: 'mine', faulted: fault => void faults.push(fault) }],
  });
  expect((await router.run('work', async ({ model }) => ({ value: model, costUsd: 0 }))).value).toBe('mini');
  expect(faults).toMatchObject([{ where: 'store' }]);
});

test('`flush` waits for the verdict on a stream that its caller has read', async () => {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const { ask, router, store } = await routed([chatStream(['a'])], { validate: async () => promise });
  await (await ask(undefined, { stream: true })).text();
  let flushed = false;
  const flushing = router.flush().then(() => (flushed = true));
  await new Promise(setImmediate);
  expect(flushed).toBe(false);
  resolve(true);
  await flushing;
  expect((await Array.fromAsync(store.scan())).map(({ kind }) => kind)).toEqual(['decided', 'attempted']);
});

test('an open circuit sends new intents to another model, and a successful probe sends them to the first model again', async () => {
  const runtime = testRuntime();
  const down = { isDown: true };
  const { ask, server } = await routed(
    {
      'mini-1': [
        (request, response) => (down.isDown ? void response.writeHead(503).end() : chat('hi')(request, response)),
      ],
      'premium-1': [chat('hi')],
    },
    { retries: 0 },
    { runtime },
  );
  for (let i = 0; i < 7; i++) expect((await ask()).status).toBe(200);
  // Five consecutive faults open the circuit: later requests do not wait for the model that is down.
  expect(server.models.filter(model => model === 'mini-1')).toHaveLength(5);
  expect(server.models.filter(model => model === 'premium-1')).toHaveLength(7);
  down.isDown = false;
  await ask();
  expect(server.models.at(-1)).toBe('premium-1');
  runtime.advance(30_000);
  for (let i = 0; i < 2; i++) await ask();
  expect(server.models.slice(-2)).toEqual(['mini-1', 'mini-1']);
});
