import { expect, test } from 'vitest';
import type { FeatureView } from '../../src/contracts/policy.ts';
import { createLearnedFeature } from '../../src/core/beliefs/learned-feature.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { sameFailureCost } from '../../src/core/report/failure-costs.ts';
import { routedViews } from '../../src/dashboard/routed-views.ts';

const learned = createLearnedFeature({
  feature: 'f',
  plans: [['mini'], ['premium']],
  priorCostUsd: { mini: 1, premium: 2 },
});
const policyOf = (name: string, decisions: number, plan: string) => ({ name, decisions, shares: new Map([[plan, 1]]) });
const facts = {
  plans: ['mini', 'premium'],
  failureCostUsd: 3,
  perSuccess: false,
  policy: 'fixed',
  policies: [policyOf('fixed', 50, 'premium')],
  versions: {},
};
const failureCostsOf = () => sameFailureCost(3);

test('every segment has a view of all plans, at the failure cost of the last decisions', () => {
  const { views, policy } = routedViews('f', {
    cells: [],
    learned,
    facts,
    segments: ['', 'tier=free'],
    failureCostsOf,
    nowMs: 5,
  });
  expect([...views.keys()]).toEqual(['', 'tier=free']);
  expect(views.get('tier=free')).toMatchObject({
    plans: [['mini'], ['premium']],
    eligible: 3,
    failureCostUsd: 3,
    nowMs: 5,
  });
  expect(policy.name).toBe('fixed');
});

/** Of the plans mini and premium. */
function sharesOf(policies: readonly ReturnType<typeof policyOf>[]): readonly (number | undefined)[] {
  const [first] = policies;
  const asked = { ...facts, policy: first?.name ?? '', policies };
  const { views, policy } = routedViews('f', {
    cells: [],
    learned,
    facts: asked,
    segments: [''],
    failureCostsOf,
    nowMs: 5,
  });
  expect(policy.name).toBe(first?.name);
  const allocation = policy.allocation?.(views.get('') as FeatureView, seededRandom('any'));
  return Array.from(allocation?.shares ?? []);
}

test('a policy that does not learn is explained by the plans that its latest decisions chose, under its own name', () => {
  expect(sharesOf([policyOf('fixed', 50, 'premium')])).toEqual([0, 1]);
  expect(sharesOf([policyOf('own', 50, 'mini')])).toEqual([1, 0]);
});

test('a policy that learns is explained as Thompson sampling, also for its part of a ledger with two policies', () => {
  const [mini = 0, premium = 0] = sharesOf([policyOf('contextual', 50, 'mini')]);
  expect(mini).toBeGreaterThan(0);
  expect(premium).toBeGreaterThan(0);
  const [half = 0, rest = 0] = sharesOf([policyOf('thompson', 25, 'mini'), policyOf('fixed', 25, 'premium')]);
  expect(half).toBeCloseTo(mini / 2, 9);
  expect(half + rest).toBeCloseTo(1, 9);
});
