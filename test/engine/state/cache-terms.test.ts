import { expect, test } from 'vitest';
import { cacheTerms } from '../../../src/engine/state/cache-terms.ts';

test('configured cache terms replace those of the vendor, one by one', () => {
  const model = { provider: 'anthropic', providerModel: 'claude-haiku-4-5' } as const;
  expect(cacheTerms(model)).toEqual({ ttlMs: 300_000, minTokens: 4096 });
  expect(cacheTerms({ ...model, cache: { ttlMs: 3_600_000 } })).toEqual({ ttlMs: 3_600_000, minTokens: 4096 });
});
