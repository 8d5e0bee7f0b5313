import { afterEach, describe, expect, test } from 'vitest';
import { testRuntime } from '../../../src/testing/test-runtime.ts';
import type { Feature } from '../../support/routed.ts';
import { closeAll, hasty, routed } from '../../support/routed.ts';
import type { Answer } from '../../support/scripted-server.ts';
import { chat, hang, json, status } from '../../support/scripted-server.ts';

afterEach(closeAll);

const down = status(503);

test('the caller gets the last model’s error when no model answers', async () => {
  const { ask } = await routed({ 'mini-1': [status(500)], 'premium-1': [status(529)] }, { retries: 0 });
  expect((await ask()).status).toBe(529);
});

test('the error reply of a model is closed when another model answers instead', async () => {
  let isClosed = false;
  const endless: Answer = (_, response) => {
    response.on('close', () => (isClosed = true));
    response.writeHead(503);
    response.write(Buffer.alloc(4_000_000));
  };
  const { ask } = await routed({ 'mini-1': [endless], 'premium-1': [chat('hi')] }, { retries: 0 });
  expect((await ask()).status).toBe(200);
  await expect.poll(() => isClosed).toBe(true);
});

test('a model whose circuit is open is asked when no other model can answer', async () => {
  const { ask, router, server } = await routed([down], { retries: 0 });
  void router.disable('premium');
  for (let i = 0; i < 7; i++) expect((await ask()).status).toBe(503);
  expect(server.models).toHaveLength(7);
});

test('a caller that aborts the wait before a retry gets its abort, not the provider’s error', async () => {
  const caller = new AbortController();
  const runtime = {
    ...hasty(),
    sleep: async () => {
      caller.abort();
      throw caller.signal.reason as Error;
    },
  };
  const { ask, attempts } = await routed([status(503)], { retries: 2 }, { runtime });
  await expect(ask(undefined, {}, caller.signal)).rejects.toMatchObject({ name: 'AbortError' });
  expect((await attempts()).map(attempt => attempt.status)).toEqual(['provider-fault']);
});

describe('a request whose first model is left out because its circuit is open', () => {
  const opened = async (runtime = hasty(), feature: Feature = {}) => {
    const it = await routed({ 'mini-1': [down], 'premium-1': [chat('hi')] }, { retries: 0, ...feature }, { runtime });
    const intent = it.router.feature('support').intent();
    // Five consecutive faults open the circuit. The intent's own plan still begins with that model.
    for (let i = 0; i < 5; i++) await it.ask(intent.model);
    const sent = it.server.models.length;
    return { ...it, intent, sentSince: () => it.server.models.slice(sent) };
  };

  test('a caller that aborts before a model is asked gets its abort, and no model is asked', async () => {
    const { ask, intent, sentSince } = await opened();
    const caller = new AbortController();
    const asked = ask(intent.model, {}, caller.signal);
    caller.abort(new Error('the user has left'));
    await expect(asked).rejects.toThrow('the user has left');
    expect(sentSince()).toEqual([]);
  });

  test('a deadline that passes before a model is asked rejects the call with a TimeoutError, and no model is asked', async () => {
    const clock = { aheadMs: 0, stepMs: 0 };
    const inner = hasty();
    const elapsedMs = (): number => inner.elapsedMs() + (clock.aheadMs += clock.stepMs);
    const { ask, intent, sentSince } = await opened({ ...inner, elapsedMs }, { deadline: '10s' });
    clock.stepMs = 4_000;
    await expect(ask(intent.model)).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(sentSince()).toEqual([]);
  });
});

test('a call that its caller aborts neither opens a circuit nor counts as a success', async () => {
  const { ask, server } = await routed(
    { 'mini-1': [down, down, down, down, hang, down], 'premium-1': [chat('hi')] },
    { retries: 0 },
  );
  const toMini = (): number => server.models.filter(model => model === 'mini-1').length;
  for (let i = 0; i < 4; i++) await ask();
  const caller = new AbortController();
  const aborted = ask(undefined, {}, caller.signal);
  await expect.poll(toMini).toBe(5);
  caller.abort();
  await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
  // The fifth fault opens the circuit: the four before the abort still count.
  await ask();
  await ask();
  expect(toMini()).toBe(6);
});

test('only one of two concurrent requests probes a half-open circuit; the other one goes to another model', async () => {
  const runtime = testRuntime();
  const release: (() => void)[] = [];
  const slow: Answer = (request, response) => void release.push(() => chat('hi')(request, response));
  const { ask, server } = await routed(
    { 'mini-1': [down, down, down, down, down, slow], 'premium-1': [chat('hi')] },
    { retries: 0 },
    { runtime },
  );
  for (let i = 0; i < 5; i++) await ask();
  runtime.advance(30_000);
  const probe = ask();
  await expect.poll(() => release).toHaveLength(1);
  await ask();
  expect(server.models.slice(-2)).toEqual(['mini-1', 'premium-1']);
  release[0]?.();
  expect((await probe).status).toBe(200);
});

test.each([
  [400, 'asks the next candidate', ['mini-1', 'premium-1']],
  [404, 'asks the next candidate', ['mini-1', 'premium-1']],
  [422, 'asks the next candidate', ['mini-1', 'premium-1']],
])('a refusal with status %i by a model that was only guessed to own the conversation %s', async (code, _, models) => {
  const answer = json({ id: 'resp_1', object: 'response', status: 'completed', output: [] });
  const { router, server } = await routed({ 'mini-1': [status(code)], 'premium-1': [answer] });
  const reply = await router.fetch(`${server.url}/v1/responses`, {
    method: 'POST',
    body: JSON.stringify({ model: 'feature:support', input: 'Hello', previous_response_id: 'resp_of_another_process' }),
  });
  expect([server.models, reply.status]).toEqual([models, 200]);
});

test('a model that asks for too long a wait is replaced by the next model, and the last model is asked again', async () => {
  const busy = status(503, { 'retry-after': '61' });
  const { ask, server } = await routed({ 'mini-1': [busy], 'premium-1': [busy, chat('hi')] });
  expect((await ask()).status).toBe(200);
  expect(server.models).toEqual(['mini-1', 'premium-1', 'premium-1']);
});
