import { afterEach, expect, test } from 'vitest';
import type { Observer, RequestEnd, RequestStart, RouterView } from '../../../src/contracts/observer.ts';
import { systemRuntime } from '../../../src/runtime.ts';
import { fixed } from '../../../src/policies/fixed.ts';
import { createRouterOn } from '../../../src/router.ts';
import type { Answer, ScriptedServer } from '../../support/scripted-server.ts';
import { chat, chatStream, reset, scriptedServer, status } from '../../support/scripted-server.ts';

const servers: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map(async server => server.close()));
});

async function observed(script: readonly Answer[], extra: Partial<Observer> = {}) {
  const server = await scriptedServer(script);
  servers.push(server);
  const starts: RequestStart[] = [];
  const ends: RequestEnd[] = [];
  const faults: unknown[] = [];
  let view: RouterView | undefined;
  let inside = 0;
  const observer: Observer = {
    name: 'test',
    started: router => (view = router),
    requesting(start) {
      starts.push(start);
      return {
        within(call) {
          inside++;
          return call();
        },
        ended: end => void ends.push(end),
      };
    },
    faulted: fault => void faults.push(fault.error),
    ...extra,
  };
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  const router = createRouterOn(systemRuntime(1), {
    models: { mini: { provider: 'openai', model: 'mini-1', price } },
    features: { support: { candidates: ['mini'], failureCostUsd: 15, policy: fixed('mini'), retries: 0 } },
    observers: [observer],
  });
  const call = async (stream = false) =>
    router.fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: router.feature('support').model, messages: [], ...(stream ? { stream } : {}) }),
    });
  return { router, call, starts, ends, faults, inside: () => inside, view: () => view };
}

test('an observer follows a request from its decision to its reply, and the request runs in the observer’s context', async () => {
  const { call, starts, ends, inside } = await observed([chat('hi')]);
  await call();
  expect(starts).toMatchObject([{ feature: 'support' }]);
  expect(starts[0]?.providerOf('mini')).toBe('openai');
  expect(inside()).toBe(1);
  expect(ends).toMatchObject([{ answeredBy: 'mini', attempts: [{ status: 'ok', requestId: starts[0]?.requestId }] }]);
  expect(ends[0]).not.toHaveProperty('error');
});

test('an observer sees a streamed request end with its stream, and gets the usage', async () => {
  const { call, ends, router } = await observed([chatStream(['a', 'b'])]);
  const response = await call(true);
  expect(ends).toEqual([]);
  await response.text();
  await router.flush();
  expect(ends).toMatchObject([{ answeredBy: 'mini', attempts: [{ usage: { output: 2 } }] }]);
});

test('an observer gets no `answeredBy` for a request that no model answered', async () => {
  const { call, ends } = await observed([status(500)]);
  await call();
  expect(ends[0]).not.toHaveProperty('answeredBy');
  expect(ends).toMatchObject([{ attempts: [{ status: 'provider-fault' }] }]);
});

test('an observer gets the error that the caller gets', async () => {
  const { call, ends } = await observed([reset]);
  const error: unknown = await call().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Error);
  expect(ends.map(end => end.error)).toEqual([error]);
});

test('an exception in an observer is reported as a fault, and the call is answered', async () => {
  const { call, faults } = await observed([chat('hi')], {
    requesting() {
      throw new Error('broken observer');
    },
  });
  expect((await call()).status).toBe(200);
  expect(faults.map(String)).toEqual(['Error: broken observer']);
});

test('an observer can read the current estimates from memory', async () => {
  const { call, router, view } = await observed([chat('hi')]);
  const intent = router.feature('support').intent();
  await intent.fail();
  await call();
  await router.flush();
  expect(view()?.features).toEqual(['support']);
  // The estimator is loaded a moment after the start.
  await expect.poll(() => view()?.estimates('support')).toMatchObject([{ plan: 'mini', n: 1 }]);
  expect(view()?.estimates('unknown')).toEqual([]);
});
