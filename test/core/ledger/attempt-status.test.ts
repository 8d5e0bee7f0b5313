import { expect, test } from 'vitest';
import { isRetryable, isRetryableHttpStatus } from '../../../src/core/ledger/attempt-status.ts';

test('an attempt is retryable when availability failed, and not when the provider or the caller ended it on purpose', () => {
  const statuses = ['ok', 'rejected-request', 'provider-fault', 'connection', 'timeout', 'aborted', 'broken'] as const;
  expect(statuses.filter(isRetryable)).toEqual(['provider-fault', 'connection', 'timeout', 'broken']);
});

test('an HTTP error is retryable when it is 408, 409, 429 or any 5xx', () => {
  const errors = Array.from({ length: 200 }, (_, i) => 400 + i);
  expect(errors.filter(isRetryableHttpStatus)).toEqual([408, 409, 429, ...errors.filter(status => status >= 500)]);
});
