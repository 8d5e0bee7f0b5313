import OpenAI from 'openai';
import { afterEach, expect, test } from 'vitest';
import type { Observer } from '../../src/contracts/observer.ts';
import type { Policy } from '../../src/contracts/policy.ts';
import type { Store } from '../../src/contracts/store.ts';
import { nextTurn } from '../../src/runtime.ts';
import { randomMix } from '../../src/policies/random-mix.ts';
import { memory } from '../../src/stores/memory.ts';
import type { FakeProvider } from '../../src/public/testing.ts';
import { createTestRouter, startFakeProvider, testRuntime } from '../../src/public/testing.ts';
import type { Loose } from '../support/refusal.ts';
import { refusal } from '../support/refusal.ts';

const CONFIG = {
  models: {
    mini: { provider: 'openai', model: 'gpt-5-mini' },
    premium: { provider: 'openai', model: 'gpt-5' },
  },
  features: {
    chat: { candidates: ['mini', 'premium'], failureCostUsd: 15, silence: { after: '30m', means: 'success' } },
    // Where another candidate stands idle, a model that asks for more than some seconds is left for it.
    single: { candidates: ['mini'], failureCostUsd: 15 },
  },
} as const;

const opened: FakeProvider[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map(provider => provider.close()));
});

async function application(seed?: string, more: { readonly policy?: Policy } = {}) {
  const runtime = testRuntime(seed === undefined ? {} : { seed });
  const provider = await startFakeProvider({
    runtime,
    models: {
      'gpt-5-mini': { price: { input: '0.25', output: '2' } },
      'gpt-5': { price: { input: '1.25', output: '10' } },
    },
  });
  opened.push(provider);
  const router = createTestRouter(runtime, { ...CONFIG, ...more });
  const openai = router.wrap(new OpenAI({ baseURL: provider.openaiBaseURL, apiKey: 'none' }));
  const ask = (model: string) => openai.chat.completions.create({ model, messages: [{ role: 'user', content: 'Hi' }] });
  return { provider, runtime, router, openai, ask, chat: router.feature('chat') };
}

test('an application test decides what the model replies and how much time passes', async () => {
  const { provider, runtime, router, ask, chat } = await application();
  provider.reply('Your parcel arrives on Monday.');
  const intent = chat.intent();
  const reply = await ask(intent.model);
  expect(reply.choices[0]?.message.content).toBe('Your parcel arrives on Monday.');

  const counts = async () => {
    await router.labelSilentIntents();
    const { pending, successes } = (await router.report()).features[0] ?? {};
    return { pending, successes };
  };
  runtime.advance(30 * 60_000 - 1);
  expect(await counts()).toEqual({ pending: 1, successes: 0 });
  runtime.advance(1);
  expect(await counts()).toEqual({ pending: 0, successes: 1 });
  await router.close();
});

test('a scripted error is retried after the provider’s retry delay, which takes no real time', async () => {
  const { provider, runtime, router, ask } = await application();
  provider.reply({ kind: 'status', status: 429, retryAfter: { seconds: 20 } }, 'It went well.');
  const started = performance.now();
  const reply = await ask(router.feature('single').model);
  expect(reply.choices[0]?.message.content).toBe('It went well.');
  expect(runtime.slept).toEqual([20_000]);
  expect(performance.now() - started).toBeLessThan(19_000);
  expect(router.receipt(reply)?.attempts.map(({ status }) => status)).toEqual(['provider-fault', 'ok']);
  expect(provider.queuedReplies).toBe(0);
  await router.close();
});

const MESSAGES = [{ role: 'user' as const, content: 'Hi' }];

test('a retry date of the provider is a date of the test’s clock', async () => {
  const { provider, runtime, router, ask } = await application();
  provider.reply({ kind: 'status', status: 429, retryAfter: { dateInMs: 20_000 } });
  await ask(router.feature('single').model);
  expect(runtime.slept).toEqual([20_000]);
  await router.close();
});

test.each<readonly [string, (app: Awaited<ReturnType<typeof application>>) => Promise<unknown>]>([
  ['a plain call', async ({ ask, chat }) => ask(chat.intent().model)],
  [
    'a stream read to its end',
    async ({ openai, chat }) => {
      const body = { model: chat.intent().model, messages: MESSAGES, stream: true } as const;
      const texts: unknown[] = [];
      for await (const { choices } of await openai.chat.completions.create(body)) texts.push(choices[0]?.delta);
      expect(texts.length).toBeGreaterThan(2);
    },
  ],
  [
    'a call of `router.fetch`',
    async ({ router, provider, chat }) => {
      const body = JSON.stringify({ model: chat.intent().model, messages: MESSAGES });
      await (await router.fetch(`${provider.openaiBaseURL}/chat/completions`, { method: 'POST', body })).json();
    },
  ],
  [
    'a stream of `router.fetch`',
    async ({ router, provider, chat }) => {
      const body = JSON.stringify({ model: chat.intent().model, messages: MESSAGES, stream: true });
      await (await router.fetch(`${provider.openaiBaseURL}/chat/completions`, { method: 'POST', body })).text();
    },
  ],
  ['a call of `router.run`', async ({ router }) => router.run('chat', async () => ({ value: 'x', costUsd: 0.01 }))],
])('half an hour after %s, a test labels the intent: to the millisecond, after a retry too', async (_, call) => {
  for (const scripts of [[], [503]]) {
    for (const steps of [[30 * 60_000], [30 * 60_000 - 1, 1]]) {
      const app = await application();
      app.provider.reply(...scripts);
      await call(app);
      const successes = [];
      for (const ms of steps) {
        app.runtime.advance(ms);
        await app.router.labelSilentIntents();
        successes.push((await app.router.report()).features[0]?.successes);
      }
      expect(successes).toEqual([0, 1].slice(-steps.length));
      await app.router.close();
    }
  }
});

test('a store has its real time to answer, however far the test moves the clock meanwhile', async () => {
  const runtime = testRuntime();
  const inner = memory();
  const commitAll: Store['commitAll'] = async changes => {
    runtime.advance(60_000);
    await nextTurn();
    return inner.commitAll(changes);
  };
  const errors: unknown[] = [];
  const observer: Observer = { name: 'errors', faulted: ({ error }) => void errors.push(error) };
  const store = { ...inner, isPrivate: false, commitAll };
  const router = createTestRouter(runtime, { ...CONFIG, store, observers: [observer] });
  await router.run('chat', async () => ({ value: 'x', costUsd: 0.01 }));
  await router.flush();
  expect(errors).toEqual([]);
  expect((await router.report()).intents).toBe(1);
  await router.close();
});

test('the same seed makes the same decisions and ids', async () => {
  const choices = async (seed: string) => {
    // Each plan half of the time: a policy that explores little would choose the same plans with most seeds.
    const { router, ask, chat } = await application(seed, { policy: randomMix() });
    const receipts = [];
    for (let call = 0; call < 12; call++) receipts.push(router.receipt(await ask(chat.model)));
    await router.close();
    return receipts.map(receipt => [receipt?.intentId, receipt?.plan, receipt?.propensity]);
  };
  const first = await choices('a');
  expect(await choices('a')).toEqual(first);
  expect(await choices('b')).not.toEqual(first);
});

test.each([undefined, null, {}, 'runtime'])('a test router refuses %j as its runtime', runtime => {
  const error = refusal(() => (createTestRouter as Loose)(runtime, { models: {}, features: {} }));
  expect(error).toMatchObject({ code: 'invalid-value', path: 'createTestRouter.runtime' });
});
