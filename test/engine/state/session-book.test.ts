import { afterAll, describe, expect, test } from 'vitest';
import type { Policy } from '../../../src/contracts/policy.ts';
import type { SessionState } from '../../../src/core/sessions/session-state.ts';
import type { DecidedRecord, LedgerRecord, PrefixTerm, SessionPrefix } from '../../../src/core/ledger/records.ts';
import { toUsd } from '../../../src/core/ledger/money.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import type { NewAttempt } from '../../../src/engine/attempts/attempt-cost.ts';
import type { RepliedBy, ServedBy } from '../../../src/engine/state/session-book.ts';
import { sessionBook } from '../../../src/engine/state/session-book.ts';
import { thompson } from '../../../src/policies/thompson.ts';
import { memory } from '../../../src/stores/memory.ts';
import { testRuntime } from '../../../src/testing/test-runtime.ts';
import { resolvePrice } from '../../../src/prices/price-book.ts';
import type { FeatureState } from '../../../src/engine/state/feature-state.ts';
import type { KnownPrefix } from '../../../src/core/sessions/session-state.ts';
import { viewOf } from '../../policies/views.ts';
import { closeAll, routed } from '../../support/routed.ts';
import { chat } from '../../support/scripted-server.ts';

afterAll(closeAll);

const state: SessionState = {
  id: 's1',
  last: { tokens: 5000, atMs: 1000, intents: 3, feature: 'f' },
  models: { mini: { tokens: 5000, atMs: 1000 } },
};

function bookOn(store: Parameters<typeof sessionBook>[0]['store']) {
  const faults: unknown[] = [];
  const runtime = testRuntime({ startMs: 10_000 });
  return { book: sessionBook({ store, runtime, faulted: error => void faults.push(error) }), runtime, faults };
}

describe('the known state of a session', () => {
  test('if the store keeps no sessions, a session that this process has not served is new', () => {
    expect(bookOn({}).book.prefixOf('s1', 'f', () => 16_000)?.prefix).toEqual({ tokens: 4000, earlierIntents: 0 });
  });

  test('a session that other processes have served is read while the call begins', async () => {
    const { book } = bookOn({ sessions: async () => [state], putSessions: async () => {} });
    const reading = book.read('s1');
    expect(book.prefixOf('s1', 'f', () => 24_000)).toBeUndefined();
    await reading;
    expect(book.read('s1')).toBeUndefined();
    expect(book.prefixOf('s1', 'f', () => 24_000)?.prefix).toEqual({
      tokens: 5000,
      gapMs: 9000,
      lastModel: 'mini',
      earlierIntents: 3,
    });
  });

  test('a session is read again for an intent a moment later, because another process may have served it meanwhile', async () => {
    let reads = 0;
    const store = { sessions: async () => (reads++, []), putSessions: async () => {} };
    const { book, runtime } = bookOn(store);
    for (const waitMs of [0, 199, 1, 200]) {
      runtime.advance(waitMs);
      book.expect('s1');
      await Promise.resolve();
      await Promise.resolve();
    }
    expect(reads).toBe(3);
  });

  test('a call waits at most a tenth of a second for the read of its session', async () => {
    const { book, runtime } = bookOn({ sessions: () => new Promise(() => {}), putSessions: async () => {} });
    let isWaiting = true;
    const waiting = book.read('s1')?.then(() => (isWaiting = false));
    runtime.advance(99);
    await Promise.resolve();
    expect(isWaiting).toBe(true);
    runtime.advance(1);
    await waiting;
    expect(book.prefixOf('s1', 'f', () => 24_000)).toBeUndefined();
  });

  test('every intent reads its session again where other processes share the store, however soon it follows', async () => {
    let reads = 0;
    const store = { sessions: async () => (reads++, []), putSessions: async () => {} };
    const config = { name: 'f', candidates: [] } as unknown as FeatureState['config'];
    for (const [isPrivate, expected] of [
      [false, 3],
      [true, 1],
    ] as const) {
      reads = 0;
      const { book } = bookOn({ ...store, isPrivate });
      for (let intent = 0; intent < 3; intent++) {
        await book.read('s1');
        const known = book.prefixOf('s1', 'f', () => 10);
        if (known !== undefined) book.begun('s1', known, config);
      }
      expect(reads).toBe(expected);
    }
  });

  test('a reply by a process whose clock is ahead hides no later one', async () => {
    const ahead = { ...state, last: { ...state.last, atMs: 9e9 }, models: { mini: { tokens: 5000, atMs: 9e9 } } };
    const { book } = bookOn({ sessions: async () => [ahead], putSessions: async () => {} });
    await book.read('s1');
    expect(book.prefixOf('s1', 'f', () => undefined)).toMatchObject({
      prefix: { tokens: 5000, gapMs: 0, earlierIntents: 3 },
      models: { mini: { tokens: 5000, atMs: 10_000 } },
    });
  });

  test('a store that fails is reported, and the session is new', async () => {
    const { book, faults } = bookOn({ sessions: () => Promise.reject(new Error('down')), putSessions: async () => {} });
    book.expect('s1');
    await Promise.resolve();
    await Promise.resolve();
    expect(book.prefixOf('s1', 'f', () => 10)?.prefix.earlierIntents).toBe(0);
    expect(faults).toHaveLength(1);
  });
});

describe('the part of an attempt’s cost that was for the prefix', () => {
  const price = resolvePrice({ provider: 'anthropic', model: 'claude-haiku-4-5' });
  const model = { name: 'mini', price, priceOf: () => undefined } as unknown as ServedBy['model'];
  const partOf = (prefix: SessionPrefix | undefined, kind: NewAttempt['kind'] = 'first') => {
    const attempt = { kind, usage: { input: 3000 }, costNanoUsd: 3_000_000, startedAtMs: 1e12 } as NewAttempt;
    const decided = { session: 's1', feature: 'f', prefix } as DecidedRecord;
    bookOn({}).book.addPrefix(decided, attempt, { model, terms: {} });
    return attempt.prefixNanoUsd;
  };

  test('the prefix’s part of a cost is for the tokens that were sent before; all of a session’s first request counts, as it is sent again', () => {
    expect(partOf({ tokens: 2000, earlierIntents: 1 })).toBe(2_000_000);
    expect(partOf({ tokens: 4000, earlierIntents: 0 })).toBe(3_000_000);
  });

  test('a first request with more tokens than its length suggests counts with its actual tokens', () => {
    expect(partOf({ tokens: 700, earlierIntents: 0 })).toBe(3_000_000);
  });

  test('the cost has no prefix part without a prefix, or for a judge, because a judge is not sent the conversation', () => {
    expect(partOf(undefined)).toBeUndefined();
    expect(partOf({ tokens: 0, earlierIntents: 0 })).toBeUndefined();
    for (const kind of ['retry', 'escalation'] as const)
      expect(partOf({ tokens: 2000, earlierIntents: 1 }, kind)).toBe(2_000_000);
    expect(partOf({ tokens: 2000, earlierIntents: 1 }, 'judge')).toBeUndefined();
  });
});

describe('the number of an intent in its session, where its prefix was not known when it was decided', () => {
  const model = { name: 'mini', provider: 'openai', providerModel: 'mini-1' } as RepliedBy['model'];
  const reply = (more: Partial<NewAttempt> = {}): NewAttempt => ({
    requestId: 'r',
    node: 'mini',
    model: 'mini',
    providerModel: 'mini-1',
    kind: 'first',
    status: 'ok',
    turn: 1,
    usage: { input: 3000, output: 100 },
    costNanoUsd: 0,
    provenance: 'reported',
    startedAtMs: 9000,
    latencyMs: 500,
    ...more,
  });

  /** Intents of the session that are known after these replies, each named by its intent. */
  const intentsAfter = (...replies: readonly (readonly [string, Partial<NewAttempt>?])[]) => {
    const { book } = bookOn({});
    for (const [intentId, more] of replies) {
      const decided = { intentId, session: 's1', feature: 'f' } as DecidedRecord;
      book.attempted(decided, reply(more), { model });
    }
    return book.prefixOf('s1', 'f', () => undefined)?.prefix.earlierIntents;
  };

  test('the first intent of a session is its first', () => {
    expect(intentsAfter(['a'])).toBe(1);
    expect(intentsAfter(['a'], ['b'])).toBe(2);
  });

  test('replies still count after the clock was set back by an hour', () => {
    const { book } = bookOn({});
    for (const [name, startedAtMs, input] of [
      ['mini', 3_610_000, 5000],
      ['premium', 9000, 6000],
    ] as const) {
      const decided = { intentId: name, session: 's1', feature: 'f' } as DecidedRecord;
      const attempt = reply({ model: name, startedAtMs, latencyMs: 1000, usage: { input } });
      book.attempted(decided, attempt, { model: { ...model, name } });
    }
    const { prefix } = book.prefixOf('s1', 'f', () => undefined) ?? {};
    expect(prefix).toEqual({ tokens: 6000, gapMs: 0, lastModel: 'premium', earlierIntents: 2 });
  });

  test('the replies to an intent’s later requests, and of the model that it climbs to, do not count as further intents', () => {
    expect(intentsAfter(['a'], ['a', { turn: 2 }], ['a', { turn: 3 }])).toBe(1);
    expect(intentsAfter(['a'], ['a', { kind: 'escalation' }], ['b'])).toBe(2);
    expect(intentsAfter(['a'], ['b'], ['a', { turn: 2 }])).toBe(2);
    expect(intentsAfter(['a', { turn: 2 }])).toBe(1);
  });
});

const OF = { segment: '', failureCostNanoUsd: 1e7 };

describe('the number of the feature’s intents that are expected from a given one on', () => {
  const price = resolvePrice({ provider: 'anthropic', model: 'claude-haiku-4-5' });
  const candidates = [{ name: 'mini', provider: 'anthropic', providerModel: 'claude-haiku-4-5', price }];
  const feature = {
    config: { name: 'f', candidates },
    learned: viewOf(['mini']).learned,
  } as unknown as FeatureState;

  const aheadOf = (term: PrefixTerm | undefined): number => 1e6 / (term?.entryPpm['mini'] ?? 0);

  test('intents that an earlier process counted add nothing to the expected number after a restart', async () => {
    const second = { prefix: { tokens: 5000, gapMs: 9000, earlierIntents: 1 }, models: {}, nowMs: 10_000 };
    const last = { ...state.last, intents: 2 };
    const { book } = bookOn({
      sessions: async ids => ids.map(id => ({ ...state, id, last })),
      putSessions: async () => {},
    });
    for (let i = 0; i < 10; i++) book.begun(`own ${i}`, second, feature.config);
    const sessions = Array.from({ length: 100 }, (_, i) => `s${i}`);
    for (const session of sessions) book.expect(session);
    await Promise.resolve();
    await Promise.resolve();
    for (const session of sessions) {
      const known = book.prefixOf(session, 'f', () => 24_000);
      expect(known?.prefix.earlierIntents).toBe(2);
      if (known !== undefined) book.begun(session, known, feature.config);
    }
    // Ten sessions have begun here at that age, and none of them continued; more intents are expected only at later ages.
    const term = book.termOf(second, feature, OF);
    expect(aheadOf(term)).toBeLessThan(1.1);
    for (const usd of Object.values(term?.costNanoUsd ?? {})) expect(usd).toBeGreaterThan(0);
  });

  test('one of several intents that begin together in a session follows the intent before, and the others do not', () => {
    const { book } = bookOn({});
    const [first, second] = [0, 1].map(earlierIntents => ({
      prefix: { tokens: 5000, gapMs: 1000, earlierIntents },
      models: {},
      ...(earlierIntents > 0 ? { lastFeature: 'f' } : {}),
      nowMs: 10_000,
    })) as [KnownPrefix, KnownPrefix];
    for (const session of ['s1', 's2', 's3', 's4', 's5']) book.begun(session, first, feature.config);
    for (let i = 0; i < 10; i++) book.begun('s1', second, feature.config);
    // One of five was followed, where 3 of 5 were expected.
    const ahead = aheadOf(book.termOf(first, feature, OF));
    expect(ahead).toBeGreaterThan(1.2);
    expect(ahead).toBeLessThan(1.6);
  });

  test('an intent counts as following the one before in its session if both are of one feature and the caches are still valid', () => {
    const ahead = (more: Partial<KnownPrefix>, { gapMs = 299_999, before = 'f' } = {}) => {
      const { book } = bookOn({});
      const first = { prefix: { tokens: 5000, earlierIntents: 0 }, models: {}, nowMs: 10_000 };
      const second = {
        prefix: { tokens: 5000, gapMs, earlierIntents: 1 },
        lastFeature: 'f',
        models: {},
        nowMs: 20_000,
      };
      book.begun('s1', first, { ...feature.config, name: before });
      book.begun('s2', first, feature.config);
      book.begun('s1', { ...second, ...more }, feature.config);
      return aheadOf(book.termOf(first, feature, OF));
    };
    const none = ahead({ lastFeature: 'g' });
    expect(ahead({})).toBeGreaterThan(none + 0.1);
    expect(ahead({}, { gapMs: 300_000 })).toBe(none);
    expect(ahead({}, { before: 'g' })).toBeGreaterThan(none);
    expect(ahead({}, { before: 'g' })).toBeLessThan(ahead({}));
  });
});

const usage = (prompt: number, cached: number) => ({
  prompt_tokens: prompt,
  completion_tokens: 100,
  prompt_tokens_details: { cached_tokens: cached },
});

describe('the intents of a session, over HTTP', () => {
  const long = (chars: number) => ({ messages: [{ role: 'user', content: 'x'.repeat(chars) }] });
  const decidedOf = (ledger: readonly LedgerRecord[]): readonly DecidedRecord[] =>
    ledger.filter(record => record.kind === 'decided');

  test('every intent records its prefix, and every attempt the cost of reading it; the billed amounts stay the same', async () => {
    const { router, ask, ledger, attempts, cells, close } = await routed(
      [chat('one', usage(3000, 0)), chat('two', usage(3400, 3072))],
      {},
    );
    const support = router.feature('support');
    await ask(support.intent({ session: 's1' }).model, long(12_000));
    await ask(support.intent({ session: 's1' }).model, long(13_600));
    await ask();
    const [first, second, third] = decidedOf(await ledger());
    expect(first?.prefix).toMatchObject({ earlierIntents: 0 });
    expect(first?.prefix?.tokens).toBeGreaterThan(3000);
    expect(second?.prefix).toMatchObject({ tokens: 3100, earlierIntents: 1 });
    expect(third).not.toHaveProperty('prefix');
    // $1 and $2 per million tokens, and no price for cached ones.
    const [one, two, alone] = await attempts();
    expect(one).toMatchObject({ costNanoUsd: 3_200_000, prefixNanoUsd: 3_000_000 });
    expect(two).toMatchObject({ costNanoUsd: 3_600_000, prefixNanoUsd: 3_100_000 });
    expect(alone).not.toHaveProperty('prefixNanoUsd');
    const { grown, rebuilt } = await cells();
    expect(grown).toEqual(rebuilt);
    await close();
  });

  test('a feature may decide intents of a session like all others, and then records no prefix', async () => {
    const { router, ask, ledger, attempts, close } = await routed([chat('one', usage(3000, 0))], {
      sessionCosts: false,
    });
    const support = router.feature('support');
    for (let turn = 0; turn < 2; turn++) await ask(support.intent({ session: 's1' }).model, long(12_000));
    for (const decided of decidedOf(await ledger())) {
      expect(decided.session).toBe('s1');
      expect(decided).not.toHaveProperty('prefix');
    }
    for (const attempt of await attempts()) expect(attempt).not.toHaveProperty('prefixNanoUsd');
    await close();
  });

  test('the propensity of a decision follows from the shares and the prefix in the ledger', async () => {
    const inner = thompson();
    const views: Parameters<Policy['decide']>[0][] = [];
    const policy: Policy = {
      name: 'thompson',
      decide(view, random) {
        views.push(view);
        return inner.decide(view, random);
      },
    };
    const { router, ask, ledger, close } = await routed([chat('done', usage(40_000, 0))], {
      policy,
      failureCostUsd: 0.5,
    });
    const support = router.feature('support');
    for (let turn = 0; turn < 6; turn++) {
      const intent = support.intent({ session: 's1' });
      await ask(intent.model, long(160_000));
      const decided = decidedOf(await ledger()).at(-1) as DecidedRecord;
      const { extraUsd: _, ...view } = views.at(-1) as (typeof views)[number];
      const { costNanoUsd = {}, averageNanoUsd = {} } = decided.prefix?.term ?? {};
      const extraUsd = view.plans.map(([name = '']) => toUsd((costNanoUsd[name] ?? 0) - (averageNanoUsd[name] ?? 0)));
      const plan = view.plans.findIndex(([name]) => name === decided.decision.plan[0]);
      const shares = (more: object) => inner.allocation?.({ ...view, ...more }, seededRandom(1)).shares[plan];
      expect(shares({ extraUsd })).toBe(decided.decision.propensity);
      expect(shares({})).not.toBe(decided.decision.propensity);
    }
    await close();
  });

  test('another process on the store continues a session where the first process was', async () => {
    const store = memory({ shared: true });
    const one = await routed([chat('one', usage(3000, 0))], {}, { store });
    await one.ask(one.router.feature('support').intent({ session: 's1' }).model, long(12_000));
    await one.router.flush();
    const other = await routed([chat('two', usage(3400, 3072))], {}, { store });
    const intent = other.router.feature('support').intent({ session: 's1' });
    // The code of sessions is loaded, and the session read, while the application goes on.
    await other.ask();
    await other.ask(intent.model, long(13_600));
    const decided = decidedOf(await other.ledger()).find(({ intentId }) => intentId === intent.id);
    expect(decided?.prefix).toMatchObject({ tokens: 3100, earlierIntents: 1 });
    await one.close();
    await other.close();
  });

  test('the sessions of a process are written together a moment later, or by a flush', async () => {
    const written: (readonly SessionState[])[] = [];
    const runtime = testRuntime({ startMs: 10_000 });
    const store = {
      sessions: async () => [],
      putSessions: async (states: readonly SessionState[]) => void written.push(states),
    };
    const book = sessionBook({ store, runtime, faulted: () => {} });
    const { attempts, ledger, ask, router, close } = await routed([chat('one', usage(3000, 0))]);
    await ask(router.feature('support').intent({ session: 's1' }).model);
    const [decided] = decidedOf(await ledger());
    const [attempt] = await attempts();
    if (decided === undefined || attempt === undefined) throw new Error('nothing was recorded');
    const model = { name: 'mini', provider: 'openai', providerModel: 'mini-1' } as Parameters<
      typeof book.attempted
    >[2]['model'];
    book.attempted(decided, { ...attempt }, { model });
    book.attempted({ ...decided, session: 's2' }, { ...attempt }, { model });
    expect(written).toEqual([]);
    runtime.advance(200);
    expect(written.map(states => states.map(({ id }) => id))).toEqual([['s1', 's2']]);
    book.attempted(decided, { ...attempt }, { model });
    await book.flush();
    expect(written).toHaveLength(2);
    await close();
  });
});
