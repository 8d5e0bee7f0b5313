import { describe, expect, test } from 'vitest';
import type { Policy } from '../../src/contracts/policy.ts';
import { contextual } from '../../src/policies/contextual.ts';
import { epsilonGreedy } from '../../src/policies/epsilon-greedy.ts';
import { exploreThenCommit } from '../../src/policies/explore-then-commit.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { randomMix } from '../../src/policies/random-mix.ts';
import { thompson } from '../../src/policies/thompson.ts';
import { trackAndStop } from '../../src/policies/track-and-stop.ts';
import { weightedRule } from '../../src/policies/weighted-rule.ts';
import { refusal } from '../support/refusal.ts';

/** A policy made in JavaScript: its options are not type-checked. */
type Loose = (options: object) => Policy;

describe('unknown options', () => {
  test.each<[string, Loose, object, string]>([
    ['thompson', thompson, { flor: 'none' }, 'floor'],
    ['contextual', contextual, { Floor: 'none' }, 'floor'],
    ['epsilonGreedy', epsilonGreedy, { epsilom: 0.1 }, 'epsilon'],
    ['weightedRule', weightedRule, { qualitiy: 0.1 }, 'quality'],
    ['exploreThenCommit', exploreThenCommit, { outcome: 10 }, 'outcomes'],
  ])('%s refuses a misspelt option and suggests the right one', (name, make, options, meant) => {
    const [given = ''] = Object.keys(options);
    const error = refusal(() => make(options));
    expect(error).toMatchObject({ code: 'invalid-value', path: `${name}.${given}` });
    expect(error.message).toContain(`did you mean "${meant}"?`);
  });
});

describe('values out of range', () => {
  test.each<[string, () => Policy, string, RegExp]>([
    ['thompson.floor', () => thompson({ floor: 'cost_aware' as 'none' }), '"cost_aware" is not accepted', /cost-aware/],
    ['thompson.floor', () => thompson({ floor: 'cost_aware' as 'none' }), 'did you mean "cost-aware"?', /evaluation/],
    ['thompson.floor', () => thompson({ floor: true as never }), 'true is not accepted', /cost-aware/],
    ['epsilonGreedy.epsilon', () => epsilonGreedy({ epsilon: '0.1' as never }), '"0.1" is not accepted', /from 0 to 1/],
    ['randomMix["mini"]', () => randomMix({ mini: '3' as never }), '"3" is not accepted', /above 0/],
    ['epsilonGreedy.epsilon', () => epsilonGreedy({ epsilon: -0.1 }), '-0.1 is not accepted', /from 0 to 1/],
    ['epsilonGreedy.epsilon', () => epsilonGreedy({ epsilon: Number.NaN }), 'NaN is not accepted', /from 0 to 1/],
    ['weightedRule.quality', () => weightedRule({ quality: 1.1 }), '1.1 is not accepted', /from 0 to 1/],
    ['exploreThenCommit.outcomes', () => exploreThenCommit({ outcomes: 0 }), '0 is not accepted', /1 or more/],
    ['exploreThenCommit.outcomes', () => exploreThenCommit({ outcomes: 1.5 }), '1.5 is not accepted', /integer/],
    ['randomMix["mini"]', () => randomMix({ mini: 0 }), '0 is not accepted', /above 0/],
    ['randomMix["mini"]', () => randomMix({ mini: Number.POSITIVE_INFINITY }), 'Infinity is not accepted', /above 0/],
  ])(
    'an error names %s as the path of a wrong value and says which values it accepts',
    (path, make, says, accepted) => {
      const error = refusal(make);
      expect(error).toMatchObject({ code: 'invalid-value', path });
      expect(error.message).toContain(says);
      expect(error.message).toMatch(accepted);
    },
  );

  test('the smallest and the largest value are accepted, and so is an option that is undefined', () => {
    expect(epsilonGreedy({ epsilon: 0 }).name).toBe('epsilon-greedy');
    expect(epsilonGreedy({ epsilon: 1 }).name).toBe('epsilon-greedy');
    expect(weightedRule({ quality: 0, epsilon: 1 }).name).toBe('weighted-rule');
    expect(exploreThenCommit({ outcomes: 1 }).name).toBe('commit-after-1');
    expect((epsilonGreedy as Loose)({ epsilon: undefined }).name).toBe('epsilon-greedy');
  });
});

describe('the plan that a policy names', () => {
  const feature = { feature: 'support', plans: [['mini'], ['mini', 'premium'], ['premium']], path: 'policy' };

  test.each<[string, () => Policy, string]>([
    ['fixed', () => fixed('premum'), 'premum'],
    ['fixed to a climb', () => fixed(['premium', 'mini']), 'premium>mini'],
    ['randomMix', () => randomMix({ mini: 2, premum: 3 }), 'premum'],
  ])('%s refuses a feature that does not have its plan', (_, make, plan) => {
    expect(refusal(() => make().check?.(feature))).toMatchObject({
      code: 'invalid-config',
      path: 'policy',
      accepted: ['mini', 'mini>premium', 'premium'],
      message: expect.stringContaining(`"support" has no plan "${plan}"`),
    });
  });

  test.each([
    ['fixed', () => fixed('premium')],
    ['fixed to a climb', () => fixed(['mini', 'premium'])],
    ['randomMix', () => randomMix({ 'mini>premium': 2 })],
  ])('%s accepts a plan of the feature', (_, make) => {
    const policy = make();
    expect(policy.check).toBeDefined();
    expect(() => policy.check?.(feature)).not.toThrow();
  });
});

test.each<[string, () => unknown, string]>([
  ['epsilonGreedy(0.1)', () => epsilonGreedy(0.1 as never), 'epsilonGreedy'],
  ['exploreThenCommit(100)', () => exploreThenCommit(100 as never), 'exploreThenCommit'],
  ['weightedRule(null)', () => weightedRule(null as never), 'weightedRule'],
  ['thompson(null)', () => thompson(null as never), 'thompson'],
  ['randomMix(3)', () => randomMix(3 as never), 'randomMix'],
  ['randomMix(null)', () => randomMix(null as never), 'randomMix'],
  ['trackAndStop({ x: 1 })', () => trackAndStop({ x: 1 } as never), 'trackAndStop.x'],
  ['fixed([])', () => fixed([] as never), 'fixed'],
  ["fixed('')", () => fixed(''), 'fixed'],
  ['fixed()', () => fixed(undefined as never), 'fixed'],
  ['fixed(5)', () => fixed(5 as never), 'fixed'],
])('%s is refused where it is called', (_, make, path) => {
  const { code, path: found, accepted } = refusal(make);
  expect([code, found]).toEqual(['invalid-value', path]);
  expect(accepted).toBeDefined();
});
