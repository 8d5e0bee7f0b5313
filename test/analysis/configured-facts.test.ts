import { expect, test } from 'vitest';
import { configuredFacts } from '../../src/analysis/configured-facts.ts';
import type { FeatureConfig } from '../../src/config/application.ts';
import { resolveConfig } from '../../src/config/resolve.ts';
import type { ResolvedFeature } from '../../src/config/resolved.ts';
import { thompson } from '../../src/policies/thompson.ts';

const HOUR = 3_600_000;
const price = { inputUsdPerMillion: 2, cacheReadUsdPerMillion: 1, outputUsdPerMillion: 2 };

function factsOf(feature: Partial<FeatureConfig>) {
  const { features } = resolveConfig(
    {
      models: {
        mini: { provider: 'openai', model: 'a', price },
        deep: { provider: 'openai', model: 'gpt-5', price, params: { effort: 'high' } },
      },
      features: { f: { candidates: ['mini', 'deep'], failureCostUsd: 15, ...feature } },
    },
    { policy: thompson() },
  );
  return configuredFacts(features.get('f') as ResolvedFeature, 0);
}

test('the facts have the plans, the failure cost, the parameters and the cache prices of a feature as it is configured', () => {
  const { prefixRatesOf, candidates, ...facts } = factsOf({});
  expect(facts).toEqual({ plans: ['mini', 'deep'], failureCostUsd: 15, perSuccess: false, policy: 'thompson' });
  expect(candidates?.map(({ model, params }) => [model, params])).toEqual([
    ['mini', undefined],
    ['deep', 'effort=high'],
  ]);
  expect(prefixRatesOf?.('mini', 1000)).toMatchObject({ inputUsd: 2e-6, readUsd: 1e-6 });
  expect(prefixRatesOf?.('removed', 1000)).toBeUndefined();
});

test('the window of silence is a fact only where silence has a meaning', () => {
  expect(factsOf({ silence: { after: '2h', means: 'success' } }).silence).toEqual({ afterMs: 2 * HOUR, success: true });
  expect(factsOf({ silence: { after: '2h', means: 'unknown' } }).silence).toBeUndefined();
});
