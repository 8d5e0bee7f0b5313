import { afterEach, expect, test } from 'vitest';
import { foldIntent } from '../../../src/core/ledger/records.ts';
import type { Fault } from '../../../src/contracts/observer.ts';
import type { Store } from '../../../src/contracts/store.ts';
import { createRouter } from '../../../src/create-router.ts';
import { memory } from '../../../src/stores/memory.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { testRuntime } from '../../../src/testing/test-runtime.ts';
import type { Feature, RoutedOptions } from '../../support/routed.ts';
import { closeAll, routed } from '../../support/routed.ts';
import { chat, json, scriptedServer } from '../../support/scripted-server.ts';

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

test('a late reply in a session also records the part of its cost that was for the prefix', async () => {
  const { sessions: _, putSessions: __, ...store } = memory();
  const script = [json(reply('resp_1', 'queued', null)), json(finished('resp_1'))];
  const { router, server, attempts } = await routed(script, {}, { store });
  const url = `${server.url}/v1/responses`;
  const { model } = router.feature('support').intent({ session: 's1' });
  await router.fetch(url, { method: 'POST', body: JSON.stringify({ model, input: 'Hi', background: true }) });
  await (await router.fetch(`${url}/resp_1`)).json();
  // All 100 tokens of a session's first prompt, at $1 a million.
  expect((await attempts()).at(-1)).toMatchObject({ costNanoUsd: 120_000, prefixNanoUsd: 100_000, prefixTokens: 100 });
});

test('a late reply to a later request has the prefix of its intent’s first request', async () => {
  const { sessions: _, putSessions: __, ...store } = memory();
  const longer = { ...reply('resp_2', 'completed', { input_tokens: 300, output_tokens: 10 }) };
  const script = [json(finished('resp_1')), json(reply('resp_2', 'queued', null)), json(longer)];
  const { router, server, attempts } = await routed(script, {}, { store });
  const url = `${server.url}/v1/responses`;
  const { model } = router.feature('support').intent({ session: 's1' });
  for (const background of [false, true])
    await router.fetch(url, { method: 'POST', body: JSON.stringify({ model, input: 'Hi', background }) });
  await (await router.fetch(`${url}/resp_2`)).json();
  const late = (await attempts()).at(-1);
  expect(late).toMatchObject({ turn: 2, usage: { input: 300 }, prefixNanoUsd: 100_000, prefixTokens: 100 });
});

/** A background response of 8,010 tokens in session `s1`, and what the session's next intent is decided by. */
async function inSession(feature: Feature = {}, options: RoutedOptions = {}) {
  const long = reply('resp_1', 'completed', { input_tokens: 8000, output_tokens: 10 });
  // The retrieval names no model.
  const script = { 'mini-1': [json(reply('resp_1', 'queued', null)), chat('Yes.')], '': [json(long)] };
  const { router, server, ask, ledger } = await routed(script, feature, options);
  const url = `${server.url}/v1/responses`;
  const intent = (): string => router.feature('support').intent({ session: 's1' }).model;
  const sent = JSON.stringify({ model: intent(), input: 'x'.repeat(40_000), background: true });
  await router.fetch(url, { method: 'POST', body: sent });
  await router.flush();
  return {
    retrieve: async () => {
      await (await router.fetch(`${url}/resp_1`)).json();
      await router.flush();
    },
    goOn: async () => ask(intent(), { messages: [{ role: 'user', content: 'x'.repeat(40_100) }] }),
    prefix: async () => (await ledger()).findLast(record => record.kind === 'decided')?.prefix,
  };
}

test('a session continues from a reply that was retrieved later: its next intent sends that reply again', async () => {
  const { retrieve, goOn, prefix } = await inSession();
  await retrieve();
  await goOn();
  expect(await prefix()).toMatchObject({ tokens: 8010, earlierIntents: 1, lastModel: 'mini' });
});

test('a session continues from a reply that another process retrieved', async () => {
  const store = sqlite(':memory:');
  const { goOn, prefix } = await inSession({}, { store });
  const usage = { input_tokens: 8000, output_tokens: 10 };
  expect(await retrievedElsewhere(store, 'resp_1', 'mini', reply('resp_1', 'completed', usage))).toEqual([]);
  await goOn();
  expect(await prefix()).toMatchObject({ tokens: 8010, earlierIntents: 1, lastModel: 'mini' });
});

test('a reply that is retrieved after its session has continued does not change the known state of the conversation', async () => {
  const runtime = testRuntime();
  const { retrieve, goOn, prefix } = await inSession({}, { runtime });
  runtime.advance(1000);
  await goOn();
  runtime.advance(1000);
  await retrieve();
  await goOn();
  expect(await prefix()).toMatchObject({ tokens: 100, earlierIntents: 1, gapMs: 1000 });
});

test('a feature without session costs keeps no session state of a late reply', async () => {
  const { retrieve, goOn, prefix } = await inSession({ sessionCosts: false });
  await retrieve();
  await goOn();
  expect(await prefix()).toBeUndefined();
});

test('a reply that is retrieved several times at once is billed once', async () => {
  const { retrieve, attempts, store, faults } = await asked(['resp_1']);
  await Promise.all(Array.from({ length: 5 }, async () => retrieve('resp_1')));
  expect(await attempts()).toEqual([120_000]);
  expect((await Array.fromAsync(store.scan())).map(({ kind }) => kind)).toEqual(['decided', 'attempted', 'attempted']);
  expect(faults.map(({ where }) => where)).toEqual(['price']);
});

/** Retrieves the reply in another process on the store, which has this one model. Returns the faults that it reports. */
async function retrievedElsewhere(
  store: Store,
  id: string,
  model: string,
  done = finished(id),
): Promise<readonly Fault[]> {
  const server = await scriptedServer([json(done)]);
  const faults: Fault[] = [];
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  const router = createRouter({
    models: { [model]: { provider: 'openai', model: `${model}-1`, price } },
    features: { support: { candidates: [model], failureCostUsd: 15 } },
    store,
    observers: [{ name: 'test', faulted: fault => void faults.push(fault) }],
  });
  await (await router.fetch(`${server.url}/v1/responses/${id}`)).json();
  await router.flush();
  await server.close();
  return faults;
}

test('the attempt of a model that is no longer configured keeps its estimate, and no fault is reported', async () => {
  const { attempts, store } = await asked(['resp_1'], { store: sqlite(':memory:') });
  const before = await attempts();
  expect(await retrievedElsewhere(store, 'resp_1', 'other')).toEqual([]);
  expect(await attempts()).toEqual(before);
});

test('a reply that one process has billed is not billed by another, and no fault is reported', async () => {
  const { retrieve, attempts, store } = await asked(['resp_1'], { store: sqlite(':memory:') });
  await attempts();
  expect(await retrievedElsewhere(store, 'resp_1', 'mini')).toEqual([]);
  expect(await retrievedElsewhere(store, 'resp_1', 'mini')).toEqual([]);
  await retrieve('resp_1');
  expect(await attempts()).toEqual([120_000]);
});

test.each([
  ['of any length', `resp_${'r'.repeat(3_000)}`],
  ['with characters that no store keeps', 'resp_\0\n'],
  ['with characters that a URL encodes', 'resp_é 1%zz'],
])('a reply with an id %s is found when it is retrieved', async (_, id) => {
  const { retrieve, attempts } = await asked([id]);
  await retrieve(encodeURIComponent(id));
  expect(await attempts()).toEqual([120_000]);
});

test('a badly encoded id in a URL is used unchanged', async () => {
  const { retrieve, attempts } = await asked(['resp_%zz']);
  await retrieve('resp_%zz');
  expect(await attempts()).toEqual([120_000]);
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

test('a reply whose intent was pruned meanwhile is not billed', async () => {
  const { retrieve, store, faults, intent, attempts } = await asked(['resp_1']);
  await intent.succeed();
  await store.prune(Date.now() + 1);
  const before = await store.cells('support');
  await retrieve('resp_1');
  await attempts();
  expect(await store.cells('support')).toEqual(before);
  expect(faults).toHaveLength(1);
});

test('a reply that no intent waits for is not billed, and no fault is reported', async () => {
  const { attempts, store } = await asked(['resp_1'], { store: sqlite(':memory:') });
  const before = await attempts();
  expect(await retrievedElsewhere(store, 'resp_of_another_application', 'mini')).toEqual([]);
  expect(await attempts()).toEqual(before);
});

test('a request that continues an item of a retrieved reply goes to the model that wrote it', async () => {
  const item = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAA' };
  const done = { ...finished('resp_1'), output: [item] };
  const { router, server } = await routed([json(reply('resp_1', 'queued', null)), json(done)]);
  const url = `${server.url}/v1/responses`;
  const send = async (body: object): Promise<Response> =>
    router.fetch(url, { method: 'POST', body: JSON.stringify(body) });
  const support = router.feature('support');
  await (await send({ model: support.model, input: 'Hi', background: true })).json();
  await (await router.fetch(`${url}/resp_1`)).json();
  await router.flush();
  void support.pin('premium');
  await send({ model: support.model, input: [item, { role: 'user', content: 'Go on' }] });
  // The retrieval names no model.
  expect(server.models).toEqual(['mini-1', '', 'mini-1']);
});
