/** Sessions over real HTTP: the account of each session is compared with the log of the provider, which has the caches. */
import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sessionAccounts, sessionIn, sessionsReport } from '../../src/analysis/sessions.ts';
import { fromDecimalUsd } from '../../src/core/ledger/money.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { resolvePrice } from '../../src/prices/price-book.ts';
import { startFakeProvider } from '../../src/public/testing.ts';
import { createRouterOn } from '../../src/router.ts';
import { memory } from '../../src/stores/memory.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';

/** Nano-dollars per token, as the vendor publishes them, and the shortest prefix that it keeps. */
const MODELS = {
  haiku: { name: 'claude-haiku-4-5', input: 1000, read: 100, write: 1250, output: 5000, least: 4096 },
  sonnet: { name: 'claude-sonnet-4-5', input: 3000, read: 300, write: 3750, output: 15_000, least: 1024 },
} as const;
type Name = keyof typeof MODELS;

const TTL_MS = 300_000;
const FAILURE_NANO_USD = 2_000_000_000;

interface Truth {
  spend: number;
  failure: number;
  saved: number;
  switched: number;
  expired: number;
  missed: number;
  switches: number;
  intents: number;
}

const runtime = testRuntime();
const store = memory();
const random = seededRandom('sessions');
const truths = new Map<string, Truth>();
const priceOf = (model: string) => resolvePrice({ provider: 'anthropic', model: MODELS[model as Name].name });

interface Conversation {
  tokens: number;
  last?: { model: Name; tokens: number; atMs: number };
  readonly held: Partial<Record<Name, { tokens: number; atMs: number }>>;
}
const conversations = new Map<string, Conversation>();

/** What the provider finds in its caches, and what the request costs because of that. */
function serve(model: Name, session: string) {
  const { read, write, input, output, least } = MODELS[model];
  const conversation = conversations.get(session) as Conversation;
  const truth = truths.get(session) as Truth;
  const nowMs = runtime.nowMs();
  const held = conversation.held[model];
  const warm = held !== undefined && nowMs - held.atMs < TTL_MS && held.tokens >= least ? held.tokens : 0;
  const isMissed = random.next() < 0.2;
  const cacheRead = isMissed ? 0 : warm;
  const cacheWrite5m = conversation.tokens - cacheRead;
  const { last } = conversation;
  const before = last !== undefined && last.tokens >= least ? last.tokens : 0;
  const own = warm >= least ? warm : 0;
  if (isMissed) truth.missed += own * (write - read);
  const rest = Math.max(0, before - own);
  if (last !== undefined && rest > 0)
    truth[nowMs - last.atMs < TTL_MS ? 'switched' : 'expired'] += rest * (write - read);
  truth.saved += cacheRead * (input - read) - cacheWrite5m * (write - input);
  truth.spend += cacheRead * read + cacheWrite5m * write + 7 * input + 100 * output;
  if (last !== undefined && last.model !== model) truth.switches++;
  conversation.last = { model, tokens: conversation.tokens + 7, atMs: nowMs };
  conversation.held[model] = { tokens: conversation.tokens + 7, atMs: nowMs };
  conversation.tokens += 600;
  return { input: 7, cacheRead, cacheWrite5m, output: 100 };
}

function modelOf(name: Name) {
  const { input, read, write, output } = MODELS[name];
  const usd = (nano: number) => String(nano / 1000);
  return {
    price: { input: usd(input), cacheRead: usd(read), cacheWrite5m: usd(write), output: usd(output) },
    tokens: ({ task = '' }: { readonly task: string | undefined }) => serve(name, task),
  };
}

const provider = await startFakeProvider({
  models: { 'claude-haiku-4-5': modelOf('haiku'), 'claude-sonnet-4-5': modelOf('sonnet') },
});
afterAll(async () => provider[Symbol.asyncDispose]());

const SESSIONS = ['chat-1', 'chat-2', 'chat-3'];

beforeAll(async () => {
  const candidates = ['haiku', 'sonnet'] as const;
  const router = createRouterOn(runtime, {
    models: {
      haiku: { provider: 'anthropic', model: 'claude-haiku-4-5' },
      sonnet: { provider: 'anthropic', model: 'claude-sonnet-4-5' },
    },
    features: {
      easy: { candidates, failureCostUsd: 2, policy: fixed('haiku') },
      hard: { candidates, failureCostUsd: 2, policy: fixed('sonnet') },
    },
    store,
  });
  const client = router.wrap(new Anthropic({ apiKey: 'none', baseURL: provider.anthropicBaseURL }));
  const ask = async (feature: 'easy' | 'hard', session?: string): Promise<void> => {
    const intent = router.feature(feature).intent(session === undefined ? {} : { session });
    const content = `[task:${session ?? 'alone'}] Where is my order?`;
    await client.messages.create({ model: intent.model, max_tokens: 200, messages: [{ role: 'user', content }] });
    const truth = truths.get(session ?? 'alone') as Truth;
    truth.intents++;
    if (random.next() < 0.3) {
      truth.failure += FAILURE_NANO_USD;
      await intent.fail();
    } else await intent.succeed();
  };
  for (const session of [...SESSIONS, 'alone']) {
    conversations.set(session, { tokens: (3000 + 4000 * random.next()) | 0, held: {} });
    const none = { spend: 0, failure: 0, saved: 0, switched: 0, expired: 0, missed: 0, switches: 0, intents: 0 };
    truths.set(session, none);
  }
  for (let step = 0; step < 60; step++) {
    runtime.advance(step % 10 === 9 ? 2 * TTL_MS : Math.round(10_000 + 80_000 * random.next()));
    await ask(random.next() < 0.6 ? 'easy' : 'hard', SESSIONS[step % 3]);
    if (step % 20 === 0) await ask('easy');
  }
  await router.flush();
});

const usd = (nano: number): bigint => BigInt(nano);

describe('the account of a session', () => {
  test('every amount equals what the provider, which owns the caches, has recorded', async () => {
    const accounts = await Array.fromAsync(sessionAccounts(store, { priceOf }));
    expect(accounts.map(({ session }) => session)).toEqual(SESSIONS);
    for (const account of accounts) {
      const truth = truths.get(account.session) as Truth;
      const { cache } = account;
      expect(account.intents).toBe(truth.intents);
      expect(account.switches).toBe(truth.switches);
      expect(fromDecimalUsd(account.spendUsd)).toBe(usd(truth.spend));
      expect(fromDecimalUsd(account.failureUsd)).toBe(usd(truth.failure));
      expect(fromDecimalUsd(cache.savedUsd)).toBe(usd(truth.saved));
      for (const cause of ['switched', 'expired', 'missed'] as const) {
        expect(truth[cause]).toBeGreaterThan(0);
        expect(fromDecimalUsd(cache.rereadUsd[cause])).toBe(usd(truth[cause]));
      }
    }
  });

  test('one session is found by its name, with its intents in order; an unknown one has no account', async () => {
    const account = await sessionIn(store, 'chat-2', { priceOf });
    expect(account?.steps).toHaveLength(20);
    expect(account?.steps.map(({ decidedAtMs }) => decidedAtMs)).toEqual(
      account?.steps.map(({ decidedAtMs }) => decidedAtMs).toSorted((a, b) => a - b),
    );
    const spend = account?.steps.reduce((sum, step) => sum + fromDecimalUsd(step.spendUsd), 0n);
    expect(spend).toBe(fromDecimalUsd(account?.spendUsd ?? ''));
    expect(await sessionIn(store, 'alone', { priceOf })).toBeUndefined();
  });

  test('the totals are the sums over all sessions, and intents without a session are left out', async () => {
    const report = await sessionsReport(store, { priceOf });
    const sum = (of: (truth: Truth) => number) => SESSIONS.reduce((n, id) => n + of(truths.get(id) as Truth), 0);
    expect(report).toMatchObject({ sessions: 3, intents: 60, switches: sum(truth => truth.switches) });
    expect(fromDecimalUsd(report.totalUsd)).toBe(usd(sum(truth => truth.spend + truth.failure)));
    expect(fromDecimalUsd(report.cache.rereadUsd.switched)).toBe(usd(sum(truth => truth.switched)));
    expect(fromDecimalUsd(report.cache.savedUsd)).toBe(usd(sum(truth => truth.saved)));
    expect(report.perSessionUsd.value).toBeCloseTo(sum(truth => truth.spend + truth.failure) / 3e9, 9);
    const totals = report.mostExpensive.map(({ totalUsd }) => Number(totalUsd));
    expect(totals).toEqual(totals.toSorted((a, b) => b - a));
  });

  test('a period has the intents that were decided in it', async () => {
    const halfMs = (await sessionIn(store, 'chat-1', { priceOf }))?.steps[10]?.decidedAtMs ?? 0;
    const before = await sessionsReport(store, { priceOf, toMs: halfMs });
    const after = await sessionsReport(store, { priceOf, fromMs: halfMs });
    expect(before.intents + after.intents).toBe(60);
  });

  test('a filter by feature selects the sessions that used the feature, each as a whole', async () => {
    expect(await sessionsReport(store, { priceOf, feature: 'easy' })).toEqual(await sessionsReport(store, { priceOf }));
    expect(await sessionsReport(store, { priceOf, feature: 'other' })).toMatchObject({ sessions: 0, intents: 0 });
  });

  test('without a price, a model’s requests are counted but included in no amount of the caches', async () => {
    const report = await sessionsReport(store, { priceOf: () => undefined });
    expect(report.cache).toMatchObject({ requests: 0, withoutPrice: 60, savedUsd: '0' });
    expect(Number(report.spendUsd)).toBeGreaterThan(0);
  });
});
