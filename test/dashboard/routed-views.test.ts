import { expect, test } from 'vitest';
import { createLearnedFeature } from '../../src/core/beliefs/learned-feature.ts';
import { sameFailureCost } from '../../src/core/report/failure-costs.ts';
import { routedViews } from '../../src/dashboard/routed-views.ts';

const learned = createLearnedFeature({
  feature: 'f',
  plans: [['mini'], ['premium']],
  priorCostUsd: { mini: 1, premium: 2 },
});
const facts = { plans: ['mini', 'premium'], failureCostUsd: 3, perSuccess: false, policy: 'fixed', versions: {} };
const failureCostsOf = () => sameFailureCost(3);

test('every segment has a view of all plans, at the failure cost of the last decisions', () => {
  const { views, policy } = routedViews('f', { learned, facts, segments: ['', 'tier=free'], failureCostsOf, nowMs: 5 });
  expect([...views.keys()]).toEqual(['', 'tier=free']);
  expect(views.get('tier=free')).toMatchObject({
    plans: [['mini'], ['premium']],
    eligible: 3,
    failureCostUsd: 3,
    nowMs: 5,
  });
  expect(policy.name).toBe('fixed');
});

test('a policy whose options the ledger does not have is explained as Thompson sampling', () => {
  const asked = { learned, facts: { ...facts, policy: 'own' }, segments: [''], failureCostsOf, nowMs: 5 };
  expect(routedViews('f', asked).policy.name).toBe('thompson');
});
