import { expect, test } from 'vitest';
import { BACKOFF_BASE_MS } from '../../src/config/limits.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { backoffMs } from '../../src/engine/attempts/retry-after.ts';

test('the engine never waits longer for its first retry than the check of a deadline assumes', () => {
  const random = seededRandom(1);
  for (let i = 0; i < 1_000; i++) expect(backoffMs(1, random)).toBeLessThanOrEqual(BACKOFF_BASE_MS);
});
