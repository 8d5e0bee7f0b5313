import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planGraph } from '../../../src/core/beliefs/plan-graph.ts';
import { toUsd } from '../../../src/core/ledger/money.ts';
import type { NodeMeans } from '../../../src/core/sessions/plan-visits.ts';
import { planVisits } from '../../../src/core/sessions/plan-visits.ts';
import type { PrefixCosts, PrefixTermOptions } from '../../../src/core/sessions/prefix-term.ts';
import { prefixTerm } from '../../../src/core/sessions/prefix-term.ts';
import type { KnownPrefix } from '../../../src/core/sessions/session-state.ts';

const COSTS: PrefixCosts = {
  readUsd: 1e-7,
  unreadUsd: 1.25e-6,
  hitRate: 0.95,
  sharedPart: 0,
  ttlMs: 300_000,
  minTokens: 1024,
};
const known: KnownPrefix = {
  prefix: { tokens: 10_000, gapMs: 60_000, earlierIntents: 2 },
  models: { mini: { tokens: 8000, atMs: 0 } },
  nowMs: 60_000,
};
const once = { climb: 0, requests: 1, prefixUsd: 0 };
const singles = (...nodes: readonly NodeMeans[]) => planVisits(planGraph([['mini'], ['premium']]), nodes);

/** Every session goes on for so long, and is expected to stay with its model. */
const lasts = (intents: number): Partial<PrefixTermOptions> => ({ intentsAhead: () => intents });

const termOf = (options: Partial<PrefixTermOptions> = {}, at = known) =>
  prefixTerm(at, {
    ...singles(once, once),
    costsOf: () => COSTS,
    intentsAhead: () => 1,
    sharesOf: () => [0.5, 0.5],
    ...options,
  });

/** USD of a prefix of 10,000 tokens that is read at the hit rate. */
const WARM = 10_000 * (0.95 * 1e-7 + 0.05 * 1.25e-6);

describe('what a prefix costs with each plan', () => {
  test('a model whose cache has a part of the prefix reads that part, and another model pays for the whole prefix', () => {
    const term = termOf();
    expect(term?.cachedTokens).toEqual({ mini: 7600, premium: 0 });
    expect(toUsd(term?.costNanoUsd['mini'] ?? 0)).toBeCloseTo(7600 * 1e-7 + 2400 * 1.25e-6, 9);
    expect(toUsd(term?.costNanoUsd['premium'] ?? 0)).toBeCloseTo(10_000 * 1.25e-6, 9);
  });

  test('the cost of changing the model is spread over the intents that are expected to stay with it', () => {
    const term = termOf(lasts(4));
    expect(term?.entryPpm).toEqual({ mini: 250_000, premium: 250_000 });
    expect(toUsd(term?.costNanoUsd['premium'] ?? 0)).toBeCloseTo(0.25 * 10_000 * 1.25e-6 + 0.75 * WARM, 9);
  });

  test('intents stay with a model as often as it is chosen once its cache has the prefix, which replaces the average of past prefixes', () => {
    const asked: number[][] = [];
    const term = termOf({
      ...singles({ ...once, prefixUsd: 0.001 }, { ...once, prefixUsd: 0.004 }),
      intentsAhead: staying => 1 / (1 - 0.9 * staying),
      sharesOf(extraUsd) {
        asked.push(Array.from(extraUsd));
        return [0.2, 0.8];
      },
    });
    // Each model is asked for with its own cache, and with the other model's cache as it is now: mini has 7,600 of the tokens in its cache.
    const spread = (usd: number) => 0.1 * usd + 0.9 * WARM;
    const mini = 7600 * 1e-7 + 2400 * 1.25e-6;
    expect(asked).toEqual([
      [expect.closeTo(WARM - 0.001, 9), expect.closeTo(spread(0.0125) - 0.004, 9)],
      [expect.closeTo(spread(mini) - 0.001, 9), expect.closeTo(WARM - 0.004, 9)],
    ]);
    expect(term?.entryPpm).toEqual({ mini: 820_000, premium: 280_000 });
    expect(term?.averageNanoUsd).toEqual({ mini: 1e6, premium: 4e6 });
  });

  test('no shares are calculated for a session that ends with this intent, or whose prefix is cached', () => {
    const sharesOf = () => {
      throw new Error('asked for');
    };
    expect(termOf({ sharesOf })?.entryPpm).toEqual({ mini: 1e6, premium: 1e6 });
    const models = { mini: { tokens: 10_000, atMs: 0 }, premium: { tokens: 10_000, atMs: 0 } };
    expect(termOf({ ...lasts(4), sharesOf }, { ...known, models })?.entryPpm).toEqual({
      mini: 250_000,
      premium: 250_000,
    });
  });

  test('every further request of an intent reads the prefix again', () => {
    const term = termOf(singles(once, { ...once, requests: 3.5 }));
    expect(toUsd(term?.costNanoUsd['premium'] ?? 0)).toBeCloseTo(10_000 * 1.25e-6 + 2.5 * WARM, 9);
  });

  test('a plan that climbs costs what its visits cost, and other plans may also stay with the model of its second node', () => {
    const graph = planGraph([['mini'], ['mini', 'premium'], ['premium']]);
    const plans = planVisits(
      graph,
      graph.nodes.map(() => ({ climb: 0.3, requests: 1, prefixUsd: 1e-3 })),
    );
    const byKey: Readonly<Record<string, number>> = { mini: 0.1, 'mini>premium': 0.5, premium: 0.4 };
    const staying: number[] = [];
    const term = termOf({
      ...plans,
      sharesOf: () => plans.keys.map(key => byKey[key] as number),
      intentsAhead: each => (staying.push(each), 4),
    });
    const { mini = 0, premium = 0, 'mini>premium': both } = term?.costNanoUsd ?? {};
    expect(both).toBeCloseTo(mini + 0.3 * premium, -1);
    expect(term?.averageNanoUsd).toEqual({ mini: 1e6, premium: 1e6, 'mini>premium': 1.3e6 });
    expect(staying).toEqual([1, expect.closeTo(0.6, 12), expect.closeTo(0.4 + 0.3 * 0.5, 12)]);
  });

  test('a plan that stays after an alarm reads the prefix again for later requests, and does not write it to another cache', () => {
    const graph = planGraph([['mini'], ['mini', 'premium'], ['premium']], { hasAlarms: true });
    const plans = planVisits(
      graph,
      graph.nodes.map(() => ({ climb: 0.3, requests: 2, prefixUsd: 0 })),
    );
    const { costNanoUsd = {} } = termOf(plans) ?? {};
    const entered = 7600 * 1e-7 + 2400 * 1.25e-6;
    expect(toUsd(costNanoUsd['mini'] ?? 0)).toBeCloseTo(entered + WARM + 0.3 * 2 * WARM, 9);
    expect(toUsd(costNanoUsd['mini>premium'] ?? 0)).toBeCloseTo(entered + WARM + 0.3 * (10_000 * 1.25e-6 + WARM), 9);
  });

  test('a cache that has nothing of this session is expected to have what all sessions share', () => {
    const term = termOf({ costsOf: () => ({ ...COSTS, sharedPart: 0.4 }) });
    expect(term?.cachedTokens).toEqual({ mini: 7600, premium: 4000 });
  });

  test('all costs of a prefix are whole numbers, and without a prefix there are none', () => {
    const { entryPpm = {}, cachedTokens = {}, costNanoUsd = {} } = termOf(lasts(3)) ?? {};
    for (const each of [...Object.values(entryPpm), ...Object.values(cachedTokens), ...Object.values(costNanoUsd)])
      expect(Number.isSafeInteger(each)).toBe(true);
    expect(termOf({}, { ...known, prefix: { tokens: 0, earlierIntents: 0 } })).toBeUndefined();
  });

  test('law: the cost of a prefix is never negative, and never more than sending it in full with every request', () => {
    const part = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.record({ entry: part, hitRate: part, sharedPart: part, read: part, held: fc.nat(20_000) }),
        fc.integer({ min: 1, max: 40 }),
        ({ entry, hitRate, sharedPart, read, held }, requests) => {
          const costs = { ...COSTS, hitRate, sharedPart, readUsd: read * COSTS.unreadUsd };
          const plans = singles(once, { ...once, requests });
          const at = { ...known, models: { premium: { tokens: held, atMs: 0 } } };
          const options = { ...plans, ...lasts(1 / Math.max(1e-9, entry)), costsOf: () => costs };
          const usd = toUsd(termOf(options, at)?.costNanoUsd['premium'] ?? -1);
          expect(usd).toBeGreaterThanOrEqual(0);
          expect(usd).toBeLessThanOrEqual(requests * 10_000 * COSTS.unreadUsd + 1e-9);
        },
      ),
    );
  });
});
