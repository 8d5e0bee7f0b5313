/** Streams on the fast path, beside the law in straight.test.ts. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, expect, test } from 'vitest';
import { closeAll, routed } from '../../support/routed.ts';
import type { Answer } from '../../support/scripted-server.ts';
import { body, chat, chatChunk, chatStream, sse, status } from '../../support/scripted-server.ts';
import { straightStore } from '../../support/straight-store.ts';

afterEach(closeAll);

const asAsked: Answer = (request, response) =>
  (request.body['stream'] === true ? chatStream(['hi', ' you']) : chat('hi'))(request, response);

test('another caller finds an intent in the ledger while its stream is open, and the attempt once the stream has ended', async () => {
  const straight = straightStore();
  const it = await routed([asAsked], {}, { store: straight.store, config: { refresh: '1d' } });
  await it.ask();
  const reply = await it.ask('feature:support', { stream: true });
  const open = it.router.receipt(reply);
  expect(open).toMatchObject({ plan: ['mini'], attempts: [], model: undefined, costUsd: 0 });
  const kinds = async (): Promise<readonly string[]> =>
    (await it.ledger()).flatMap(({ kind, intentId }) => (intentId === open?.intentId ? [kind] : []));
  expect(await kinds()).toEqual(['decided']);
  await it.router.feature('support').outcome(open?.intentId ?? '', { success: true });
  await reply.text();
  expect(await kinds()).toEqual(['decided', 'labelled', 'attempted']);
  expect(it.router.receipt(reply)).toMatchObject({ model: 'mini', attempts: [{ status: 'ok' }] });
  const { grown, rebuilt } = await it.cells();
  expect(grown).toEqual(rebuilt);
  expect(straight.taken()).toBe(0);
});

test('a circuit that counted faults while a stream was open counts the stream’s end as an answer of its model', async () => {
  const straight = straightStore();
  const busy: Answer = (request, response) =>
    (request.body['stream'] === true ? asAsked : status(500))(request, response);
  const it = await routed([chat('hi'), busy], { retries: 0 }, { store: straight.store, config: { refresh: '1d' } });
  await it.ask();
  const reply = await it.ask('feature:support', { stream: true });
  await it.ask();
  await reply.text();
  expect((await it.attempts()).map(({ status: ended }) => ended).toSorted()).toContain('provider-fault');
  expect(straight.taken()).toBe(0);
});

const unfinished: Answer = (request, response) =>
  (request.body['stream'] === true ? body([sse(chatChunk({ content: 'hi' }))], { open: true }) : chat('hi'))(
    request,
    response,
  );

test('a stream that the caller dropped unread is charged by estimate when it is garbage-collected, and at the latest at the close', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const { ask, attempts, router } = await routed([unfinished], {}, { config: { refresh: '1d' } });
  await ask();
  await ask('feature:support', { stream: true });
  await expect
    .poll(async () => (collectGarbage(), attempts()))
    .toMatchObject([{ status: 'ok' }, { status: 'aborted', provenance: 'estimated' }]);
  const kept = await ask('feature:support', { stream: true });
  await router.close();
  expect(router.receipt(kept)).toMatchObject({ attempts: [{ status: 'aborted', provenance: 'estimated' }] });
});
