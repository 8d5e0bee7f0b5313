import { describe, expect, test } from 'vitest';
import { planKey } from '../../src/core/ledger/vocabulary.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { epsilonGreedy } from '../../src/policies/epsilon-greedy.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { withHoldout } from '../../src/policies/holdout.ts';
import { randomMix } from '../../src/policies/random-mix.ts';
import { thompson } from '../../src/policies/thompson.ts';
import { refusal } from '../support/refusal.ts';
import { viewOf } from './views.ts';

const HELD_OUT = 'held out as a baseline';
const DRAWS = 20_000;

describe('the propensity with a holdout', () => {
  test.each([
    ['always another plan', fixed('mini'), 0.1],
    ['always the baseline', fixed('premium'), 0.1],
    ['sometimes the baseline', thompson(), 0.3],
    ['seldom the baseline', epsilonGreedy({ epsilon: 0.1 }), 0.02],
    ['any eligible plan', randomMix({ premium: 3 }), 0.5],
  ])(
    'every decision records the exact frequency of its plan, held out or not, where the policy chooses %s',
    (_, own, fraction) => {
      const policy = withHoldout(own, { model: 'premium', fraction });
      const { view } = viewOf(['mini', 'mid', 'premium'], { eligible: 0b101 });
      const random = seededRandom('holdout');
      // The first decision that is drawn makes the table that later decisions draw from.
      while (policy.decide(view, random).reason === HELD_OUT);
      const shares = policy.allocation?.(view, random).shares ?? [];
      expect(Array.from(shares).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);

      const decisions = Array.from({ length: DRAWS }, () => policy.decide(view, random));
      view.plans.forEach((plan, k) => {
        const share = shares[k] ?? Number.NaN;
        const made = decisions.filter(decision => planKey(decision.plan) === planKey(plan));
        for (const { propensity } of made) expect(propensity).toBeCloseTo(share, 12);
        expect(made.length > 0).toBe(share > 0);
        // Five standard errors of a frequency.
        expect(Math.abs(made.length / DRAWS - share)).toBeLessThanOrEqual(5 * Math.sqrt((share * (1 - share)) / DRAWS));
      });
      const held = decisions.filter(({ reason }) => reason === HELD_OUT);
      expect(Math.abs(held.length / DRAWS - fraction)).toBeLessThan(5 * Math.sqrt((fraction * (1 - fraction)) / DRAWS));
      for (const decision of held) expect(decision).toMatchObject({ plan: ['premium'], eligible: ['mini', 'premium'] });
    },
  );
});

test('there is no holdout while the baseline is not eligible or is not a plan of the feature', () => {
  const { view } = viewOf(['mini', 'premium']);
  for (const [model, eligible] of [
    ['premium', 0b01],
    ['huge', 0b11],
  ] as const) {
    const policy = withHoldout(fixed('mini'), { model, fraction: 0.5 });
    const random = seededRandom(1);
    for (let i = 0; i < 20; i++)
      expect(policy.decide({ ...view, eligible }, random)).toMatchObject({ plan: ['mini'], propensity: 1 });
    expect(policy.allocation?.({ ...view, eligible }, random).shares).toEqual([1, 0]);
  }
});

test('floors apply to the intents that are not held out, and the floor of the baseline also includes its fraction', () => {
  const { view } = viewOf(['mini', 'premium']);
  const own = thompson({ floor: 'evaluation' });
  const random = seededRandom(1);
  const { floors } = withHoldout(own, { model: 'premium', fraction: 0.1 }).allocation?.(view, random) ?? {};
  const alone = Array.from(own.allocation?.(view, seededRandom(1)).floors ?? []);
  expect(Math.max(...alone)).toBe(0.02);
  const premium = view.plans.findIndex(plan => planKey(plan) === 'premium');
  expect(Array.from(floors ?? [])).toEqual(alone.map((floor, k) => (k === premium ? 0.1 : 0) + (1 - 0.1) * floor));
});

test('the first plan can be the baseline, a fraction of 0 holds out no intent, and 1 holds out every intent', () => {
  const { view } = viewOf(['mini', 'premium']);
  for (const draw of [0, 0.999]) {
    const random = { next: () => draw };
    for (const [fraction, plan] of [
      [0, 'premium'],
      [1, 'mini'],
    ] as const) {
      const policy = withHoldout(fixed('premium'), { model: 'mini', fraction });
      expect(policy.decide(view, random)).toMatchObject({ plan: [plan], propensity: 1 });
      expect(policy.allocation?.(view, random).shares).toEqual([fraction, 1 - fraction]);
    }
  }
});

test('a holdout refuses a policy without `allocation`', () => {
  const silent = { name: 'silent', decide: fixed('mini').decide };
  expect(refusal(() => withHoldout(silent, { model: 'premium', fraction: 0.1 }))).toMatchObject({
    code: 'invalid-config',
    path: 'holdout',
    accepted: expect.stringContaining('thompson()') as string,
  });
});
