import { afterEach, expect, test } from 'vitest';
import { foldIntent } from '../../../src/core/ledger/records.ts';
import type { Fault } from '../../../src/contracts/observer.ts';
import { createRouter } from '../../../src/router.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import type { RoutedOptions } from '../../support/routed.ts';
import { closeAll, routed } from '../../support/routed.ts';
import { json, scriptedServer } from '../../support/scripted-server.ts';

afterEach(closeAll);

const reply = (id: string, status: string, usage: object | null): object => ({ id, status, output: [], usage });
const finished = (id: string): object => reply(id, 'completed', { input_tokens: 100, output_tokens: 10 });

/** Asks for this many background responses of one intent, and returns a function that retrieves one. */
async function asked(ids: readonly string[], options: RoutedOptions = {}) {
  const script = [...ids.map(id => json(reply(id, 'queued', null))), ...ids.map(id => json(finished(id)))];
  const { router, server, store, faults } = await routed(script, {}, options);
  const intent = router.feature('support').intent();
  const url = `${server.url}/v1/responses`;
  const body = JSON.stringify({ model: intent.model, input: 'Hi', background: true });
  for (const id of ids) expect(await (await router.fetch(url, { method: 'POST', body })).json()).toMatchObject({ id });
  const attempts = async () => {
    await router.flush();
    return foldIntent(await Array.fromAsync(store.scan()))?.attempts.map(({ costNanoUsd }) => costNanoUsd);
  };
  return {
    retrieve: async (id: string) => (await router.fetch(`${url}/${id}`)).json(),
    attempts,
    intent,
    store,
    faults,
  };
}

test('each of several replies of an intent replaces the attempt that waits for it', async () => {
  const { retrieve, attempts } = await asked(['resp_1', 'resp_2']);
  const before = await attempts();
  await retrieve('resp_1');
  const between = await attempts();
  await retrieve('resp_2');
  expect([between?.[0], between?.[1], await attempts()]).toEqual([120_000, before?.[1], [120_000, 120_000]]);
});

test('a reply that is retrieved several times at once is booked once', async () => {
  const { retrieve, attempts, store, faults } = await asked(['resp_1']);
  await Promise.all(Array.from({ length: 5 }, async () => retrieve('resp_1')));
  expect(await attempts()).toEqual([120_000]);
  expect((await Array.fromAsync(store.scan())).map(({ kind }) => kind)).toEqual(['decided', 'attempted', 'attempted']);
  expect(faults.map(({ where }) => where)).toEqual(['price']);
});

test('the attempt of a model that is configured no more keeps its estimate, and that is no fault', async () => {
  const { retrieve, attempts, store } = await asked(['resp_1'], { store: sqlite(':memory:') });
  const before = await attempts();
  const server = await scriptedServer([json(finished('resp_1'))]);
  const faults: Fault[] = [];
  const later = createRouter({
    models: {
      other: { provider: 'openai', model: 'other-1', price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 } },
    },
    features: { support: { candidates: ['other'], failureCostUsd: 15 } },
    store,
    observers: [{ name: 'test', faulted: fault => void faults.push(fault) }],
  });
  await (await later.fetch(`${server.url}/v1/responses/resp_1`)).json();
  await later.flush();
  expect([await attempts(), faults]).toEqual([before, []]);
  // A process that has the model books it.
  await retrieve('resp_1');
  expect(await attempts()).toEqual([120_000]);
  await server.close();
});

test('an outcome that was recorded before the reply was retrieved stays', async () => {
  const { retrieve, attempts, intent, store } = await asked(['resp_1']);
  await intent.fail();
  await retrieve('resp_1');
  expect(await attempts()).toEqual([120_000]);
  expect((await store.cells('support')).map(({ sums }) => [sums.labelled, sums.cost])).toEqual([
    [1n, 120_000n],
    [1n, 120_000n],
  ]);
});

test('a reply whose intent was pruned meanwhile is billed no more', async () => {
  const { retrieve, store, faults, intent, attempts } = await asked(['resp_1']);
  await intent.succeed();
  await store.prune(Date.now() + 1);
  const before = await store.cells('support');
  await retrieve('resp_1');
  await attempts();
  expect(await store.cells('support')).toEqual(before);
  expect(faults).toHaveLength(1);
});
