import { expect, test } from 'vitest';
import { latestPolicies } from '../../src/analysis/latest-policies.ts';
import type { Decision } from '../../src/core/ledger/vocabulary.ts';

const decision = (plan: string, propensity: number, policy = 'random-mix'): Decision => ({
  plan: [plan],
  propensity,
  eligible: ['mini', 'premium'],
  policy,
  reason: '',
});

test('the shares of two plans follow exactly from the probabilities that were recorded, although the counts differ by chance', () => {
  const [policy] = latestPolicies([decision('mini', 0.5), decision('mini', 0.5), decision('premium', 0.5)]);
  expect(policy).toMatchObject({ name: 'random-mix', decisions: 3 });
  expect(policy?.shares.get('mini')).toBeCloseTo(0.5, 12);
  expect(policy?.shares.get('premium')).toBeCloseTo(0.5, 12);
});

test('a policy that never gave another plan a chance has only the plan that it chose', () => {
  const [policy] = latestPolicies([decision('premium', 1, 'fixed'), decision('premium', 1, 'fixed')]);
  expect(policy?.shares.get('premium')).toBe(1);
  expect(policy?.shares.get('mini') ?? 0).toBe(0);
});

test('the policy of most of the decisions comes first', () => {
  const policies = latestPolicies([
    decision('mini', 1, 'fixed'),
    decision('mini', 0.9, 'a'),
    decision('mini', 0.9, 'a'),
  ]);
  expect(policies.map(({ name, decisions }) => [name, decisions])).toEqual([
    ['a', 2],
    ['fixed', 1],
  ]);
  expect(latestPolicies([])).toEqual([]);
});
