import { describe, expect, test } from 'vitest';
import { applyExclusions, explainView } from '../../src/analysis/explain.ts';
import { learnedFrom } from '../../src/analysis/ledger-facts.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { thompson } from '../../src/policies/thompson.ts';
import { cellsOf, FAILURE, many, SUCCESS } from '../core/support/cells.ts';
import { AT_MS } from '../core/support/intents.ts';

const cells = cellsOf(
  many(70, { evidence: [SUCCESS] }),
  many(30, { evidence: [FAILURE] }),
  many(95, { plan: ['premium'], evidence: [SUCCESS] }),
  many(5, { plan: ['premium'], evidence: [FAILURE] }),
);

const facts = { plans: ['mini', 'premium'], failureCostUsd: 15, policy: 'thompson', versions: {} };

function viewOf() {
  return {
    feature: 'f',
    plans: [['mini'], ['premium']],
    eligible: 0b11,
    failureCostUsd: 15,
    objective: 'cost-per-intent',
    learned: learnedFrom('f', cells, facts).segment(''),
    nowMs: AT_MS,
  } as const;
}

describe('explainView', () => {
  test('an explanation shows the shares that the policy decides with', () => {
    const view = { ...viewOf(), failureCostUsd: 0.03 };
    const policy = thompson();
    const random = seededRandom(7);
    const draws = Array.from({ length: 4_000 }, () => policy.decide(view, random));
    const shares = explainView(view, { policy, segment: '' }).plans.map(plan => plan.share);
    expect(draws.every(each => each.propensity === shares[each.plan[0] === 'mini' ? 0 : 1])).toBe(true);
    const mini = draws.filter(each => each.plan[0] === 'mini').length / draws.length;
    expect(Math.abs(mini - (shares[0] ?? 0))).toBeLessThan(0.04);
  });

  test('an explanation does not change the decisions of a seeded run', () => {
    const decide = (isExplained: boolean): readonly string[] => {
      const view = { ...viewOf(), failureCostUsd: 0.03 };
      const policy = thompson();
      const random = seededRandom(7);
      return Array.from({ length: 50 }, () => {
        if (isExplained) explainView(view, { policy, segment: '' });
        return policy.decide(view, random).plan.join();
      });
    };
    expect(decide(true)).toEqual(decide(false));
  });

  test('an excluded plan has no share, and the explanation gives the reason', () => {
    const exclusions = [{ plans: 0b01, reason: 'too slow' }];
    const { plans } = explainView(viewOf(), { policy: thompson(), segment: '', exclusions });
    expect(plans.map(plan => [plan.eligible, plan.share, plan.exclusionReasons])).toEqual([
      [false, 0, ['too slow']],
      [true, 1, []],
    ]);
  });

  test('an exclusion of every plan is skipped, because an outage must not refuse a call', () => {
    const exclusions = [{ plans: 0b11, reason: 'everything is down' }];
    const { plans } = explainView(viewOf(), { policy: thompson(), segment: '', exclusions });
    expect(plans.map(plan => plan.eligible)).toEqual([true, true]);
  });

  test('a fixed policy gives its plan a share of 1', () => {
    const { plans, policy } = explainView(viewOf(), { policy: fixed('mini'), segment: '' });
    expect([policy, ...plans.map(plan => plan.share)]).toEqual(['fixed', 1, 0]);
  });

  test('exclusions are applied in order, and each that would exclude the last plans is skipped', () => {
    const reason = '';
    expect(
      applyExclusions(0b111, [
        { plans: 0b001, reason },
        { plans: 0b010, reason },
      ]),
    ).toBe(0b100);
    expect(
      applyExclusions(0b111, [
        { plans: 0b011, reason },
        { plans: 0b100, reason },
      ]),
    ).toBe(0b100);
    expect(
      applyExclusions(0b111, [
        { plans: 0b111, reason },
        { plans: 0b100, reason },
      ]),
    ).toBe(0b011);
  });

  test('the explanation gives every reason why a plan is excluded', () => {
    const exclusions = [
      { plans: 0b01, reason: 'too slow' },
      { plans: 0b01, reason: 'switched off by an operator' },
    ];
    const { plans } = explainView(viewOf(), { policy: thompson(), segment: '', exclusions });
    expect(plans[0]?.exclusionReasons).toEqual(['too slow', 'switched off by an operator']);
  });
});
