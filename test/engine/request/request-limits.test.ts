import { expect, test } from 'vitest';
import { attemptLimitOf, deadlineOf } from '../../../src/engine/request/request-limits.ts';

const featureWith = (config: object) => ({ config }) as Parameters<typeof deadlineOf>[0]['feature'];

test('a deadline is counted on the monotonic clock from the moment the request begins', () => {
  const clock = { elapsedMs: () => 100 };
  expect(deadlineOf({ feature: featureWith({ deadlineMs: 50 }) }, clock)).toEqual({ atMs: 150, passed: false });
  expect(deadlineOf({ feature: featureWith({}) }, clock)).toBeUndefined();
});

test('an attempt may take the shorter of the client’s and the feature’s time limits', () => {
  const limit = (own: number | undefined, attemptTimeoutMs: number | undefined) =>
    attemptLimitOf({ feature: featureWith({ attemptTimeoutMs }), attemptTimeoutMs: own });
  expect([limit(5, 7), limit(7, 5), limit(5, undefined), limit(undefined, 5)]).toEqual([5, 5, 5, 5]);
  expect(limit(undefined, undefined)).toBeUndefined();
});
