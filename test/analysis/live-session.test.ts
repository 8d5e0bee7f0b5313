/** The figures of a running router's sessions equal a second count from the exported ledger, at prices that only the router knows. */
import { beforeAll, expect, test } from 'vitest';
import { breakdown } from '../../src/analysis/grouped-cells.ts';
import { sessionsReport } from '../../src/analysis/sessions.ts';
import { fromDecimalUsd, toDecimalUsd } from '../../src/core/ledger/money.ts';
import type { LedgerRecord } from '../../src/core/ledger/records.ts';
import type { Attempt } from '../../src/core/ledger/vocabulary.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { randomMix } from '../../src/policies/random-mix.ts';
import { resolvePrice } from '../../src/prices/price-book.ts';
import type { FakeTask } from '../../src/public/testing.ts';
import { startFakeProvider, testRuntime } from '../../src/public/testing.ts';
import { createRouterOn } from '../../src/router.ts';
import { memory } from '../../src/stores/memory.ts';

const TTL_MS = 300_000;
const MIN_TOKENS = 1024;
const FAILURE_NANO_USD = 50_000_000n;
/** Nano-dollars per token. */
const PRICES = { mini: { input: 250, read: 25, output: 2000 }, premium: { input: 2500, read: 250, output: 20_000 } };
type Name = keyof typeof PRICES;
const NAMES = ['mini', 'premium'] as const;
const priceConfig = (name: Name) => ({
  inputUsdPerMillion: PRICES[name].input / 1000,
  cacheReadUsdPerMillion: PRICES[name].read / 1000,
  outputUsdPerMillion: PRICES[name].output / 1000,
});

const runtime = testRuntime({ seed: 'accounts' });
const random = seededRandom('accounts');
const store = memory();
const router = createRouterOn(runtime, {
  models: {
    mini: { provider: 'openai', model: 'mini-1', price: priceConfig('mini') },
    premium: { provider: 'openai', model: 'premium-1', price: priceConfig('premium') },
  },
  features: {
    f: { candidates: ['mini', 'premium'], failureCostUsd: 0.05, policy: randomMix() },
    g: { candidates: ['mini', 'premium'], failureCostUsd: 0.05, policy: randomMix() },
  },
  store,
});
let records: readonly LedgerRecord[] = [];
let billedNanoUsd = 0n;

beforeAll(async () => {
  const held = new Map<string, { tokens: number; atMs: number }>();
  const tokensOf = (model: string) => (task: FakeTask) => {
    const text = JSON.stringify(task.request);
    const place = `${model} ${/\[of (\d+)\]/.exec(text)?.[1]}`;
    const [before, tokens] = [held.get(place), Math.ceil(text.length / 4)];
    held.set(place, { tokens, atMs: runtime.nowMs() });
    const isAlive = before !== undefined && runtime.nowMs() - before.atMs < TTL_MS && before.tokens >= MIN_TOKENS;
    const cacheRead = isAlive && random.next() < 0.8 ? Math.min(before.tokens, tokens) : 0;
    return { input: tokens - cacheRead, cacheRead, output: 50 };
  };
  const usd = (name: Name) => {
    const { inputUsdPerMillion, cacheReadUsdPerMillion, outputUsdPerMillion } = priceConfig(name);
    return { input: `${inputUsdPerMillion}`, cacheRead: `${cacheReadUsdPerMillion}`, output: `${outputUsdPerMillion}` };
  };
  const fake = await startFakeProvider({
    runtime,
    models: Object.fromEntries(NAMES.map(name => [`${name}-1`, { price: usd(name), tokens: tokensOf(name) }])),
  });
  const chars = Array.from({ length: 8 }, () => 2000 + Math.floor(20_000 * random.next()));
  for (let intent = 0; intent < 120; intent++) {
    const place = Math.floor(9 * random.next());
    runtime.advance(Math.floor((random.next() < 0.85 ? 30_000 : 700_000) * random.next()));
    const feature = router.feature(random.next() < 0.7 ? 'f' : 'g');
    const handle = feature.intent(place === 8 ? {} : { session: `s${place}` });
    for (let request = 0; request < (random.next() < 0.3 ? 3 : 1); request++) {
      const content = `[of ${place}] ${'x'.repeat(chars[place] ?? 500)}`;
      const reply = await router.fetch(`${fake.openaiBaseURL}/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: handle.model, messages: [{ role: 'user', content }] }),
      });
      expect(router.receipt(reply)?.session).toBe(place === 8 ? undefined : `s${place}`);
      // Now and then the application shortens the conversation.
      chars[place] = random.next() < 0.05 ? 3000 : (chars[place] ?? 0) + 500 + Math.floor(2000 * random.next());
    }
    if (random.next() < 0.6) await feature.outcome(handle.id, { success: random.next() < 0.8 });
  }
  await router.flush();
  records = await Array.fromAsync(store.scan());
  billedNanoUsd = fake.bill().totalNanoUsd;
  await fake.close();
});

interface Recount {
  intents: number;
  spend: bigint;
  failure: bigint;
  switches: number;
  readTokens: number;
  saved: number;
  switched: number;
  expired: number;
  missed: number;
}

/** From the records alone. A model's cache has the last prompt that it was sent, for as long and from as many tokens on as it keeps one. */
function recount(session: string | undefined): Recount {
  const decided = records.filter(each => each.kind === 'decided' && each.session === session);
  const ids = new Set(decided.map(({ intentId }) => intentId));
  const own = records.filter(({ intentId }) => ids.has(intentId));
  const attempts = own.flatMap(each => (each.kind === 'attempted' ? [each.attempt] : []));
  const failed = own.filter(each => each.kind === 'labelled' && each.evidence.success === false);
  const found: Recount = {
    intents: ids.size,
    spend: attempts.reduce((sum, { costNanoUsd }) => sum + BigInt(costNanoUsd), 0n),
    failure: FAILURE_NANO_USD * BigInt(failed.length),
    switches: attempts.filter(({ model }, i) => i > 0 && model !== attempts[i - 1]?.model).length,
    readTokens: 0,
    saved: 0,
    switched: 0,
    expired: 0,
    missed: 0,
  };
  const promptOf = ({ usage }: Attempt): number => (usage.input ?? 0) + (usage.cacheRead ?? 0);
  const caches = new Map<string, Attempt>();
  let last: Attempt | undefined;
  for (const attempt of attempts) {
    const { input, read } = PRICES[attempt.model as Name];
    const cacheRead = attempt.usage.cacheRead ?? 0;
    found.readTokens += cacheRead;
    found.saved += cacheRead * (input - read);
    const prompt = promptOf(attempt);
    if (last !== undefined && prompt < 0.7 * promptOf(last)) caches.clear();
    else if (last !== undefined) {
      const ageOf = (of: Attempt): number => attempt.startedAtMs - of.startedAtMs - of.latencyMs;
      const sentBefore = Math.min(promptOf(last), prompt);
      const cached = caches.get(attempt.model);
      const common = cached && ageOf(cached) < TTL_MS ? Math.min(promptOf(cached), sentBefore) : 0;
      const should = common >= MIN_TOKENS ? common : 0;
      if (sentBefore >= MIN_TOKENS) {
        const more = input - read;
        found.missed += more * Math.max(0, should - cacheRead);
        found[ageOf(last) < TTL_MS ? 'switched' : 'expired'] +=
          more * Math.max(0, sentBefore - Math.max(should, cacheRead));
      }
    }
    caches.set(attempt.model, attempt);
    last = attempt;
  }
  return found;
}

const SESSIONS = Array.from({ length: 8 }, (_, place) => `s${place}`);
const nano = (usd: string | undefined): bigint => fromDecimalUsd(usd ?? 'none');
const sum = (of: (each: Recount) => number): number => SESSIONS.reduce((total, each) => total + of(recount(each)), 0);

test('the cost of each session, the savings of its caches and the cost of changing the model equal an independent count', async () => {
  expect(sum(each => each.switched)).toBeGreaterThan(0);
  expect(sum(each => each.expired)).toBeGreaterThan(0);
  expect(sum(each => each.missed)).toBeGreaterThan(0);
  for (const session of SESSIONS) {
    const account = await router.sessionCost(session);
    const own = recount(session);
    expect(account).toMatchObject({ intents: own.intents, switches: own.switches });
    expect([nano(account?.spendUsd), nano(account?.failureUsd)]).toEqual([own.spend, own.failure]);
    expect(account?.cache).toMatchObject({
      withoutPrice: 0,
      readTokens: own.readTokens,
      savedUsd: toDecimalUsd(own.saved),
      rereadUsd: {
        switched: toDecimalUsd(own.switched),
        expired: toDecimalUsd(own.expired),
        missed: toDecimalUsd(own.missed),
      },
    });
  }
  expect(await router.sessionCost('s99')).toBeUndefined();
});

const prices = {
  priceOf: (model: string) =>
    resolvePrice({ provider: 'openai', model: `${model}-1`, price: priceConfig(model as Name) }),
  cacheOf: () => ({ ttlMs: TTL_MS, minTokens: MIN_TOKENS }),
};

test('the figures of all sessions together are the sums of the sessions’ figures', async () => {
  const report = await sessionsReport(store, prices);
  expect(report.cache).toMatchObject({
    savedUsd: toDecimalUsd(sum(each => each.saved)),
    rereadUsd: {
      switched: toDecimalUsd(sum(each => each.switched)),
      expired: toDecimalUsd(sum(each => each.expired)),
      missed: toDecimalUsd(sum(each => each.missed)),
    },
  });
});

test('the groups of a report by session add up to the bill, and each includes its session’s cache costs', async () => {
  const { groups } = await breakdown(store, { by: 'session', ...prices });
  expect(groups.reduce((total, { spendUsd }) => total + nano(spendUsd), 0n)).toBe(billedNanoUsd);
  expect(groups).toHaveLength(9);
  for (const { group, intents, spendUsd, failureUsd, cache } of groups) {
    const own = recount(group ?? undefined);
    expect([intents, nano(spendUsd), nano(failureUsd)]).toEqual([own.intents, own.spend, own.failure]);
    expect(cache?.savedUsd).toBe(group === null ? undefined : toDecimalUsd(own.saved));
    expect(cache?.rereadUsd.switched).toBe(group === null ? undefined : toDecimalUsd(own.switched));
  }
  const bare = await breakdown(store, { by: 'session' });
  for (const group of bare.groups) expect(group).not.toHaveProperty('cache');
});

test('the part of a report that is about sessions is the sum of what their attempts spent on sending the conversation again', async () => {
  const { features } = await router.report();
  for (const { feature, sessions } of features) {
    const own = records.filter(
      each => each.kind === 'decided' && each.feature === feature && each.session !== undefined,
    );
    const ids = new Set(own.map(({ intentId }) => intentId));
    const prefix = records.reduce(
      (total, each) =>
        total + (each.kind === 'attempted' && ids.has(each.intentId) ? (each.attempt.prefixNanoUsd ?? 0) : 0),
      0,
    );
    expect(sessions).toMatchObject({ intents: ids.size, prefixUsd: toDecimalUsd(prefix), isStandard: true });
  }
});
