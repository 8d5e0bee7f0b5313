import { describe, expect, test } from 'vitest';
import { resolveConfig } from '../../src/config/resolve.ts';
import type { FeatureConfig } from '../../src/config/application.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { explainFeature, explainView } from '../../src/analysis/explain.ts';
import { learnedFrom } from '../../src/analysis/ledger-facts.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { thompson } from '../../src/policies/thompson.ts';
import { createRouter } from '../../src/router.ts';
import { memory } from '../../src/stores/memory.ts';
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

  test('a closed plan has no share, and says why', () => {
    const exclusions = [{ plans: 0b01, reason: 'too slow' }];
    const { plans } = explainView(viewOf(), { policy: thompson(), segment: '', exclusions });
    expect(plans.map(plan => [plan.eligible, plan.share, plan.exclusionReasons])).toEqual([
      [false, 0, ['too slow']],
      [true, 1, []],
    ]);
  });

  test('the last plan is never closed', () => {
    const exclusions = [{ plans: 0b11, reason: 'everything is down' }];
    const { plans } = explainView(viewOf(), { policy: thompson(), segment: '', exclusions });
    expect(plans.map(plan => plan.eligible)).toEqual([true, true]);
  });

  test('a fixed policy gives its plan everything', () => {
    const { plans, policy } = explainView(viewOf(), { policy: fixed('mini'), segment: '' });
    expect([policy, ...plans.map(plan => plan.share)]).toEqual(['fixed', 1, 0]);
  });
});

describe('a running router', () => {
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  const make = (feature: Partial<FeatureConfig> = {}) =>
    createEngine({
      config: resolveConfig(
        {
          models: {
            mini: { provider: 'openai', model: 'a', price },
            premium: { provider: 'openai', model: 'b', price },
          },
          features: { f: { candidates: ['mini', 'premium'], failureCostUsd: 15, ...feature } },
        },
        { policy: thompson() },
      ),
      runtime: systemRuntime(1),
      store: memory(),
      observers: [],
      hooks: {},
    });
  /** The same traffic, with the versions that this engine's prices make. */
  const learn = (engine: Engine): void => {
    const state = engine.feature('f');
    const version = (at: string): string => state.versions()[at] ?? '';
    state.replace(cells.map(({ key, sums }) => ({ key: { ...key, version: version(key.subject) }, sums })));
  };

  test('explains a feature before its first intent, from the priors', async () => {
    const told = await explainFeature(make(), 'f');
    expect(told.plans.map(plan => plan.plan)).toEqual(['mini', 'premium']);
    expect(told.plans.reduce((sum, plan) => sum + (plan.share ?? 0), 0)).toBeCloseTo(1, 12);
    expect(told.plans[0]?.success).toMatchObject({ value: 0.5 });
    expect(told.notes).toEqual([]);
  });

  test('says that a failing provider is passed over, and a model that is switched off', async () => {
    const engine = make();
    for (let i = 0; i < 5; i++) engine.breaker.failed('openai/a', engine.runtime.nowMs());
    const reason = 'its provider is failing, the circuit is open';
    expect((await explainFeature(engine, 'f')).plans[0]).toMatchObject({ eligible: false, share: 0, reason });
    const other = make();
    other.disabled.add('premium');
    expect((await explainFeature(other, 'f')).plans[1]?.reason).toBe('switched off by an operator');
  });

  test('says that a plan hardly keeps the least success rate', async () => {
    const engine = make({ minSuccessRate: 0.9 });
    await engine.feed.ready('f');
    learn(engine);
    const { plans } = await explainFeature(engine, 'f');
    expect(plans[0]?.reason).toBe('its success rate is very probably below the minimum, 90.0 %');
  });

  test('says what an operator has pinned, and what is held out', async () => {
    const engine = make({ holdout: { model: 'premium', fraction: 0.05 } });
    engine.feature('f').pin(['mini']);
    const { notes } = await explainFeature(engine, 'f');
    expect(notes).toEqual([
      'An operator has pinned mini: it gets every intent.',
      '5.0 % of the intents go to premium whatever the policy says, as a baseline.',
    ]);
  });

  test('says that a spent budget refuses new intents', async () => {
    const router = createRouter({
      models: { mini: { provider: 'other', model: 'a', price } },
      features: {
        f: { candidates: ['mini'], failureCostUsd: 1, budget: { usd: 0.01, per: 'day', onLimit: 'refuse' } },
      },
    });
    await router.run('f', async () => ({ value: 1, costUsd: 0.25 }));
    expect((await router.explain('f')).notes[0]).toMatch(
      /^New intents are refused: .*the budget of \$0\.01 per day is spent/,
    );
    await router.close();
  });

  test('refuses a feature that is not configured', async () => {
    await expect(explainFeature(make(), 'nope')).rejects.toMatchObject({ code: 'unknown-feature' });
  });
});
