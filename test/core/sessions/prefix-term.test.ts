import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planGraph } from '../../../src/core/beliefs/plan-graph.ts';
import { toUsd } from '../../../src/core/ledger/money.ts';
import type { PrefixCosts } from '../../../src/core/sessions/prefix-term.ts';
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
const single = planGraph([['mini'], ['premium']]);
const once = { climb: 0, requests: 1, prefixUsd: 0 };

const termOf = (options: Partial<Parameters<typeof prefixTerm>[1]> = {}, at = known) =>
  prefixTerm(at, { graph: single, nodes: [once, once], costsOf: () => COSTS, intentsAhead: 1, ...options });

/** USD of a prefix of 10,000 tokens that is read at the hit rate. */
const WARM = 10_000 * (0.95 * 1e-7 + 0.05 * 1.25e-6);

describe('what a prefix costs with each plan', () => {
  test('a model whose cache has a part of it reads that part, and another one pays for all of it', () => {
    const term = termOf();
    expect(term?.cachedTokens).toEqual({ mini: 7600, premium: 0 });
    expect(toUsd(term?.costNanoUsd['mini'] ?? 0)).toBeCloseTo(7600 * 1e-7 + 2400 * 1.25e-6, 9);
    expect(toUsd(term?.costNanoUsd['premium'] ?? 0)).toBeCloseTo(10_000 * 1.25e-6, 9);
  });

  test('the cost of changing the model is spread over the intents that are expected to follow', () => {
    const term = termOf({ intentsAhead: 4 });
    expect(term?.entryPpm).toBe(250_000);
    expect(toUsd(term?.costNanoUsd['premium'] ?? 0)).toBeCloseTo(0.25 * 10_000 * 1.25e-6 + 0.75 * WARM, 9);
  });

  test('every further request of an intent reads the prefix again', () => {
    const term = termOf({ nodes: [once, { ...once, requests: 3.5 }] });
    expect(toUsd(term?.costNanoUsd['premium'] ?? 0)).toBeCloseTo(10_000 * 1.25e-6 + 2.5 * WARM, 9);
  });

  test('a plan that climbs costs what its nodes do, as often as an intent reaches them', () => {
    const graph = planGraph([['mini'], ['mini', 'premium'], ['premium']]);
    const nodes = graph.nodes.map(() => ({ climb: 0.3, requests: 1, prefixUsd: 1e-3 }));
    const { costNanoUsd = {}, averageNanoUsd } = termOf({ graph, nodes }) ?? {};
    const { mini = 0, premium = 0 } = costNanoUsd;
    expect(costNanoUsd['mini>premium']).toBeCloseTo(mini + 0.3 * premium, -1);
    expect(averageNanoUsd).toEqual({ mini: 1e6, premium: 1e6, 'mini>premium': 1.3e6 });
  });

  test('a plan that stays after an alarm reads the prefix again for what comes after it, and enters no cache', () => {
    const graph = planGraph([['mini'], ['mini', 'premium'], ['premium']], { hasAlarms: true });
    const nodes = graph.nodes.map(() => ({ climb: 0.3, requests: 2, prefixUsd: 0 }));
    const { costNanoUsd = {} } = termOf({ graph, nodes }) ?? {};
    const entered = 7600 * 1e-7 + 2400 * 1.25e-6;
    expect(toUsd(costNanoUsd['mini'] ?? 0)).toBeCloseTo(entered + WARM + 0.3 * 2 * WARM, 9);
    expect(toUsd(costNanoUsd['mini>premium'] ?? 0)).toBeCloseTo(entered + WARM + 0.3 * (10_000 * 1.25e-6 + WARM), 9);
  });

  test('a cache that has nothing of this session is expected to have what all sessions share', () => {
    const term = termOf({ costsOf: () => ({ ...COSTS, sharedPart: 0.4 }) });
    expect(term?.cachedTokens).toEqual({ mini: 7600, premium: 4000 });
  });

  test('all of it is in whole numbers, and without a prefix there is nothing to count', () => {
    const { entryPpm = 0.5, cachedTokens = {}, costNanoUsd = {} } = termOf({ intentsAhead: 3 }) ?? {};
    for (const each of [entryPpm, ...Object.values(cachedTokens), ...Object.values(costNanoUsd)])
      expect(Number.isSafeInteger(each)).toBe(true);
    expect(termOf({}, { ...known, prefix: { tokens: 0, earlierIntents: 0 } })).toBeUndefined();
  });

  test('law: a prefix never costs less than nothing, nor more than to send it in full with every request', () => {
    const part = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.record({ entry: part, hitRate: part, sharedPart: part, read: part, held: fc.nat(20_000) }),
        fc.integer({ min: 1, max: 40 }),
        ({ entry, hitRate, sharedPart, read, held }, requests) => {
          const costs = { ...COSTS, hitRate, sharedPart, readUsd: read * COSTS.unreadUsd };
          const nodes = [once, { ...once, requests }];
          const at = { ...known, models: { premium: { tokens: held, atMs: 0 } } };
          const options = { intentsAhead: 1 / Math.max(1e-9, entry), nodes, costsOf: () => costs };
          const usd = toUsd(termOf(options, at)?.costNanoUsd['premium'] ?? -1);
          expect(usd).toBeGreaterThanOrEqual(0);
          expect(usd).toBeLessThanOrEqual(requests * 10_000 * COSTS.unreadUsd + 1e-9);
        },
      ),
    );
  });
});
