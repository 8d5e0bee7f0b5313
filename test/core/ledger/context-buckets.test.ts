import { expect, test } from 'vitest';
import { cutBucket, lengthBucket, turnsBucket } from '../../../src/core/ledger/context-buckets.ts';

test('the length of a request falls into one of four buckets', () => {
  expect([0, 1_999, 2_000, 7_999, 8_000, 31_999, 32_000, 5e6].map(lengthBucket)).toEqual([
    'short',
    'short',
    'medium',
    'medium',
    'long',
    'long',
    'huge',
    'huge',
  ]);
});

test('the user turns of a conversation fall into one of three buckets', () => {
  expect([0, 1, 2, 4, 5, 80].map(turnsBucket)).toEqual(['1', '1', '2-4', '2-4', '5+', '5+']);
});

test('a number gets the bucket between its two cuts, and a number equal to a cut belongs to the bucket above', () => {
  expect([-1, 0.29, 0.3, 0.69, 0.7, 9].map(value => cutBucket(value, [0.3, 0.7]))).toEqual([
    'below-0.3',
    'below-0.3',
    '0.3-to-0.7',
    '0.3-to-0.7',
    'from-0.7',
    'from-0.7',
  ]);
  expect([1, 2].map(value => cutBucket(value, [2]))).toEqual(['below-2', 'from-2']);
});
