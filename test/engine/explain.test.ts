import { describe, expect, test } from 'vitest';
import { resolveConfig } from '../../src/config/resolve.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { explainFeature, explainView, learnedFrom } from '../../src/engine/explain.ts';
import { systemRuntime } from '../../src/engine/runtime.ts';
import { seededRandom } from '../../src/core/random.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { thompson } from '../../src/policies/thompson.ts';
import { memory } from '../../src/stores/memory.ts';
import { cellsOf, FAILURE, many, SUCCESS } from '../core/cells.ts';
import { AT_MS } from '../core/intents.ts';

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

describe('a view', () => {
  test('its shares are those that the policy decides with', () => {
    const view = { ...viewOf(), failureCostUsd: 0.03 };
    const policy = thompson();
    const random = seededRandom(7);
    const draws = Array.from({ length: 4_000 }, () => policy.decide(view, random));
    const shares = explainView(view, { policy, segment: '' }).plans.map(plan => plan.share);
    expect(draws.every(each => each.propensity === shares[each.plan[0] === 'mini' ? 0 : 1])).toBe(true);
    const mini = draws.filter(each => each.plan[0] === 'mini').length / draws.length;
    expect(Math.abs(mini - (shares[0] ?? 0))).toBeLessThan(0.04);
  });

  test('looking changes nothing: a seeded run goes on as if nobody had looked', () => {
    const decide = (look: boolean): readonly string[] => {
      const view = { ...viewOf(), failureCostUsd: 0.03 };
      const policy = thompson();
      const random = seededRandom(7);
      return Array.from({ length: 50 }, () => {
        if (look) explainView(view, { policy, segment: '' });
        return policy.decide(view, random).plan.join();
      });
    };
    expect(decide(true)).toEqual(decide(false));
  });

  test('a plan below the least success rate is closed, with the reason', () => {
    const { plans } = explainView(viewOf(), { policy: thompson(), segment: '', minSuccessRate: 0.9 });
    expect(plans.map(plan => [plan.eligible, plan.masks])).toEqual([
      [false, ['its success rate is hardly 90.0 %, the least that is allowed']],
      [true, []],
    ]);
  });

  test('masks never close the last plan', () => {
    const masks = [{ closed: 0b11, reason: 'everything is down' }];
    expect(explainView(viewOf(), { policy: thompson(), segment: '', masks }).plans.map(plan => plan.eligible)).toEqual([
      true,
      true,
    ]);
  });

  test('a fixed policy gives its plan everything', () => {
    const { plans, policy } = explainView(viewOf(), { policy: fixed('mini'), segment: '' });
    expect([policy, ...plans.map(plan => plan.share)]).toEqual(['fixed', 1, 0]);
  });
});

describe('a running router', () => {
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  const engine = createEngine({
    config: resolveConfig(
      {
        models: {
          mini: { provider: 'openai', model: 'a', price },
          premium: { provider: 'openai', model: 'b', price },
        },
        features: { f: { candidates: ['mini', 'premium'], failureCostUsd: 15 } },
      },
      { policy: thompson() },
    ),
    runtime: systemRuntime(1),
    store: memory(),
    observers: [],
    hooks: {},
  });

  test('explains a feature before its first intent, from the priors', async () => {
    const told = await explainFeature(engine, 'f');
    expect(told.plans.map(plan => plan.plan)).toEqual(['mini', 'premium']);
    expect(told.plans.reduce((sum, plan) => sum + (plan.share ?? 0), 0)).toBeCloseTo(1, 12);
    expect(told.plans[0]?.success).toMatchObject({ value: 0.5 });
  });

  test('says that a failing provider is passed over', async () => {
    for (let i = 0; i < 5; i++) engine.breaker.failed('openai/a', engine.runtime.nowMs());
    const { plans } = await explainFeature(engine, 'f');
    expect(plans[0]).toMatchObject({
      eligible: false,
      share: 0,
      reason: 'its provider is failing; the circuit is open',
    });
  });

  test('refuses a feature that is not configured', async () => {
    await expect(explainFeature(engine, 'nope')).rejects.toMatchObject({ code: 'unknown-feature' });
  });
});
