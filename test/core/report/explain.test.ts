import { describe, expect, test } from 'vitest';
import { sameFailureCost } from '../../../src/core/report/failure-costs.ts';
import { explainPlans } from '../../../src/core/report/explain.ts';
import { createLearnedFeature } from '../../../src/core/beliefs/learned-feature.ts';
import type { Plan } from '../../../src/core/ledger/vocabulary.ts';
import type { Made } from '../support/cells.ts';
import { cellsOf, FAILURE, many, SUCCESS } from '../support/cells.ts';
import { ACCEPTED, AT_MS, attempt, REJECTED } from '../support/intents.ts';

function posteriorOf(plans: readonly Plan[], ...traffic: readonly (readonly [number, Made])[]) {
  const learned = createLearnedFeature({ feature: 'f', plans, priorCostUsd: { mini: 0.01, premium: 0.01 } });
  learned.replace(cellsOf(...traffic.map(([count, what]) => many(count, what))));
  return learned.segment('').posterior(AT_MS);
}

const inputs = {
  feature: 'f',
  segment: '',
  atMs: AT_MS,
  policy: 'thompson',
  objective: 'cost-per-intent',
  failureCosts: sameFailureCost(15),
  eligible: 0b11,
} as const;

describe('two models', () => {
  const posterior = posteriorOf(
    [['mini'], ['premium']],
    [140, { evidence: [SUCCESS] }],
    [60, { evidence: [FAILURE] }],
    [190, { plan: ['premium'], evidence: [SUCCESS] }],
    [10, { plan: ['premium'], evidence: [FAILURE] }],
  );
  const explanation = explainPlans(posterior, { ...inputs, shares: [0.004, 0.996], floors: [0.004, 0] });
  const [mini, premium] = explanation.plans;

  test('every plan has posterior figures whose intervals contain the observed rates', () => {
    expect(mini?.success.low).toBeLessThan(0.7);
    expect(mini?.success.high).toBeGreaterThan(0.7);
    expect(premium?.costPerIntentUsd.value).toBeCloseTo(0.01 + 15 * (1 - (premium?.success.value ?? 0)), 6);
    expect(premium?.costPerSuccessUsd.value).toBeCloseTo(
      (premium?.costPerIntentUsd.value ?? 0) / (premium?.success.value ?? 0),
      9,
    );
  });

  test('the reason for the best plan is its cost; for another, how much more it costs and why it is still tried', () => {
    expect(premium?.reason).toBe('the lowest expected cost; 100 % likely to be the cheapest');
    expect(mini?.reason).toMatch(
      /^\$3\.\d\d \(\d\.\d\d–\d\.\d\d\) more per intent than the best; kept at a floor of 0\.40 %/,
    );
    expect(explanation.summary).toMatch(
      /^premium has the lowest expected total cost per intent: \$0\.\d\d \(\d\.\d\d–\d\.\d\d\); 99\.6 % of new intents use it\.$/,
    );
  });

  test('the decision is between the best plan and the next of those that can be chosen, in words too', () => {
    expect(explanation.decision).toMatchObject({
      preferred: { description: 'premium', success: premium?.success.value },
      rival: { description: 'mini', spendUsd: mini?.spendUsd.value },
    });
    expect(explanation.decision?.sentence).toMatch(/^premium is preferred to mini because it succeeds in 94\.6 %/);
    expect(explanation.decision).not.toHaveProperty('forecast');
    const alone = explainPlans(posterior, { ...inputs, eligible: 0b01, pinned: 'premium' });
    expect(alone.decision?.sentence).toMatch(
      /^An operator has pinned premium, .*; without the pin, mini is the only plan/,
    );
    expect(explainPlans(posterior, { ...inputs, eligible: 0 })).not.toHaveProperty('decision');
  });

  test('the upper limit of a spend leaves room for bursts that 200 intents at one price do not show', () => {
    // A hundred times the mean, at the frequency that 8 % of samples do not show, beside what the samples show.
    const unseen = (0.01 * 100 * Math.log(1 / 0.08)) / 200;
    expect(mini?.spendUsd.high).toBeGreaterThan(0.01 + unseen);
    expect(mini?.spendUsd.high).toBeLessThan(0.01 + 1.3 * unseen);
  });

  test('an excluded plan names its reason and is never the best', () => {
    const explained = explainPlans(posterior, {
      ...inputs,
      eligible: 0b01,
      exclusionReasons: () => ['its circuit is open'],
    });
    expect(explained.plans.map(plan => [plan.eligible, plan.reason])).toEqual([
      [true, 'the only eligible plan'],
      [false, 'its circuit is open'],
    ]);
    expect(explained.summary).toContain('1 of 2 plans cannot be chosen now');
    expect(explained.decision?.sentence).toBe(
      'mini is the only plan that can be chosen (premium: its circuit is open).',
    );
  });

  test('a reason that excludes several plans is stated once, beside the only plan that is left', () => {
    const three = posteriorOf([['mini'], ['nano'], ['premium']], [10, { evidence: [SUCCESS] }]);
    const explained = explainPlans(three, {
      ...inputs,
      eligible: 0b100,
      exclusionReasons: () => ['too slow', 'switched off'],
    });
    expect(explained.decision?.sentence).toBe(
      'premium is the only plan that can be chosen (mini and nano: too slow and switched off).',
    );
  });

  test('the expected figures of a feature are those of its plans, weighted by their shares', () => {
    const half = explainPlans(posterior, { ...inputs, shares: [0.5, 0.5] });
    const mean = (of: 'spendUsd' | 'success' | 'costPerIntentUsd'): number =>
      half.plans.reduce((sum, plan) => sum + plan[of].value / 2, 0);
    expect(half.expected?.success.value).toBeCloseTo(mean('success'), 12);
    expect(half.expected?.spendUsd.value).toBeCloseTo(mean('spendUsd'), 12);
    expect(half.expected?.costPerIntentUsd.value).toBeCloseTo(mean('costPerIntentUsd'), 12);
    expect(explainPlans(posterior, inputs).expected).toBeUndefined();
  });

  test('an explanation has no shares when the policy has no `allocation`', () => {
    expect(explainPlans(posterior, inputs).plans.every(plan => plan.share === undefined)).toBe(true);
  });

  test('a failure weighs its cost, plus the cost of another success if the objective is the cost per success', () => {
    expect(explainPlans(posterior, inputs).failureWeightUsd).toBe(15);
    const perSuccess = explainPlans(posterior, { ...inputs, objective: 'cost-per-success' });
    expect(perSuccess.summary).toMatch(/^premium has the lowest expected total cost per success: /);
    expect(perSuccess.failureWeightUsd).toBeCloseTo(
      Math.min(...perSuccess.plans.map(plan => plan.costPerSuccessUsd.value)) + 15,
      9,
    );
  });

  test('a failure without a cost weighs as much as the cheapest success costs', () => {
    const free = explainPlans(posterior, {
      ...inputs,
      objective: 'cost-per-success',
      failureCosts: sameFailureCost(0),
    });
    expect(free.failureWeightUsd).toBeCloseTo(Math.min(...free.plans.map(plan => plan.costPerSuccessUsd.value)), 9);
  });
});

test('a climbing plan shows the posterior of each of its nodes', () => {
  const climb: Plan = ['mini', 'premium'];
  const posterior = posteriorOf(
    [['mini'], climb, ['premium']],
    [70, { plan: climb, attempts: [attempt('mini', 1e7, ACCEPTED)], evidence: [SUCCESS] }],
    [
      30,
      {
        plan: climb,
        attempts: [attempt('mini', 1e7, REJECTED), attempt('mini>premium', 5e7, ACCEPTED)],
        evidence: [SUCCESS],
      },
    ],
  );
  const explanation = explainPlans(posterior, { ...inputs, eligible: 0b111 });
  const [, plan] = explanation.plans;
  expect(plan?.description).toBe('mini, then premium if needed');
  expect(plan?.nodes.map(node => node.description)).toEqual(['mini', 'premium after mini']);
  expect(plan?.nodes[0]?.rejection?.value).toBeCloseTo(0.3, 1);
  expect(plan?.nodes[1]?.rejection).toBeUndefined();
  expect(plan?.spendUsd.value).toBeCloseTo(0.01 + 0.3 * 0.05, 2);
});
