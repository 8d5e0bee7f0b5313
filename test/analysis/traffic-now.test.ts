import { expect, test } from 'vitest';
import type { TrafficInputs } from '../../src/analysis/traffic-now.ts';
import { trafficNow } from '../../src/analysis/traffic-now.ts';
import { allPlans } from '../../src/core/ledger/plan-set.ts';

const inputs: TrafficInputs = {
  policy: 'custom',
  plans: ['mini', 'premium'],
  eligible: allPlans(2),
  recent: new Map([
    ['mini', 30],
    ['premium', 10],
    ['removed', 60],
  ]),
};

test.each(['thompson', 'contextual', undefined])('the traffic of the policy %s follows what is learned', policy => {
  expect(trafficNow({ ...inputs, policy }).learns).toBe(1);
});

test('another policy is asked for its shares at each failure cost', () => {
  const { learns, sharesAt } = trafficNow({
    ...inputs,
    allocationAt: usd => ({ shares: usd > 1 ? [0, 1] : [1, 0] }),
  });
  expect(learns).toBe(0);
  expect([sharesAt(0.5), sharesAt(2)]).toEqual([
    [1, 0],
    [0, 1],
  ]);
});

test('a policy that does not state its shares goes on as in the last week, without plans that are gone or cannot be chosen', () => {
  expect(trafficNow(inputs).sharesAt(1)).toEqual([0.75, 0.25]);
  expect(trafficNow({ ...inputs, eligible: 0b10 }).sharesAt(1)).toEqual([0, 1]);
  expect(trafficNow({ ...inputs, recent: new Map([['removed', 60]]) }).sharesAt(1)).toEqual([0.5, 0.5]);
});

test('a pinned plan gets every intent, whatever the policy', () => {
  const { learns, sharesAt } = trafficNow({ ...inputs, policy: 'thompson', forced: 'premium' });
  expect([learns, sharesAt(1)]).toEqual([0, [0, 1]]);
});

test('in a ledger with two policies, each goes on with its part of the intents', () => {
  const latest = [
    { name: 'fixed', decisions: 30, shares: new Map([['premium', 1]]) },
    { name: 'thompson', decisions: 20, shares: new Map([['mini', 1]]) },
  ];
  const { learns, sharesAt } = trafficNow({ ...inputs, policy: 'fixed', latest });
  expect(learns).toBeCloseTo(0.4, 12);
  expect(sharesAt(1)).toEqual([0, 1]);
});
