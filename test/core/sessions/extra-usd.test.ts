import { expect, test } from 'vitest';
import { extraUsdOf } from '../../../src/core/sessions/extra-usd.ts';

test('a plan costs its own prefix in place of the average one, and without a counted prefix nothing more', () => {
  const term = {
    entryPpm: {},
    cachedTokens: {},
    costNanoUsd: { mini: 3_000_000_000, premium: 500_000_000 },
    averageNanoUsd: { mini: 1_000_000_000, premium: 2_000_000_000 },
  };
  expect(extraUsdOf(term, ['premium', 'mini', 'new'])).toEqual([-1.5, 2, 0]);
});
