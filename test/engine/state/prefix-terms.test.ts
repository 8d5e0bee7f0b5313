import { describe, expect, test } from 'vitest';
import { prefixTerms } from '../../../src/engine/state/prefix-terms.ts';
import { sessionLearning } from '../../../src/core/sessions/session-learning.ts';
import type { PrefixTerm } from '../../../src/core/ledger/records.ts';
import type { KnownPrefix } from '../../../src/core/sessions/session-state.ts';
import type { ResolvedModel } from '../../../src/config/resolved.ts';
import { resolvePrice } from '../../../src/prices/price-book.ts';
import { NOW_MS, seen, viewOf } from '../../policies/views.ts';

const names = { mini: 'claude-haiku-4-5', premium: 'claude-sonnet-4-5' } as const;
const candidates = Object.entries(names).map(([name, model]) => ({
  name,
  provider: 'anthropic',
  providerModel: model,
  price: resolvePrice({ provider: 'anthropic', model }),
})) as unknown as readonly ResolvedModel[];

const known: KnownPrefix = {
  prefix: { tokens: 20_000, gapMs: 1000, earlierIntents: 1 },
  models: { mini: { tokens: 20_000, atMs: NOW_MS - 1000 } },
  nowMs: NOW_MS,
};

const FEATURE = { name: 'f', candidates, objective: 'cost-per-intent' } as const;

const entryOf = (term: PrefixTerm | undefined, model = 'premium'): number => (term?.entryPpm[model] ?? 0) / 1e6;

describe('the prefix of an intent, at the prices in force', () => {
  test('the model that has the prefix cached reads it for a tenth of the price, and the other one pays for writing it', () => {
    const { learned } = viewOf(['mini', 'premium']);
    const term = prefixTerms(FEATURE, sessionLearning())(known, learned.segment(''), 0.01);
    // 3 of 5 intents are followed before any observation, so that there are 2.5 to come; the hit rate is 19 of 20.
    const warm = 20_000 * (0.95 * 3e-7 + 0.05 * 3.75e-6);
    expect(term).toMatchObject({ entryPpm: { mini: 400_000 }, cachedTokens: { mini: 19_000, premium: 0 } });
    const entry = entryOf(term);
    expect(term?.costNanoUsd['mini']).toBeCloseTo(1e9 * (19_000 * 1e-7 + 1000 * 1.25e-6), -1);
    expect(term?.costNanoUsd['premium']).toBeCloseTo(1e9 * (entry * 20_000 * 3.75e-6 + (1 - entry) * warm), -1);
  });

  test.each([
    [250, 495, [1, 0.4]],
    [495, 250, [0.4, 1]],
  ])(
    'a session stays with the model that is surely best, and a worse model would bear all the cost of the prefix at once',
    (mini, premium, entries) => {
      const { learned } = viewOf(['mini', 'premium']);
      seen(learned, { mini: [500, mini], premium: [500, premium] });
      const term = prefixTerms(FEATURE, sessionLearning())({ ...known, models: {} }, learned.segment(''), 10);
      expect([entryOf(term, 'mini'), entryOf(term, 'premium')]).toEqual(entries);
    },
  );

  test('a prefix that a cache keeps for an hour is written at the rate for an hour', () => {
    const { learned } = viewOf(['mini', 'premium']);
    const learning = sessionLearning();
    const reading = { model: 'premium', feature: 'f', earlierIntents: 1, prefixTokens: 20_000, expectedTokens: 0 };
    const usage = { cacheWrite5m: 2000, cacheWrite1h: 17_000, input: 2000 };
    for (let i = 0; i < 1e5; i++) learning.observe({ ...reading, usage });
    const term = prefixTerms(FEATURE, learning)(known, learned.segment(''), 0.01);
    // $3.75 a million tokens for five minutes, $6 for an hour, and $3 for those that are not written.
    const unread = 2000 * 3.75e-6 + 17_000 * 6e-6 + 1000 * 3e-6;
    const warm = 20_000 * 0.95 * 3e-7 + 0.05 * unread;
    expect((term?.costNanoUsd['premium'] ?? 0) / 1e9).toBeCloseTo(
      entryOf(term) * unread + (1 - entryOf(term)) * warm,
      5,
    );
  });

  test('an intent is expected to have as many requests as the feature’s earlier intents in sessions', () => {
    const { learned } = viewOf(['mini', 'premium']);
    const terms = prefixTerms(FEATURE, sessionLearning());
    const before = terms(known, learned.segment(''), 0.01)?.costNanoUsd['mini'] ?? 0;
    seen(learned, { mini: [99, 90] });
    const key = { scope: 'node', feature: 'f', segment: '', subject: 'mini', version: '' } as const;
    learned.apply([
      { key: { ...key, bucket: Math.floor(NOW_MS / 3_600_000) }, sums: { withPrefix: 99n, laterRequests: 400n } },
    ]);
    const after = terms(known, learned.segment(''), 0.01)?.costNanoUsd['mini'] ?? 0;
    expect(after / before).toBeCloseTo(5, 1);
  });

  test('an intent without a prefix has no prefix terms', () => {
    const { learned } = viewOf(['mini', 'premium']);
    const terms = prefixTerms(FEATURE, sessionLearning());
    expect(terms({ ...known, prefix: { tokens: 0, earlierIntents: 0 } }, learned.segment(''), 0.01)).toBeUndefined();
  });
});
