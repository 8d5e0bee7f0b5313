import { expect, test } from 'vitest';
import { lengthBucket } from '../../src/core/length-bucket.ts';

test('a request’s size falls into one of four buckets', () => {
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
