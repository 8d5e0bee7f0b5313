/** Hand-made ledgers of conversations, billed by a cache of each model, and a second count of what the caches would have had. */
import { describe, expect, test } from 'vitest';
import type { DecidedRecord, Intent, LedgerRecord } from '../../../src/core/ledger/records.ts';
import { foldIntent } from '../../../src/core/ledger/records.ts';
import { toUsd } from '../../../src/core/ledger/money.ts';
import type { Attempt } from '../../../src/core/ledger/vocabulary.ts';
import { nodeOf, planKey, planOfKey } from '../../../src/core/ledger/vocabulary.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import { fixed } from '../../../src/policies/fixed.ts';
import { randomMix } from '../../../src/policies/random-mix.ts';
import { replayLedger } from '../../../src/replay/ledger/replay-ledger.ts';
import { savingsAgainst } from '../../../src/replay/ledger/savings.ts';
import { sessionCaches } from '../../../src/replay/ledger/session-caches.ts';

const TTL_MS = 300_000;
const START_MS = Date.UTC(2026, 10, 1);
/** USD per million tokens: the list prices of the models that the versions name. */
const RATES = {
  haiku: { input: 1, read: 0.1, write: 1.25, output: 5 },
  sonnet: { input: 3, read: 0.3, write: 3.75, output: 15 },
} as const;
type Model = keyof typeof RATES;
const VERSIONS = { haiku: 'claude-haiku-4-5@1', sonnet: 'claude-sonnet-4-5@1' };
const OUTPUT = 200;

interface Conversations {
  /** The plan of an intent, drawn with `propensity`. */
  readonly plans: readonly string[];
  readonly propensity: number;
  readonly planOf: (random: { next(): number }) => string;
  readonly sessions?: number;
  /** P(a cache has what it should). */
  readonly hitRate?: number;
  /** P(a reply of the first model is rejected), where the plan has another one. */
  readonly rejected?: number;
  readonly pauses?: number;
  readonly features?: readonly string[];
}

/** The same conversations whatever is chosen: only the caches, and with them the bill, depend on it. */
function conversations({
  plans,
  propensity,
  planOf,
  sessions = 300,
  hitRate = 1,
  rejected = 0,
  pauses = 0,
  features = ['f'],
}: Conversations): readonly LedgerRecord[] {
  const random = seededRandom('conversations');
  const streams = { plan: random.fork('plan'), world: random.fork('world'), luck: random.fork('luck') };
  const records: LedgerRecord[] = [];
  for (let s = 0; s < sessions; s++) {
    const caches = new Map<string, { tokens: number; atMs: number }>();
    let atMs = START_MS + s * 10_000_000;
    let context = 0;
    let last: { atMs: number; model: string } | undefined;
    for (let number = 0; number < 6; number++) {
      atMs += streams.world.next() < pauses ? 2 * TTL_MS : 30_000;
      const feature = features[Math.floor(features.length * streams.world.next())] as string;
      const asked = (number === 0 ? 8000 : 0) + 300 + Math.floor(200 * streams.world.next());
      const [isRejected, hits] = [streams.world.next() < rejected, [streams.luck.next(), streams.luck.next()]];
      const plan = planOfKey(planOf(streams.plan));
      const intentId = `s${s}-${number}`;
      const known = { tokens: number === 0 ? 8000 : context, earlierIntents: number };
      const prefix = last === undefined ? known : { ...known, gapMs: atMs - last.atMs, lastModel: last.model };
      const fact = { intentId, feature, atMs };
      const decision = { plan, propensity, eligible: plans, policy: 'test', reason: '' };
      const more = { session: `s${s}`, prefix, segment: '', failureCostNanoUsd: 1_000_000, versions: VERSIONS };
      records.push({ ...fact, kind: 'decided', revision: 0, decision, ...more });
      let sentAtMs = atMs;
      const visits = isRejected ? plan.length : 1;
      for (let node = 0; node < visits; node++) {
        const model = plan[node] as Model;
        const held = caches.get(model);
        const isAlive = held !== undefined && sentAtMs - held.atMs < TTL_MS && (hits[node] as number) < hitRate;
        const cacheRead = isAlive ? Math.min(held.tokens, context + asked) : 0;
        const usage = { cacheRead, cacheWrite5m: context + asked - cacheRead, output: OUTPUT };
        const { read, write, output } = RATES[model];
        const costNanoUsd = Math.round(1000 * (cacheRead * read + usage.cacheWrite5m * write + OUTPUT * output));
        const attempt: Attempt = {
          kind: node === 0 ? 'first' : 'escalation',
          requestId: intentId,
          turn: 1,
          model,
          node: nodeOf(plan, node),
          providerModel: model,
          startedAtMs: sentAtMs,
          latencyMs: 1000,
          status: 'ok',
          usage,
          costNanoUsd,
          provenance: 'reported',
        };
        records.push({ ...fact, atMs: sentAtMs, kind: 'attempted', revision: node + 1, attempt });
        sentAtMs += 1000;
        // The reply is in the cache too, as where a vendor caches at its end.
        caches.set(model, { tokens: context + asked + OUTPUT, atMs: sentAtMs });
        last = { atMs: sentAtMs, model };
      }
      const evidence = { source: 'explicit', success: streams.world.next() < 0.9 } as const;
      records.push({ ...fact, atMs: sentAtMs, kind: 'labelled', revision: visits + 1, evidence });
      context += asked + OUTPUT;
    }
  }
  return records;
}

const reader = (records: readonly LedgerRecord[]) => ({
  async *scan({ feature }: { readonly feature?: string } = {}) {
    for (const record of records) if (feature === undefined || record.feature === feature) yield record;
  },
});

const coin = (plans: readonly string[], more: Partial<Conversations> = {}): readonly LedgerRecord[] =>
  conversations({
    plans,
    propensity: 1 / plans.length,
    planOf: random => plans[Math.floor(plans.length * random.next())] as string,
    ...more,
  });
const always = (plan: string, more: Partial<Conversations> = {}): readonly LedgerRecord[] =>
  conversations({ plans: [plan], propensity: 1, planOf: () => plan, ...more });

function spendUsd(records: readonly LedgerRecord[]): number {
  const nano = records.reduce((sum, each) => sum + (each.kind === 'attempted' ? each.attempt.costNanoUsd : 0), 0);
  return toUsd(nano) / records.filter(({ kind }) => kind === 'decided').length;
}

function billedSpendUsd(records: readonly LedgerRecord[], plan: string): number {
  const own = new Set(
    records.flatMap(each => (each.kind === 'decided' && planKey(each.decision.plan) === plan ? [each.intentId] : [])),
  );
  return spendUsd(records.filter(({ intentId }) => own.has(intentId)));
}

async function estimateOf(records: readonly LedgerRecord[], plan: string, feature?: string) {
  const { features } = await replayLedger(
    reader(records),
    fixed(planOfKey(plan)),
    feature === undefined ? {} : { feature },
  );
  const replay = features[feature ?? 'f'];
  if (replay?.estimate.kind !== 'estimate') throw new Error(replay?.estimate.reason);
  return { ...replay.estimate, otherCaches: replay.otherCaches };
}

describe('a plan that is compared with the ledger costs what it would cost if it had served whole sessions', () => {
  test.each([
    ['haiku', {}],
    ['sonnet', {}],
    ['sonnet', { hitRate: 0.9 }],
    ['sonnet', { pauses: 0.3 }],
    ['sonnet', { hitRate: 0 }],
  ])('%s, in conversations with %j, costs as much as its bill where it serves all intents', async (plan, more) => {
    const records = coin(['haiku', 'sonnet'], more);
    const truth = spendUsd(always(plan, more));
    const { spendPerIntentUsd, loggedCostPerIntentUsd } = await estimateOf(records, plan);
    expect(spendPerIntentUsd.value / truth).toBeGreaterThan(0.97);
    expect(spendPerIntentUsd.value / truth).toBeLessThan(1.03);
    // What the ledger cost is a bill.
    const failures = records.filter(each => each.kind === 'labelled' && each.evidence.success === false).length;
    const intents = records.filter(({ kind }) => kind === 'decided').length;
    expect(loggedCostPerIntentUsd).toBeCloseTo(spendUsd(records) + (0.001 * failures) / intents, 9);
  });

  test('at its billed cost, the plan would look more than 40 % too expensive', () => {
    expect(billedSpendUsd(coin(['haiku', 'sonnet']), 'sonnet') / spendUsd(always('sonnet'))).toBeGreaterThan(1.4);
  });

  test('a plan with two models is priced with the prompt caches that it would have left at both', async () => {
    const more = { rejected: 0.4 };
    const records = coin(['haiku', 'sonnet', 'haiku>sonnet'], more);
    const truth = spendUsd(always('haiku>sonnet', more));
    const { spendPerIntentUsd } = await estimateOf(records, 'haiku>sonnet');
    expect(Math.abs(spendPerIntentUsd.value / truth - 1)).toBeLessThan(0.02);
    expect(Math.abs(billedSpendUsd(records, 'haiku>sonnet') / truth - 1)).toBeGreaterThan(0.03);
  });

  test('a ledger that always chose the plan saves nothing against it, to the last digit', async () => {
    const records = always('sonnet', { hitRate: 0.8, pauses: 0.2 });
    const { savedPerIntentUsd, otherCaches } = await estimateOf(records, 'sonnet');
    expect(savedPerIntentUsd.value).toBeCloseTo(0, 12);
    expect(otherCaches).toBe(0);
  });

  test('the figures of one feature are the same when only that feature is asked for', async () => {
    const records = coin(['haiku', 'sonnet'], { features: ['f', 'g'] });
    const alone = await estimateOf(records, 'sonnet', 'f');
    expect(alone).toEqual(await estimateOf(records, 'sonnet'));
    expect(alone.otherCaches).toBeGreaterThan(0);
  });

  test('a policy that chooses at random is compared at its billed cost', async () => {
    const { features } = await replayLedger(reader(coin(['haiku', 'sonnet'])), randomMix());
    expect(features['f']?.otherCaches).toBe(0);
  });

  test('savings state how many intents would have met another cache; a model without a price is compared at its billed cost', async () => {
    const records = coin(['haiku', 'sonnet']);
    const [saving] = (await savingsAgainst(reader(records), 'sonnet')).features;
    if (saving?.kind !== 'estimate') return expect.unreachable();
    expect(saving.note).toMatch(
      /^\d+ decisions in sessions met a prompt cache that another plan had warmed or left cold/,
    );
    expect(saving.costPerIntentUsd).toBeLessThan(saving.baselineCostPerIntentUsd.value);
    const unlisted = records.map(record => (record.kind === 'decided' ? { ...record, versions: {} } : record));
    const [billed] = (await savingsAgainst(reader(unlisted), 'sonnet')).features;
    expect(billed).not.toHaveProperty('note');
  });
});

/** By the same rule, forwards: P(the last visit to a model was the one of an intent), after every intent. */
function recount(records: readonly LedgerRecord[], plan: string): ReadonlyMap<string, number> {
  const decided = records.filter((each): each is DecidedRecord => each.kind === 'decided');
  const attemptsOf = (id: string): readonly Attempt[] =>
    records.flatMap(each => (each.kind === 'attempted' && each.intentId === id ? [each.attempt] : []));
  const intents = decided.map(each => ({ ...each, attempts: attemptsOf(each.intentId) }));
  type One = (typeof intents)[number];
  const isOwn = ({ decision }: One): boolean => planKey(decision.plan) === plan;
  const visited = ({ attempts }: One, model: string): number => (attempts.some(each => each.model === model) ? 1 : 0);
  const promptOf = ({ usage }: Attempt): number => (usage.cacheRead ?? 0) + (usage.cacheWrite5m ?? 0);
  const mean = (list: readonly number[]): number => list.reduce((sum, each) => sum + each, 0) / list.length;
  const reach = (feature: string, model: string): number =>
    mean(intents.filter(each => each.feature === feature && isOwn(each)).map(each => visited(each, model)));
  const cached = (one: One, model: string, visit: (before: One) => number): number => {
    const before = intents.filter(each => each.session === one.session && each.atMs < one.atMs);
    let last: { p: number; of: One }[] = [];
    for (const of of before)
      last = [...last.map(each => ({ ...each, p: each.p * (1 - visit(of)) })), { p: visit(of), of }];
    return last.reduce((sum, { p, of }) => {
      const end = of.attempts.at(-1) as Attempt;
      const isAlive = one.atMs - end.startedAtMs - 1000 < TTL_MS;
      return sum + (isAlive ? p * Math.min(promptOf(end) + OUTPUT, one.prefix?.tokens ?? 0) : 0);
    }, 0);
  };
  const counts = (of: readonly One[], model?: string) =>
    of.flatMap(one =>
      one.attempts
        .filter(each => model === undefined || each.model === model)
        .map(each => {
          const expected = cached(one, each.model, before => visited(before, each.model));
          return { expected, read: Math.min(expected, each.usage.cacheRead ?? 0) };
        }),
    );
  const part = (feature: string, model: string): number => {
    const own = intents.filter(each => each.feature === feature);
    const [all, ofModel] = [counts(own), counts(own, model)];
    const total = (list: typeof all, what: 'expected' | 'read') => list.reduce((sum, each) => sum + each[what], 0);
    const pooled = 20 * mean(own.map(each => each.prefix?.tokens ?? 0));
    const rate = total(all, 'read') / total(all, 'expected');
    return (total(ofModel, 'read') + pooled * rate) / (total(ofModel, 'expected') + pooled);
  };
  const extra = new Map<string, number>();
  for (const one of intents.filter(isOwn)) {
    let usd = 0;
    for (const model of new Set(one.attempts.map(each => each.model))) {
      const { read, write } = RATES[model as Model];
      const would = cached(one, model, each => (isOwn(each) ? visited(each, model) : reach(each.feature, model)));
      const had = cached(one, model, each => visited(each, model));
      usd += 1e-6 * (write - read) * (had - would) * part(one.feature, model);
    }
    if (usd !== 0) extra.set(one.intentId, usd);
  }
  return extra;
}

test.each([
  ['sonnet', coin(['haiku', 'sonnet'], { sessions: 20, hitRate: 0.9, pauses: 0.2, features: ['f', 'g'] })],
  [
    'haiku>sonnet',
    coin(['haiku', 'sonnet', 'haiku>sonnet'], { sessions: 20, hitRate: 0.9, pauses: 0.2, rejected: 0.5 }),
  ],
])('the cost of an intent with %s in other caches equals a second count from the records', (plan, records) => {
  const caches = sessionCaches();
  for (const intent of Map.groupBy(records, each => each.intentId).values()) {
    const folded = foldIntent(intent);
    if (folded !== undefined) caches.add(folded, { [plan]: 1 });
  }
  const found = caches.extraUsd((_, model) => {
    const { read, write, input } = RATES[model as Model];
    return { readUsd: read / 1e6, writeUsd: write / 1e6, inputUsd: input / 1e6, ttlMs: TTL_MS };
  });
  const expected = recount(records, plan);
  expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
  expect(found.size).toBeGreaterThan(10);
  for (const [id, usd] of expected) expect(found.get(id)).toBeCloseTo(usd, 12);
});

test('an intent without a reply does not fill the gap of one that is missing in its session', () => {
  const [first, second] = [...Map.groupBy(always('sonnet', { sessions: 1 }), each => each.intentId).values()].map(
    records => foldIntent(records) as Intent,
  ) as [Intent, Intent];
  const hasGaps = (before: Intent): boolean => {
    const caches = sessionCaches();
    for (const intent of [before, second]) caches.add(intent, { sonnet: 1 });
    return caches.hasGaps;
  };
  expect([hasGaps(first), hasGaps({ ...first, attempts: [] })]).toEqual([false, true]);
});
