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
  const failing: readonly [string, Policy['decide']][] = [
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['chooses a plan that is not one of the feature’s', () => forcedDecision(['gpt-7'], 'mine')],
    ['chooses a plan that names a model twice', () => forcedDecision(['mini', 'mini'], 'mine')],
    ['chooses a plan that is not eligible', () => forcedDecision(['mini'], 'mine')],
    ['gives no eligible plans', () => ({ ...forcedDecision(['seer'], 'mine'), eligible: undefined as never })],
    ['gives no plan', () => ({ ...forcedDecision(['seer'], 'mine'), plan: undefined as never })],
    ['gives the plan as a key', () => ({ ...forcedDecision(['seer'], 'mine'), plan: 'seer' as never })],
    ['gives the propensity NaN', view => ({ ...forcedDecision(view.plans[1] ?? [], 'mine'), propensity: Number.NaN })],
    ['gives a propensity of 0', view => ({ ...forcedDecision(view.plans[1] ?? [], 'mine'), propensity: 0 })],
    ['gives a propensity above 1', view => ({ ...forcedDecision(view.plans[1] ?? [], 'mine'), propensity: 1.01 })],
    ['returns nothing', () => undefined as unknown as Decision],
    ['returns a promise', (async () => forcedDecision(['seer'], 'mine')) as unknown as Policy['decide']],
  ];
  test.each(failing.slice(1))(
    'the fault of a policy that %s names it, the feature and what a decision needs',
    (_, decide) => {
      expect(decided(own(decide)).faults).toEqual([
        expect.objectContaining({
          code: 'invalid-value',
          path: 'features["work"].policy',
          message: expect.stringMatching(
            /"own" returned no possible decision for "work".*an eligible plan of the feature, its propensity/,
          ),
        }),
      ]);
    },
  );

  test.each(failing)(
    'a policy that %s breaks no call: the first eligible plan is used and the fault is reported',
    (_, decide) => {
      const { decision, faults } = decided(own(decide));
      expect(decision).toMatchObject({ plan: ['seer'], propensity: 1, eligible: ['seer'], policy: 'fault' });
      expect(decision.reason).toContain('"own" failed');
      expect(faults).toHaveLength(1);
    },
  );
});

test('a RouterError of the policy is thrown to the caller: the application has to fix its configuration', () => {
  const misconfigured = new RouterError('invalid-config', 'no such plan');
  const failing = own(() => {
    throw misconfigured;
  });
  expect(() => decided(failing)).toThrow(misconfigured);
});
