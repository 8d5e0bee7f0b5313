import { expect, test } from 'vitest';
import { isRetryable } from '../../../src/engine/attempts/exchange.ts';

test('what the provider could not help is worth asking again; what it said, and what the caller did, is not', () => {
  const statuses = ['ok', 'rejected-request', 'provider-fault', 'connection', 'timeout', 'aborted', 'broken'] as const;
  expect(statuses.filter(isRetryable)).toEqual(['provider-fault', 'connection', 'timeout', 'broken']);
});
