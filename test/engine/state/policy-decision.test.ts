import { describe, expect, test } from 'vitest';
import type { FeatureView, Policy } from '../../../src/contracts/policy.ts';
import { planSetOf } from '../../../src/core/ledger/plan-set.ts';
import type { Decision } from '../../../src/core/ledger/vocabulary.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import { forcedDecision, policyDecision } from '../../../src/engine/state/policy-decision.ts';
import { RouterError } from '../../../src/errors.ts';
import { resolvedFeature } from './resolved.ts';

/** Asks a policy of the feature `mini | seer | opus` where the second and the third plan are eligible. */
function decided(policy: Policy) {
  const config = resolvedFeature({ policy });
  const faults: unknown[] = [];
  const view = { feature: 'work', plans: config.plans, eligible: planSetOf([1, 2]) } as unknown as FeatureView;
  const decision = policyDecision(config, view, {
    random: seededRandom('policy'),
    faulted: error => void faults.push(error),
  });
  return { decision, faults };
}

const own = (decide: Policy['decide']): Policy => ({ name: 'own', decide });

test('a policy’s decision for a plan of the feature is used unchanged', () => {
  const decision = { ...forcedDecision(['seer'], 'mine'), propensity: 0.25 };
  const { decision: taken, faults } = decided(own(() => decision));
  expect([taken, faults]).toEqual([decision, []]);
});

test.each([1, 0.5, Number.MIN_VALUE])('a propensity of %d is accepted', propensity => {
  expect(decided(own(() => ({ ...forcedDecision(['seer'], 'mine'), propensity }))).faults).toEqual([]);
});

describe('a policy that fails', () => {
  const wrong = (field: keyof Decision, value: unknown) => (): Decision => ({
    ...forcedDecision(['seer'], 'mine'),
    [field]: value,
  });
  const failing: readonly [string, Policy['decide'], keyof Decision][] = [
    ['chooses a plan that is not one of the feature’s', wrong('plan', ['gpt-7']), 'plan'],
    ['chooses a plan that names a model twice', wrong('plan', ['mini', 'mini']), 'plan'],
    ['chooses an eligible plan with a model more', wrong('plan', ['seer', 'opus']), 'plan'],
    ['chooses a plan that is not eligible', wrong('plan', ['mini']), 'plan'],
    ['gives no plan', wrong('plan', undefined), 'plan'],
    ['gives the plan as a key', wrong('plan', 'seer'), 'plan'],
    ['gives the plan as a list of lists', wrong('plan', [['seer']]), 'plan'],
    ['gives the propensity NaN', wrong('propensity', Number.NaN), 'propensity'],
    ['gives a propensity of 0', wrong('propensity', 0), 'propensity'],
    ['gives a propensity above 1', wrong('propensity', 1.01), 'propensity'],
    ['gives the propensity as text', wrong('propensity', '0.5'), 'propensity'],
    ['gives no eligible plans', wrong('eligible', undefined), 'eligible'],
    ['gives the eligible plans as lists', wrong('eligible', [['seer'], ['opus']]), 'eligible'],
    ['gives an eligible plan without a name', wrong('eligible', ['seer', '']), 'eligible'],
    ['gives a number as its name', wrong('policy', 5), 'policy'],
    ['gives an object as its reason', wrong('reason', {}), 'reason'],
    ['gives no reason', wrong('reason', undefined), 'reason'],
    ['returns nothing', () => undefined as unknown as Decision, 'plan'],
    ['returns a promise', (async () => forcedDecision(['seer'], 'mine')) as unknown as Policy['decide'], 'plan'],
  ];
  const accepted: Readonly<Record<keyof Decision, string>> = {
    plan: 'an eligible plan of the feature',
    propensity: 'a number above 0, up to 1',
    eligible: 'the keys of all eligible plans',
    policy: 'text',
    reason: 'text',
  };
  test.each(failing)(
    'the fault of a policy that %s names the policy, the field, the feature and what is accepted',
    (_, decide, field) => {
      const { faults } = decided(own(decide));
      expect(faults).toEqual([expect.objectContaining({ code: 'invalid-value', path: 'features["work"].policy' })]);
      const { message } = faults[0] as RouterError;
      expect(message).toContain(`"own" returned no possible ${field} in its decision for "work"`);
      expect(message).toContain(accepted[field]);
    },
  );

  const throwing = (): Decision => {
    throw new Error('broken');
  };
  test.each<[string, Policy['decide']]>([
    ['throws', throwing],
    ...failing.map(([what, decide]): [string, Policy['decide']] => [what, decide]),
  ])('a policy that %s breaks no call: the first eligible plan is used and the fault is reported', (_, decide) => {
    const { decision, faults } = decided(own(decide));
    expect(decision).toMatchObject({ plan: ['seer'], propensity: 1, eligible: ['seer'], policy: 'fault' });
    expect(decision.reason).toContain('"own" failed');
    expect(faults).toHaveLength(1);
  });
});

test('a list that contains the key of a plan is not accepted as that plan', () => {
  const decision = { ...forcedDecision(['seer>opus'], 'mine'), eligible: ['seer>opus'] };
  const config = resolvedFeature({ policy: own(() => decision) });
  const view = { plans: [['seer', 'opus']], eligible: planSetOf([0]) } as unknown as FeatureView;
  const faults: unknown[] = [];
  policyDecision(config, view, { random: seededRandom('key'), faulted: error => void faults.push(error) });
  expect(faults).toHaveLength(1);
});

test('a RouterError of the policy is thrown to the caller: the application has to fix its configuration', () => {
  const misconfigured = new RouterError('invalid-config', 'no such plan');
  const failing = own(() => {
    throw misconfigured;
  });
  expect(() => decided(failing)).toThrow(misconfigured);
});
