/**
 * The law of sessions: what the router counts of them is a function of the ledger, written here a second time from its formulas. The
 * bill is the provider's own.
 */
import { afterAll, expect, test } from 'vitest';
import type { DecidedRecord, LedgerRecord } from '../../src/core/ledger/records.ts';
import type { Attempt } from '../../src/core/ledger/vocabulary.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import type { FakeProvider, FakeTask } from '../../src/public/testing.ts';
import { startFakeProvider, testRuntime } from '../../src/public/testing.ts';
import { createRouterOn } from '../../src/router.ts';
import { memory } from '../../src/stores/memory.ts';

const PRICES = {
  mini: { input: 0.25, cacheRead: 0.025, output: 2 },
  premium: { input: 2.5, cacheRead: 0.25, output: 20 },
} as const;
const NAMES = Object.keys(PRICES) as readonly (keyof typeof PRICES)[];
const TTL_MS = 300_000;
const MIN_TOKENS = 1024;
const OUTPUT = 50;

let provider: FakeProvider | undefined;
afterAll(async () => provider?.close());

const INTENTS = 120;

/** Intents in a dozen conversations, with pauses in which caches die, before a provider that caches prompts. */
async function conversations() {
  const runtime = testRuntime({ seed: 'sessions' });
  const caches = new Map<string, { tokens: number; atMs: number }>();
  const tokensOf = (model: string) => (task: FakeTask) => {
    const text = JSON.stringify(task.request);
    const place = `${model} ${/\[of (\d+)\]/.exec(text)?.[1]}`;
    const [held, tokens] = [caches.get(place), Math.ceil(text.length / 4)];
    const cacheRead = held !== undefined && runtime.nowMs() - held.atMs < TTL_MS ? Math.min(held.tokens, tokens) : 0;
    caches.set(place, { tokens: tokens + OUTPUT, atMs: runtime.nowMs() });
    return { input: tokens - cacheRead, cacheRead, output: OUTPUT };
  };
  const priced = (name: (typeof NAMES)[number]) => {
    const { input, cacheRead, output } = PRICES[name];
    return { input: String(input), cacheRead: String(cacheRead), output: String(output) };
  };
  const fake = await startFakeProvider({
    runtime,
    models: Object.fromEntries(NAMES.map(name => [`${name}-1`, { price: priced(name), tokens: tokensOf(name) }])),
  });
  provider = fake;
  const store = memory();
  const router = createRouterOn(runtime, {
    models: Object.fromEntries(
      NAMES.map(name => {
        const { input, cacheRead, output } = PRICES[name];
        const price = { inputUsdPerMillion: input, cacheReadUsdPerMillion: cacheRead, outputUsdPerMillion: output };
        return [name, { provider: 'openai', model: `${name}-1`, price }];
      }),
    ),
    features: {
      f: { candidates: ['mini', 'premium'], failureCostUsd: 0.05 },
      g: { candidates: ['mini', 'premium'], failureCostUsd: 0.05 },
    },
    store,
  });
  const random = seededRandom('users');
  const lengths = Array.from({ length: 12 }, () => 8000 + Math.floor(60_000 * random.next()));
  for (let intent = 0; intent < INTENTS; intent++) {
    const place = Math.floor(lengths.length * random.next());
    runtime.advance(Math.floor(random.next() < 0.85 ? 30_000 * random.next() : 600_000 * random.next()));
    const feature = router.feature(random.next() < 0.7 ? 'f' : 'g');
    const handle = feature.intent({ session: `s${place}` });
    const content = `[of ${place}] ${'x'.repeat(lengths[place] as number)}`;
    const messages = [{ role: 'user', content }];
    const request = { method: 'POST', headers: { 'content-type': 'application/json' } };
    await router.fetch(`${fake.openaiBaseURL}/chat/completions`, {
      ...request,
      body: JSON.stringify({ model: handle.model, messages }),
    });
    lengths[place] = (lengths[place] as number) + 400 + Math.floor(1000 * random.next());
    if (random.next() < 0.7) await feature.outcome(handle.id, { success: random.next() < 0.9 });
  }
  await router.flush();
  const records = await Array.fromAsync(store.scan());
  return { records, store, billedNanoUsd: fake.bill().totalNanoUsd };
}

interface Served {
  readonly decided: DecidedRecord;
  readonly attempt: Attempt;
}

/** In the order of their decisions. */
function served(records: readonly LedgerRecord[]): readonly Served[] {
  const attempts = new Map(records.flatMap(each => (each.kind === 'attempted' ? [[each.intentId, each.attempt]] : [])));
  return records
    .flatMap(each => (each.kind === 'decided' ? [each] : []))
    .map(decided => ({ decided, attempt: attempts.get(decided.intentId) as Attempt }))
    .sort((a, b) => a.attempt.startedAtMs - b.attempt.startedAtMs || a.decided.atMs - b.decided.atMs);
}

const promptOf = ({ usage }: Attempt): number => (usage.input ?? 0) + (usage.cacheRead ?? 0);
const endOf = ({ startedAtMs, latencyMs }: Attempt): number => startedAtMs + Math.round(latencyMs);
/** The age group of an intent, by the number of earlier intents in its session. */
const ageOf = (n: number): number => [0, 1, 2, 3, 3, 4, 4, 4, 4][n] ?? 5;

interface Counts {
  n: number;
  s: number;
}

test('law: prefixes, their costs and their part of the statistics can be recomputed from the ledger, which equals the provider’s bill', async () => {
  const { records, store, billedNanoUsd } = await conversations();
  const intents = served(records);
  expect(intents).toHaveLength(INTENTS);
  expect(intents.reduce((sum, { attempt }) => sum + BigInt(attempt.costNanoUsd), 0n)).toBe(billedNanoUsd);

  const sessions = new Map<string, Served[]>();
  const hits = new Map(NAMES.map(name => [name as string, { n: 20, s: 19 }]));
  const shared = new Map(NAMES.map(name => [name as string, { n: 20_000, s: 0 }]));
  const returns = new Map<string, Counts>();
  const own = new Map<string, Counts>();
  const count = (map: Map<string, Counts>, key: string): Counts => {
    let counts = map.get(key);
    if (counts === undefined) map.set(key, (counts = { n: 0, s: 0 }));
    return counts;
  };
  const rate = (feature: string, number: number): number => {
    const [age, exact] = [count(returns, `${feature} age ${ageOf(number)}`), count(returns, `${feature} ${number}`)];
    return ((5 * (3 + age.s)) / (5 + age.n) + exact.s) / (5 + exact.n);
  };
  const sums = new Map<string, { withPrefix: bigint; prefixCost: bigint; netCost: bigint; netCost2: bigint }>();

  for (const { decided, attempt } of intents) {
    const { feature, session = '', prefix, atMs } = decided;
    const before = sessions.get(session) ?? [];
    const last = before.at(-1);
    if (prefix === undefined) throw new Error('its prefix is not known');
    const { term, ...known } = prefix;
    const tokens = last === undefined ? known.tokens : promptOf(last.attempt) + OUTPUT;
    const gapMs = last && atMs - endOf(last.attempt);
    expect(known).toEqual({
      tokens,
      earlierIntents: before.length,
      ...(last && { gapMs, lastModel: last.attempt.model }),
    });
    // The first is known by its length before it is answered: the characters of its text.
    if (last === undefined) expect(tokens / promptOf(attempt)).toBeCloseTo(1, 1);

    let [ahead, reached] = [1, 1];
    for (let number = before.length + 1; number < 200; number++) ahead += reached *= rate(feature, number);
    for (const model of NAMES) {
      const reply = before.findLast(each => each.attempt.model === model)?.attempt;
      const common = reply === undefined ? 0 : Math.min(promptOf(reply) + OUTPUT, tokens);
      const held = reply !== undefined && atMs - endOf(reply) < TTL_MS && common >= MIN_TOKENS ? common : 0;
      const [hit, part] = [hits.get(model) as Counts, shared.get(model) as Counts];
      const cached = held > 0 ? (held * hit.s) / hit.n : (tokens * part.s) / part.n;
      expect(Math.abs((term?.cachedTokens[model] ?? -1) - cached)).toBeLessThanOrEqual(0.5);
      // Between what the intent bears where the session stays for certain, and all of it.
      const entry = (term?.entryPpm[model] ?? 0) / 1e6;
      expect(entry).toBeGreaterThan(1 / ahead - 2e-3);
      expect(entry).toBeLessThanOrEqual(1);
      const { input, cacheRead } = PRICES[model];
      const warm = tokens * ((cacheRead * hit.s) / hit.n + input * (1 - hit.s / hit.n));
      const first = Math.round(cached) * cacheRead + (tokens - Math.round(cached)) * input;
      const nanoUsd = 1000 * (entry * first + (1 - entry) * warm);
      expect(Math.abs((term?.costNanoUsd[model] ?? -1) - nanoUsd)).toBeLessThan(1000 * 0.03 * input + 1e-6 * nanoUsd);
      if (attempt.model !== model) continue;
      const read = Math.min(attempt.usage.cacheRead ?? 0, tokens, promptOf(attempt));
      if (held > 0) {
        hit.n++;
        if (read >= held / 2) hit.s++;
      } else {
        part.n += Math.min(tokens, promptOf(attempt));
        part.s += read;
      }
    }

    // The cost of sending the prefix in this attempt: cached tokens first.
    const { n: owns, s: added } = count(own, feature);
    const begun = Math.max(0, Math.round(promptOf(attempt) - (owns === 0 ? 0 : added / owns)));
    const sent = last === undefined ? begun : tokens;
    const { input, cacheRead } = PRICES[attempt.model as keyof typeof PRICES];
    const read = Math.min(sent, attempt.usage.cacheRead ?? 0);
    const rest = Math.min(sent - read, attempt.usage.input ?? 0);
    expect(attempt.prefixNanoUsd ?? 0).toBeCloseTo(1000 * (read * cacheRead + rest * input), -1);
    if (last !== undefined) own.set(feature, { n: owns + 1, s: added + Math.max(0, promptOf(attempt) - tokens) });

    for (const key of [`${feature} age ${ageOf(before.length + 1)}`, `${feature} ${before.length + 1}`])
      count(returns, key).n++;
    if (last?.decided.feature === feature && (gapMs ?? TTL_MS) < TTL_MS)
      for (const key of [`${feature} age ${ageOf(before.length)}`, `${feature} ${before.length}`])
        count(returns, key).s++;

    const place = `${feature} ${attempt.model}`;
    const total = sums.get(place) ?? { withPrefix: 0n, prefixCost: 0n, netCost: 0n, netCost2: 0n };
    const net = BigInt(attempt.costNanoUsd - (attempt.prefixNanoUsd ?? 0));
    sums.set(place, {
      withPrefix: total.withPrefix + 1n,
      prefixCost: total.prefixCost + BigInt(attempt.prefixNanoUsd ?? 0),
      netCost: total.netCost + net,
      netCost2: total.netCost2 + net * net,
    });
    sessions.set(session, [...before, { decided, attempt }]);
  }

  // The cost that a decision replaced is the average of the intents before it, apart from the prior and from pooling.
  const { decided: latest } = intents.findLast(({ decided }) => decided.feature === 'f') as Served;
  const { withPrefix = 0n, prefixCost = 0n } = sums.get('f mini') ?? {};
  const average = Number(prefixCost) / Number(withPrefix);
  expect((latest.prefix?.term?.averageNanoUsd['mini'] ?? 0) / average).toBeGreaterThan(0.7);
  expect((latest.prefix?.term?.averageNanoUsd['mini'] ?? 0) / average).toBeLessThan(1.3);

  for (const feature of ['f', 'g']) {
    for (const scope of ['node', 'plan'] as const) {
      const found = new Map<string, Record<string, bigint>>();
      for (const { key, sums: each } of await store.cells(feature)) {
        if (key.scope !== scope) continue;
        const total = found.get(key.subject) ?? {};
        for (const name of ['withPrefix', 'prefixCost', 'netCost', 'netCost2'] as const)
          total[name] = (total[name] ?? 0n) + (each[name] ?? 0n);
        found.set(key.subject, total);
      }
      for (const [model, total] of found) expect(total).toEqual(sums.get(`${feature} ${model}`));
    }
  }
});
