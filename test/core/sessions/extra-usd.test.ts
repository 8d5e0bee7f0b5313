import { expect, test } from 'vitest';
import { extraUsdOf } from '../../../src/core/sessions/extra-usd.ts';

test('the extra cost of a plan is the cost of its own prefix minus the average, and 0 without a counted prefix', () => {
  const term = {
    entryPpm: {},
    cachedTokens: {},
    costNanoUsd: { mini: 3_000_000_000, premium: 500_000_000 },
    averageNanoUsd: { mini: 1_000_000_000, premium: 2_000_000_000 },
  };
  expect(extraUsdOf(term, ['premium', 'mini', 'new'])).toEqual([-1.5, 2, 0]);
});
