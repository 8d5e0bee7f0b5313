import OpenAI from 'openai';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { FeatureConfig } from '../../src/config/application.ts';
import type { Fault } from '../../src/contracts/observer.ts';
import { MAX_FACT_USD } from '../../src/core/ledger/money.ts';
import type { DecidedRecord } from '../../src/core/ledger/records.ts';
import type { Attempt } from '../../src/core/ledger/vocabulary.ts';
import { RouterError } from '../../src/errors.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { createRouterOn } from '../../src/router.ts';
import { memory } from '../../src/stores/memory.ts';
import { rebuildCells } from '../../src/stores/rebuild.ts';
import { hasty } from '../support/routed.ts';
import type { ScriptedServer } from '../support/scripted-server.ts';
import { reset, scriptedServer, status } from '../support/scripted-server.ts';

const servers: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map(async server => server.close()));
});

function running(feature: Omit<FeatureConfig<'mini' | 'premium'>, 'candidates'> = {}) {
  const store = memory();
  const runtime = hasty();
  const faults: Fault[] = [];
  const router = createRouterOn(runtime, {
    models: {
      mini: { provider: 'other', model: 'mini-1', price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 } },
      premium: { provider: 'other', model: 'premium-1', price: { inputUsdPerMillion: 10, outputUsdPerMillion: 20 } },
    },
    features: { work: { candidates: ['mini', 'premium'], failureCostUsd: 15, policy: fixed('mini'), ...feature } },
    store,
    observers: [{ name: 'faults', faulted: fault => void faults.push(fault) }],
  });
  const attempts = async (): Promise<readonly Attempt[]> => {
    await router.flush();
    return (await Array.fromAsync(store.scan())).flatMap(record =>
      record.kind === 'attempted' ? [record.attempt] : [],
    );
  };
  return { router, runtime, store, attempts, faults };
}

const USAGE = { input: 100, output: 10 };
const described = (attempts: readonly Attempt[]) =>
  attempts.map(({ kind, node, status: end }) => `${kind} ${node} ${end}`);
const failing = (error: unknown) => async (): Promise<never> => {
  throw error;
};

describe('what a function returns', () => {
  test.each([
    ['not a number', Number.NaN],
    ['negative', -5],
    ['a fraction', 0.5],
    ['infinite', Infinity],
    ['beyond a safe integer', 2 ** 53],
    ['text', '10'],
    ['a bigint', 10n],
    ['true', true],
    ['left out', undefined],
    ['null', null],
    ['an object', { tokens: 10 }],
    ['a list', [10]],
    ['a function', () => 10],
  ])(
    'a count that is %s is left out of the ledger, makes the cost an estimate and is reported once',
    async (_, count) => {
      const { router, attempts, faults } = running();
      const usage = { input: count, output: 10, reasoning: 4 } as never;
      for (let i = 0; i < 2; i++) await router.run('work', async () => ({ value: 1, usage }));
      const [attempt, again] = await attempts();
      expect(attempt).toMatchObject({ costNanoUsd: 20_000, provenance: 'estimated', unpriced: ['run().usage.input'] });
      expect(attempt?.usage).toEqual({ output: 10, reasoning: 4 });
      expect(again?.usage).toEqual(attempt?.usage);
      expect(faults).toMatchObject([{ where: 'price', feature: 'work', error: { path: 'run().usage.input' } }]);
    },
  );

  test('usage without any count is an estimate of nothing, which is reported once', async () => {
    const { router, attempts, faults } = running();
    for (const usage of [{}, { reasoning: 5 }]) await router.run('work', async () => ({ value: 1, usage }));
    const nothing = { provenance: 'estimated', costNanoUsd: 0 };
    expect(await attempts()).toMatchObject([{ ...nothing, usage: {} }, nothing]);
    expect(faults).toMatchObject([{ where: 'price', error: { path: 'run().usage' } }]);
  });

  test('a wrong count beside a cost is left out and reported, and the cost counts as it is', async () => {
    const { router, attempts, faults } = running();
    const usage = { input: Number.NaN, output: 10 };
    await router.run('work', async () => ({ value: 1, costUsd: 0.25, usage }));
    await router.run('work', async () => ({ value: 1, costUsd: 0.25, usage: {} }));
    const [attempt] = await attempts();
    expect(attempt).toMatchObject({ costNanoUsd: 250_000_000, provenance: 'reported' });
    expect(attempt?.usage).toEqual({ output: 10 });
    expect(faults).toHaveLength(1);
  });

  test('a run returns the value, the intent and a receipt with the usage at the model’s price', async () => {
    const { router, attempts } = running();
    const { value, intent, receipt } = await router.run('work', async ({ model, providerModel, intentId }) => ({
      value: { model, providerModel, intentId },
      usage: USAGE,
    }));
    expect(value).toEqual({ model: 'mini', providerModel: 'mini-1', intentId: intent.id });
    expect(receipt).toMatchObject({ model: 'mini', costUsd: 0.00012, plan: ['mini'], intentId: intent.id });
    expect(await attempts()).toMatchObject([{ costNanoUsd: 120_000, provenance: 'reported', usage: USAGE, turn: 1 }]);
    expect(await intent.succeed()).toMatchObject({ state: 'success' });
  });

  test('a cost that the function returns replaces the price', async () => {
    const { router, attempts } = running();
    const { receipt } = await router.run('work', async () => ({ value: 1, costUsd: 0.25, usage: USAGE }));
    expect(receipt.costUsd).toBe(0.25);
    expect(await attempts()).toMatchObject([{ costNanoUsd: 250_000_000, usage: USAGE, provenance: 'reported' }]);
    await router.run('work', async () => ({ value: 1, costUsd: 0.5 }));
    expect((await attempts())[1]).toMatchObject({ costNanoUsd: 500_000_000, usage: {}, provenance: 'reported' });
  });

  test('no receipt is found by the `id` of a returned value', async () => {
    const { router } = running();
    const shared = { id: 'x' };
    const { value } = await router.run('work', async () => ({ value: shared, costUsd: 0 }));
    expect(value).toBe(shared);
    expect(router.receipt({ id: 'x' })).toBeUndefined();
  });

  const NONE = { costNanoUsd: 0, unpriced: ['run().usage'] };
  const NO_COST = { costNanoUsd: 0, unpriced: ['run().costUsd'] };
  test.each<[string, object, object]>([
    ['neither usage nor cost', {}, NONE],
    ['usage that is null', { usage: null }, NONE],
    ['usage that is a number', { usage: 5 }, NONE],
    ['usage that is a list', { usage: [5] }, NONE],
    ['usage that is a map', { usage: new Map([['input', 5]]) }, NONE],
    [
      'a vendor’s own usage',
      { usage: { input_tokens: 5 } },
      { costNanoUsd: 0, unpriced: ['run().usage.input_tokens'] },
    ],
    [
      'an unknown meter beside a known one',
      { usage: { inpt: 5, output: 10 } },
      { costNanoUsd: 20_000, unpriced: ['run().usage.inpt'], usage: { output: 10 } },
    ],
    ['a cost that is not a number', { costUsd: Number.NaN }, NO_COST],
    ['a negative cost', { costUsd: -1 }, NO_COST],
    ['a cost that is text', { costUsd: '0.01' }, NO_COST],
    ['a cost that is null', { costUsd: null }, NO_COST],
    ['an infinite cost', { costUsd: Infinity }, NO_COST],
    ['a cost above the limit', { costUsd: MAX_FACT_USD * 2 }, NO_COST],
    ['a wrong cost beside usage', { costUsd: -1, usage: USAGE }, { ...NO_COST, costNanoUsd: 120_000, usage: USAGE }],
    ['a misspelt cost', { usage: USAGE, costUSD: 1 }, { costNanoUsd: 120_000, unpriced: ['run().costUSD'] }],
  ])(
    '%s in what a function returns loses no reply: its cost is an estimate, which is named and reported once',
    async (_, rest, estimate) => {
      const { router, attempts, faults } = running();
      for (let i = 0; i < 2; i++)
        expect((await router.run('work', async () => ({ value: 'paid', ...rest }) as never)).value).toBe('paid');
      const estimated = { status: 'ok', provenance: 'estimated', ...estimate };
      expect(await attempts()).toMatchObject([estimated, estimated]);
      const { unpriced } = estimate as { readonly unpriced: readonly string[] };
      expect(faults).toMatchObject([{ where: 'price', error: { code: 'invalid-value', path: unpriced[0] } }]);
    },
  );

  test.each([
    ['a key that no reply has', { costUsd: 0.25, tier: 'flex' }, 'run().tier'],
    ['an unknown meter', { costUsd: 0.25, usage: { input_tokens: 5 } }, 'run().usage.input_tokens'],
    [
      'a name of any length',
      { costUsd: 0.25, ['x'.repeat(9_000)]: 1 },
      expect.stringMatching(/^run\(\)\.x{180}…[\da-f]{1,8}$/),
    ],
  ])('a cost counts as it is beside %s, which is reported', async (_, rest, path) => {
    const { router, attempts, faults } = running();
    await router.run('work', async () => ({ value: 1, ...rest }) as never);
    expect(await attempts()).toMatchObject([{ costNanoUsd: 250_000_000, provenance: 'reported', status: 'ok' }]);
    expect(faults).toMatchObject([{ where: 'price', error: { path } }]);
  });

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['text', 'text'],
    ['a list', [1]],
    ['an object without a value', { costUsd: 1 }],
  ])('%s is not a reply: it is refused and costs nothing', async (_, reply) => {
    const { router, attempts } = running();
    const error = await router.run('work', async () => reply as never).catch((caught: unknown) => caught);
    expect(RouterError.isInstance(error) && [error.code, error.path]).toEqual(['invalid-value', 'run()']);
    expect(await attempts()).toMatchObject([{ status: 'rejected-request', costNanoUsd: 0 }]);
  });
});

describe('what a function throws', () => {
  test.each([
    ['a status of 503', Object.assign(new Error('busy'), { status: 503 })],
    ['a status of 429', Object.assign(new Error('slow down'), { status: 429 })],
    ['a network error', Object.assign(new Error('reset'), { code: 'ECONNRESET' })],
    ['an error caused by a network error', new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } })],
    ['a timeout', new DOMException('late', 'TimeoutError')],
  ])('%s is retried, and then another model answers', async (_, error) => {
    const { router, attempts } = running({ retries: 1 });
    const { value } = await router.run('work', async ({ model }) =>
      model === 'mini' ? failing(error)() : { value: model, costUsd: 0 },
    );
    expect(value).toBe('premium');
    expect(described(await attempts()).map(line => line.replace(/ \S+$/, ''))).toEqual([
      'first mini',
      'retry mini',
      'escalation mini!premium',
    ]);
  });

  test.each([
    ['a status of 400', Object.assign(new Error('bad'), { status: 400 })],
    ['a RouterError with a network cause', new RouterError('invalid-value', 'x', { cause: { code: 'ECONNRESET' } })],
    ['a programming error', new TypeError('undefined is not a function')],
    [
      'a programming error with a Node error code',
      Object.assign(new TypeError('bad url'), { code: 'ERR_INVALID_URL' }),
    ],
    ['a value that is not an error', 'oops'],
    ['an object without a class', Object.create(null)],
  ])('%s is thrown to the caller at once', async (_, error) => {
    const { router, attempts } = running();
    await expect(router.run('work', failing(error))).rejects.toBe(error);
    expect(described(await attempts())).toEqual(['first mini rejected-request']);
  });

  test('when every model fails, the last error is thrown', async () => {
    const { router, attempts } = running({ retries: 0 });
    const call = router.run('work', async ({ model }) =>
      failing(Object.assign(new Error(`${model} is down`), { status: 500 }))(),
    );
    await expect(call).rejects.toThrow('premium is down');
    expect(await attempts()).toHaveLength(2);
  });

  test('a retry waits as long as `retry-after` says', async () => {
    const { router, runtime } = running({ retries: 1 });
    let calls = 0;
    await router.run('work', async () => {
      if (calls++ > 0) return { value: 1, costUsd: 0 };
      throw Object.assign(new Error('slow down'), { status: 429, headers: new Headers({ 'retry-after': '3' }) });
    });
    expect(runtime.slept).toEqual([3_000]);
  });

  test('the errors of the official client are classified by status and by connection', async () => {
    const server = await scriptedServer({ 'mini-1': [status(500), reset], 'premium-1': [status(401)] });
    servers.push(server);
    const client = new OpenAI({ apiKey: 'k', baseURL: `${server.url}/v1`, maxRetries: 0 });
    const { router, attempts } = running({ retries: 1 });
    const call = router.run('work', async ({ providerModel, signal }) => {
      const value = await client.chat.completions.create({ model: providerModel, messages: [] }, { signal });
      return { value, costUsd: 0 };
    });
    // The fault says "try again"; the refusal of the substitute does not replace it.
    await expect(call).rejects.toBeInstanceOf(OpenAI.APIConnectionError);
    expect(described(await attempts())).toEqual([
      'first mini provider-fault',
      'retry mini connection',
      'escalation mini!premium rejected-request',
    ]);
  });
});

describe('a verdict', () => {
  test('a schema checks the value itself, and a rejected value is charged and climbs', async () => {
    const { router, attempts, store } = running({
      validate: z.object({ total: z.number() }),
      policy: fixed(['mini', 'premium']),
    });
    const { value, receipt } = await router.run('work', async ({ model }) => ({
      value: model === 'mini' ? { total: 'much' } : { total: 7 },
      usage: USAGE,
    }));
    expect(value).toEqual({ total: 7 });
    expect(receipt).toMatchObject({ model: 'premium', rejected: false, costUsd: 0.00132 });
    expect((await attempts()).map(({ node, verdict }) => [node, verdict?.accepted])).toEqual([
      ['mini', false],
      ['mini>premium', true],
    ]);
    const grown = new Set(await store.cells('work'));
    await rebuildCells(store, 'work');
    expect(new Set(await store.cells('work'))).toEqual(grown);
  });

  test('a JSON check reads a text value, and the last value is returned when no model is left', async () => {
    const { router } = running({ checks: { json: true }, policy: fixed(['mini', 'premium']) });
    const { value, receipt } = await router.run('work', async ({ model }) => ({
      value: `no JSON of ${model}`,
      costUsd: 0,
    }));
    expect(value).toBe('no JSON of premium');
    expect(receipt.rejected).toBe(true);
  });
});

describe('an intent', () => {
  test('an intent over several runs is decided once, counts its turns and climbs at its turn limit', async () => {
    const { router, attempts } = running({ maxTurns: 1 });
    const intent = router.feature('work').intent();
    const models: string[] = [];
    for (let turn = 0; turn < 3; turn++) {
      await router.run('work', async ({ model }) => ({ value: models.push(model), costUsd: 0.001 }), { intent });
    }
    expect(models).toEqual(['mini', 'premium', 'premium']);
    expect((await attempts()).map(({ turn, node }) => [turn, node])).toEqual([
      [1, 'mini'],
      [2, 'mini>premium'],
      [3, 'mini>premium'],
    ]);
  });

  test('a resumed intent continues with its plan and turns', async () => {
    const { router, attempts } = running();
    const { intent } = await router.run('work', async () => ({ value: 1, costUsd: 0 }));
    void router.feature('work').pin('premium');
    const again = router.feature('work').resume(intent.id);
    await router.run('work', async ({ model }) => ({ value: model, costUsd: 0 }), { intent: again });
    expect((await attempts()).map(({ turn, model }) => [turn, model])).toEqual([
      [1, 'mini'],
      [2, 'mini'],
    ]);
  });
});

describe('time', () => {
  /** A call that runs until its signal aborts. */
  const untilStopped = async ({ signal }: { readonly signal: AbortSignal }): Promise<never> =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

  test('the caller’s abort reaches the function and is recorded as aborted', async () => {
    const { router, attempts } = running();
    const caller = new AbortController();
    const call = router.run(
      'work',
      async context => {
        setTimeout(() => caller.abort(new Error('changed my mind')), 5);
        return untilStopped(context);
      },
      { signal: caller.signal },
    );
    await expect(call).rejects.toThrow('changed my mind');
    expect(described(await attempts())).toEqual(['first mini aborted']);
  });

  test('a call whose signal is already aborted runs nothing', async () => {
    const { router, attempts } = running();
    let called = false;
    const call = router.run('work', async () => ({ value: (called = true), costUsd: 0 }), {
      signal: AbortSignal.abort(new Error('gone')),
    });
    await expect(call).rejects.toThrow('gone');
    expect(called).toBe(false);
    expect(await attempts()).toEqual([]);
  });

  test('an attempt over its time limit is followed by the next candidate, and the deadline ends the request', async () => {
    const patient = running({ attemptTimeout: 30, retries: 0 });
    const { value } = await patient.router.run('work', async context =>
      context.model === 'mini' ? untilStopped(context) : { value: context.model, costUsd: 0 },
    );
    expect(value).toBe('premium');
    const hurried = running({ deadline: 40, retries: 0 });
    await expect(hurried.router.run('work', untilStopped)).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(described(await hurried.attempts())).toEqual(['first mini timeout']);
  });
});

describe('what a caller passes', () => {
  const call = async () => ({ value: 1, costUsd: 0.001 });
  test.each<[string, unknown, string]>([
    ['an id as intent', { intent: 'order-17' }, 'run.intent'],
    ['null as intent', { intent: null }, 'run.intent'],
    ['an intent of another feature', { intent: { id: 'i', model: 'feature:chat#i' } }, 'run.intent'],
    ['an intent as options', { id: 'i', model: 'feature:work#i' }, 'run.id'],
    ['a misspelt option', { intnt: 'order-17' }, 'run.intnt'],
    ['null as options', null, 'run'],
    ['text as signal', { signal: 'x' }, 'run.signal'],
    ['a controller as signal', { signal: new AbortController() }, 'run.signal'],
  ])('%s is refused, and nothing is called or recorded', async (_, options, path) => {
    const { router, attempts } = running();
    const refused = router.run('work', call, options as never);
    await expect(refused).rejects.toMatchObject({ code: 'invalid-value', path });
    expect(await attempts()).toEqual([]);
  });

  test.each([undefined, null, 'work', {}])('a call that is %j, not a function, is refused', async given => {
    const { router } = running();
    const refused = router.run('work', given as never);
    await expect(refused).rejects.toMatchObject({ code: 'invalid-value', path: 'run.call' });
  });
});

test('promptChars says how long the first prompt of a session is, so that its prefix is known from the first intent on', async () => {
  const { router, store } = running({ sessionCosts: true });
  const ask = async (promptChars: number | undefined, tokens: number, session = 's1') => {
    const intent = router.feature('work').intent({ session });
    // Meanwhile, the session is read from the store.
    await router.flush();
    const options = { intent, ...(promptChars === undefined ? {} : { promptChars }) };
    await router.run('work', async () => ({ value: '', usage: { input: tokens, output: 10 } }), options);
  };
  // The code that keeps sessions is loaded with the first session.
  await ask(undefined, 10, 's0');
  await ask(40_000, 10_000);
  await ask(20_000, 5000);
  await ask(undefined, 5000);
  await router.flush();
  const decided = (await Array.fromAsync(store.scan({ kind: 'decided' }))).map(record => record as DecidedRecord);
  // The second conversation is half as long by its characters: it was shortened, and the third goes on with that.
  expect(decided.slice(1).map(({ prefix }) => prefix?.tokens)).toEqual([10_000, 5000, 5010]);
  await expect(ask(-1, 10)).rejects.toMatchObject({ code: 'invalid-value', path: 'run.promptChars' });
});
