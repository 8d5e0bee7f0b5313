import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Store } from '../../../src/contracts/store.ts';
import { RouterError } from '../../../src/errors.ts';
import { fixed } from '../../../src/policies/fixed.ts';
import type { Router } from '../../../src/router-type.ts';
import { createRouter } from '../../../src/create-router.ts';
import { memory } from '../../../src/stores/memory.ts';
import { testRuntime } from '../../../src/testing/test-runtime.ts';
import { charged, closeAll, routed } from '../../support/routed.ts';
import type { Answer } from '../../support/scripted-server.ts';
import { body, chat, chatChunk, chatStream, hang, sse, status } from '../../support/scripted-server.ts';

afterEach(closeAll);

describe('a judge', () => {
  const judging = (verdict: (text: string) => boolean, feature: Parameters<typeof routed>[1] = {}) => {
    const holder: { router?: Router; url?: string } = {};
    const validate = async (reply: { text: string; judgeModel(name: string): string }): Promise<boolean> => {
      const response = await (holder.router as Router).fetch(`${holder.url}/v1/chat/completions`, {
        method: 'POST',
        body: JSON.stringify({ model: reply.judgeModel('premium'), messages: [], judges: reply.text }),
      });
      if (!response.ok) throw new Error(`the judge answered ${response.status}`);
      await response.json();
      return verdict(reply.text);
    };
    return { holder, feature: { validate, policy: fixed(['mini', 'premium']), ...feature } };
  };

  test('a judge’s own call is priced and charged to the intent at the node it judges, and is not judged itself', async () => {
    const { holder, feature } = judging(text => text === 'good');
    const it = await routed({ 'mini-1': [chat('bad')], 'premium-1': [chat('x'), chat('good')] }, feature);
    Object.assign(holder, { router: it.router, url: it.server.url });
    await it.ask();
    const attempts = await it.attempts();
    expect(charged(attempts).toSorted()).toEqual([
      '1 escalation mini>premium',
      '1 first mini',
      '1 judge mini',
      '1 judge mini>premium',
    ]);
    expect(attempts.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0)).toBe(120_000 + 3 * 1_200_000);
    const { grown, rebuilt } = await it.cells();
    expect(grown).toEqual(rebuilt);
  });

  test('a judge’s call that fails does not reject the reply: it goes to the caller, and the fault is reported', async () => {
    const { holder, feature } = judging(() => false, { retries: 0 });
    const it = await routed({ 'mini-1': [chat('fine')], 'premium-1': [status(500)] }, feature);
    Object.assign(holder, { router: it.router, url: it.server.url });
    const reply = await it.ask();
    expect(await reply.json()).toMatchObject({ model: 'mini-1' });
    expect(it.faults).toMatchObject([{ where: 'validator' }]);
    expect((await it.attempts()).map(({ kind, status: end, verdict }) => [kind, end, verdict?.by])).toEqual([
      ['judge', 'provider-fault', undefined],
      ['first', 'ok', 'fault'],
    ]);
  });

  test('a judge model that is not configured is reported as a fault of the validator, and the call is answered', async () => {
    const it = await routed([chat('fine')], {
      async validate(reply): Promise<boolean> {
        const body = JSON.stringify({ model: reply.judgeModel('jugde'), messages: [] });
        const response = await it.router.fetch(`${it.server.url}/v1/chat/completions`, { method: 'POST', body });
        return response.ok;
      },
    });
    expect((await it.ask()).status).toBe(200);
    expect(it.faults.map(({ error }) => RouterError.isInstance(error) && error.code)).toEqual(['unknown-model']);
  });

  test('a disabled judge model gets no request, and the reply is accepted', async () => {
    const { holder, feature } = judging(() => false, { policy: fixed('mini') });
    const it = await routed([chat('fine')], feature);
    Object.assign(holder, { router: it.router, url: it.server.url });
    void it.router.disable('premium');
    expect((await it.ask()).status).toBe(200);
    expect(it.server.models).toEqual(['mini-1']);
    expect(it.faults).toMatchObject([{ where: 'validator', error: { message: 'the judge answered 400' } }]);
  });
});

const unfinished = body([sse(chatChunk({ content: 'a' }))], { open: true });

test('a stream that the caller never reads is charged by estimate when the router closes', async () => {
  const store = memory();
  const { ask, router } = await routed([unfinished], {}, { store });
  const response = await ask(undefined, { stream: true });
  await router.close();
  const attempts = (await Array.fromAsync(store.scan())).flatMap(record =>
    record.kind === 'attempted' ? [record.attempt] : [],
  );
  expect(attempts).toMatchObject([{ status: 'aborted', provenance: 'estimated' }]);
  await response.body?.cancel();
});

test('a stream that the caller dropped unread is charged by estimate when it is garbage-collected', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const { ask, attempts } = await routed([unfinished]);
  await ask(undefined, { stream: true });
  await expect
    .poll(async () => (collectGarbage(), attempts()))
    .toMatchObject([{ status: 'aborted', provenance: 'estimated' }]);
});

test('a request whose retry would come after the deadline ends with the last model’s reply', async () => {
  const { ask, attempts } = await routed([status(503, { 'retry-after': '2' })], { deadline: '1s' });
  expect((await ask()).status).toBe(503);
  expect(charged(await attempts())).toEqual(['1 first mini', '1 escalation mini!premium']);
});

test('a deadline that passes during an attempt rejects the call with a TimeoutError', async () => {
  const { ask, attempts } = await routed([hang], { deadline: 60, retries: 0 });
  await expect(ask()).rejects.toMatchObject({ name: 'TimeoutError' });
  expect((await attempts()).map(({ status: end }) => end)).toEqual(['timeout']);
});

describe('a validator that never returns', () => {
  const never = async (): Promise<never> => new Promise(() => {});

  test('a validator that never returns delays the reply until the deadline at most', async () => {
    const { ask, attempts } = await routed([chat('hi')], { validate: never, deadline: 60, retries: 0 });
    expect((await ask()).status).toBe(200);
    expect(await attempts()).toMatchObject([{ status: 'ok', verdict: { accepted: true, by: 'fault' } }]);
  });

  test('a caller’s abort during a validator rejects the call at once, and the attempt is charged', async () => {
    const caller = new AbortController();
    const { ask, attempts } = await routed([chat('hi')], {
      validate: async () => {
        caller.abort();
        return never();
      },
    });
    await expect(ask(undefined, {}, caller.signal)).rejects.toMatchObject({ name: 'AbortError' });
    expect(await attempts()).toMatchObject([{ status: 'ok', costNanoUsd: 120_000 }]);
  });

  test('a validator may take longer over a stream than its request’s deadline', async () => {
    const runtime = testRuntime();
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const { ask, attempts } = await routed(
      [chatStream(['a'])],
      { validate: async () => promise, deadline: '1s', retries: 0 },
      { runtime },
    );
    await (await ask(undefined, { stream: true })).text();
    runtime.advance(2_000);
    resolve(false);
    expect(await attempts()).toMatchObject([{ status: 'ok', verdict: { accepted: false, by: 'function' } }]);
  });
});

describe('spend is in the ledger', () => {
  const climbing = { policy: fixed(['mini', 'premium']), retries: 0 } as const;

  test('a rejected reply is returned and charged when the plan’s next model is disabled during the verdict', async () => {
    const holder: { router?: Router } = {};
    const validate = (): boolean => {
      void holder.router?.disable('premium');
      return false;
    };
    const it = await routed([chat('hi')], { ...climbing, validate });
    holder.router = it.router;
    expect((await it.ask()).status).toBe(200);
    expect(charged(await it.attempts())).toEqual(['1 first mini']);
  });

  test('a request in flight is answered and charged when the router is closed', async () => {
    const store = memory();
    const release: (() => void)[] = [];
    const slow: Answer = (request, response) => void release.push(() => chat('hi')(request, response));
    const { ask, router } = await routed([slow], {}, { store });
    const reply = ask();
    await expect.poll(() => release).toHaveLength(1);
    const closed = router.close();
    release[0]?.();
    expect((await reply).status).toBe(200);
    await closed;
    expect((await Array.fromAsync(store.scan())).map(({ kind }) => kind)).toEqual(['decided', 'attempted']);
  });

  test('with a store that processes share, the caller gets no reply before the intent is in the store', async () => {
    const inner = memory();
    const stored = Promise.withResolvers<void>();
    const validated = Promise.withResolvers<void>();
    const shared: Store = {
      ...inner,
      isPrivate: false,
      async commitAll(changes) {
        await stored.promise;
        return inner.commitAll(changes);
      },
    };
    const validate = (): boolean => {
      validated.resolve();
      return true;
    };
    const { ask } = await routed([chat('hi')], { validate }, { store: shared });
    let isAnswered = false;
    const reply = ask().finally(() => (isAnswered = true));
    await validated.promise;
    await new Promise(setImmediate);
    expect(isAnswered).toBe(false);
    stored.resolve();
    expect((await reply).status).toBe(200);
    expect((await Array.fromAsync(inner.scan())).map(({ kind }) => kind)).toContain('decided');
  });

  test('a request is charged when its intent was pruned after an earlier request', async () => {
    const store = memory();
    const it = await routed([chat('hi')], {}, { store });
    const intent = it.router.feature('support').intent();
    await it.ask(intent.model);
    await it.router.flush();
    await store.prune(Number.POSITIVE_INFINITY);
    await it.ask(intent.model);
    const pruned = await store.prunedCells('support');
    expect(pruned.flatMap(({ sums }) => (sums.attempts === undefined ? [] : [sums.attempts]))).toEqual([1n]);
    expect((await it.ledger()).map(({ kind }) => kind)).toEqual(['decided', 'attempted']);
    expect(it.faults).toEqual([]);
  });
});

test('concurrent requests that are refused for an unsupported parameter are all sent again without it', async () => {
  const picky: Answer = (request, response) =>
    'temperature' in (request.body as object)
      ? status(400, {}, { code: 'unsupported_value', param: 'temperature' })(request, response)
      : chat('hi')(request, response);
  const { ask } = await routed([picky]);
  const replies = await Promise.all([1, 2, 3, 4].map(async () => ask(undefined, { temperature: 0.2 })));
  expect(replies.map(reply => reply.status)).toEqual([200, 200, 200, 200]);
});

test('an intent with the application’s own id is one intent in every process', async () => {
  const store = memory();
  const first = await routed([chat('hi')], {}, { store });
  await first.ask(first.router.feature('support').intent({ id: 'job-1' }).model);
  await first.router.flush();
  const second = await routed([chat('hi')], { policy: fixed('premium') }, { store });
  const again = second.router.feature('support').intent({ id: 'job-1' });
  await second.ask(again.model);
  expect(charged(await second.attempts())).toEqual(['1 first mini', '2 first mini']);
  expect(new Set((await second.attempts()).map(({ requestId }) => requestId)).size).toBe(2);
  expect(await again.succeed()).toMatchObject({ state: 'success' });
  // Also in a process that records its outcome before any request: the intent gets no second decision.
  const third = await routed([], {}, { store });
  await third.router.feature('support').intent({ id: 'job-1' }).fail();
  await third.router.feature('support').intent({ id: 'job-2' }).fail();
  const decided = (await third.ledger()).filter(({ kind }) => kind === 'decided');
  expect(decided.map(({ intentId }) => intentId)).toEqual(['job-1', 'job-2']);
});

test('a promise that an observer rejects is reported as a fault, and breaks neither the call nor the process', async () => {
  const reported: unknown[] = [];
  const observer = {
    name: 'async',
    attempted: async () => Promise.reject(new Error('exporter down')),
    faulted: ({ error }: { readonly error: unknown }) => void reported.push(error),
  };
  const { ask, router } = await routed([chat('hi')], {}, { config: { observers: [observer] } });
  expect((await ask()).status).toBe(200);
  await router.flush();
  await expect.poll(() => reported).toMatchObject([{ message: 'exporter down' }]);
});

test.each([{ deadline: '30d' }, { attemptTimeout: 2 ** 40 }] as const)(
  'a call with a time limit longer than any timer is answered: %j',
  async limits => {
    const { ask } = await routed([chat('hi')], limits);
    expect((await ask()).status).toBe(200);
  },
);

describe('an application’s id that another feature has used', () => {
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  const ticket = (store: Store) =>
    createRouter({
      models: {
        mini: { provider: 'other', model: 'mini-1', price },
        premium: { provider: 'other', model: 'premium-1', price },
      },
      features: {
        classify: { candidates: ['mini'], failureCostUsd: 1 },
        reply: { candidates: ['premium'], failureCostUsd: 5 },
      },
      store,
    });
  const reply = async () => ({ value: 'fine', usage: { input: 1_000 } });

  test.each(['the same process', 'another process'])(
    'an id of another feature is refused in %s before anything is sent',
    async where => {
      const store = memory();
      const first = ticket(store);
      await first.run('classify', reply, { intent: first.feature('classify').intent({ id: 't-1' }) });
      await first.flush();
      const router = where === 'another process' ? ticket(store) : first;
      const call = vi.fn(reply);
      const error = {
        code: 'intent-of-another-feature',
        path: 'intent.id',
        message: expect.stringMatching(/"t-1" belongs to "classify".*"t-1:reply"/) as string,
      };
      const handle = router.feature('reply');
      await expect(router.run('reply', call, { intent: handle.intent({ id: 't-1' }) })).rejects.toMatchObject(error);
      await expect(handle.outcome('t-1', { success: false })).rejects.toMatchObject(error);
      expect(call).not.toHaveBeenCalled();
      await router.flush();
      const records = await Array.fromAsync(store.scan());
      expect(records.map(record => `${record.feature} ${record.kind}`)).toEqual([
        'classify decided',
        'classify attempted',
      ]);
      const own = await router.run('reply', call, { intent: handle.intent({ id: 't-1:reply' }) });
      expect([own.receipt.feature, own.receipt.attempts[0]?.model]).toEqual(['reply', 'premium']);
    },
  );
});

test('the first request of a session waits for the code of sessions, so that its decision knows its prefix', async () => {
  const { sessions: _, putSessions: __, ...store } = memory();
  const { router, ask, ledger } = await routed([chat('hi')], {}, { store });
  await ask(router.feature('support').intent({ session: 's1' }).model, { user: 'x'.repeat(4000) });
  const [decided] = await ledger();
  expect(decided).toMatchObject({ session: 's1', prefix: { earlierIntents: 0 } });
});
