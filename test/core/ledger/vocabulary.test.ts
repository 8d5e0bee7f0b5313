import { expect, test } from 'vitest';
import { describeNode, modelOfNode, nodeOf, planKey } from '../../../src/core/ledger/vocabulary.ts';

test('a node is the way to it: another one than the same model asked first', () => {
  const plan = ['mini', 'mid', 'premium'];
  expect(planKey(plan)).toBe('mini>mid>premium');
  expect([0, 1, 2].map(index => nodeOf(plan, index))).toEqual(['mini', 'mini>mid', 'mini>mid>premium']);
});

test('a node asks its last model, however it was reached', () => {
  expect(['premium', 'mini>premium', 'mini!premium', 'a>b!c>premium'].map(modelOfNode)).toEqual(
    Array(4).fill('premium'),
  );
});

test('in words, rejection and outage are told apart', () => {
  expect(describeNode('premium')).toBe('premium');
  expect(describeNode('mini>premium')).toBe('premium after mini');
  expect(describeNode('mini>mid>premium')).toBe('premium after mini, mid');
  expect(describeNode('mini!premium')).toBe('premium while mini was unavailable');
});
