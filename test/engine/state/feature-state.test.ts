import { describe, expect, test } from 'vitest';
import type { FeatureConfig } from '../../../src/config/application.ts';
import type { ResolvedModel } from '../../../src/config/resolved.ts';
import type { FeatureView, Policy } from '../../../src/contracts/policy.ts';
import { BUCKET_MS } from '../../../src/core/cells/cell.ts';
import { planIndexes } from '../../../src/core/ledger/plan-set.ts';
import type { Decision } from '../../../src/core/ledger/vocabulary.ts';
import { circuitBreaker, circuitsOf } from '../../../src/engine/rails/circuit-breaker.ts';
import type { RequestRequirements } from '../../../src/engine/state/capable-models.ts';
import type { FeatureState } from '../../../src/engine/state/feature-state.ts';
import { featureState } from '../../../src/engine/state/feature-state.ts';
import { forcedDecision } from '../../../src/engine/state/policy-decision.ts';
import { RouterError } from '../../../src/errors.ts';
import { fixed } from '../../../src/policies/fixed.ts';
import { sheetOfRates } from '../../../src/prices/configured-price.ts';
import { schedulePrice } from '../../../src/prices/schedule.ts';
import { cellsOf, FAILURE, many } from '../../core/support/cells.ts';
import { AT_MS } from '../../core/support/intents.ts';
import { testRuntime } from '../../../src/testing/test-runtime.ts';
import type { Names } from './resolved.ts';
import { resolvedFeature } from './resolved.ts';

function stateOf(feature: Partial<FeatureConfig<Names>> = {}, startMs = AT_MS) {
  const runtime = testRuntime({ startMs });
  const breaker = circuitBreaker({ faults: 1 });
  const disabled = new Set<string>();
  const views: FeatureView[] = [];
  /** Chooses the last eligible plan, and keeps the views that it got. */
  const policy: Policy = {
    name: 'last',
    decide(view) {
      views.push(view);
      return forcedDecision(view.plans[planIndexes(view.eligible).at(-1) ?? -1] ?? [], 'last eligible');
    },
  };
  const state = featureState(resolvedFeature({ policy, ...feature }), {
    runtime,
    breaker,
    disabled,
    budgets: [],
    faulted: () => {},
  });
  const fail = (...models: readonly Names[]): void => {
    for (const model of models) breaker.failed(state.models.get(model)?.endpoint ?? '', runtime.elapsedMs());
  };
  return { state, runtime, breaker, disabled, views, fail };
}

const openai: RequestRequirements = { provider: 'openai', capabilities: () => new Set() };
const anthropic: RequestRequirements = { ...openai, provider: 'anthropic' };
const withImages: RequestRequirements = { provider: 'openai', capabilities: () => new Set(['images' as const]) };

const decide = (state: FeatureState, requirements: RequestRequirements = openai): Decision =>
  state.decide(requirements, '', { failureCostNanoUsd: 15_000_000_000 });

/** Plans that the policy was offered, as keys. */
const offered = ({ state, views }: ReturnType<typeof stateOf>, requirements = openai): readonly string[] => {
  decide(state, requirements);
  const { eligible = 0, plans = [] } = views.at(-1) ?? {};
  return planIndexes(eligible).map(index => (plans[index] ?? []).join('>'));
};

describe('eligible plans', () => {
  test('only plans whose models can all serve the request are offered to the policy', () => {
    const cascades = stateOf({ validate: () => true });
    expect(offered(cascades)).toEqual(['mini', 'mini>seer', 'seer']);
    expect(offered(cascades, withImages)).toEqual(['seer']);
    expect(offered(cascades, anthropic)).toEqual(['opus']);
    expect(cascades.state.capableModels(openai)).toEqual(['mini', 'seer']);
  });

  test('a plan whose first model has an open circuit is not offered until the model has answered again', () => {
    const cascades = stateOf({ validate: () => true });
    cascades.fail('mini');
    expect(offered(cascades)).toEqual(['seer']);
    cascades.breaker.succeeded(circuitsOf(cascades.state.models.get('mini') as ResolvedModel));
    expect(offered(cascades)).toEqual(['mini', 'mini>seer', 'seer']);
  });

  test('a plan with an open circuit at a later model is offered: the climb may never be needed', () => {
    const cascades = stateOf({ validate: () => true });
    cascades.fail('seer');
    expect(offered(cascades)).toEqual(['mini', 'mini>seer']);
  });

  test('when every circuit is open, all capable plans are offered: an outage never refuses a call', () => {
    const down = stateOf();
    down.fail('mini', 'seer', 'opus');
    expect(offered(down)).toEqual(['mini', 'seer']);
    expect(offered(down, withImages)).toEqual(['seer']);
  });

  test('`decide` throws an error that names the cause when no candidate can serve the request', () => {
    const { state, disabled } = stateOf({ candidates: ['mini', 'seer'] });
    const refusal = (requirements: RequestRequirements): unknown => {
      try {
        return decide(state, requirements);
      } catch (error) {
        return RouterError.isInstance(error) && [error.code, error.path];
      }
    };
    expect(refusal(anthropic)).toEqual(['wrong-provider', 'features["work"].candidates']);
    disabled.add('seer');
    expect(refusal(withImages)).toEqual(['no-eligible-candidate', 'features["work"].candidates']);
  });
});

test('the policy sees the intent’s failure cost in USD, the objective and the time of the decision', () => {
  const { state, views, runtime } = stateOf();
  runtime.advance(5_000);
  state.decide(openai, '', { failureCostNanoUsd: 2_500_000_000 });
  expect(views).toMatchObject([
    { feature: 'work', failureCostUsd: 2.5, objective: state.config.objective, nowMs: AT_MS + 5_000 },
  ]);
  expect(views[0]).not.toHaveProperty('costMultiplier');
});

describe('an operator’s pin', () => {
  test('a pinned plan is used for every request that its models can serve', () => {
    const { state } = stateOf();
    state.pin(['mini']);
    expect(state.pinned).toEqual(['mini']);
    expect(decide(state)).toMatchObject({ plan: ['mini'], propensity: 1, policy: 'forced' });
    expect(decide(state, anthropic).plan).toEqual(['opus']);
    expect(decide(state, withImages).plan).toEqual(['seer']);
  });

  test('a pinned plan is used even while the circuit of its model is open', () => {
    const { state, fail } = stateOf();
    state.pin(['mini']);
    fail('mini');
    expect(decide(state).plan).toEqual(['mini']);
  });

  test('a pinned plan is not used when one of its models cannot serve the request', () => {
    const { state } = stateOf();
    state.pin(['opus']);
    expect(decide(state).plan).toEqual(['seer']);
  });

  test('after a pin is lifted, the policy decides', () => {
    const { state } = stateOf();
    state.pin(['mini']);
    state.pin(undefined);
    expect(state.pinned).toBeUndefined();
    expect(decide(state)).toMatchObject({ plan: ['seer'], reason: 'last eligible' });
  });

  test.each([
    [['gpt-7'], 'unknown-model', 'pin[0]'],
    [['mini', 'gpt-7'], 'unknown-model', 'pin[1]'],
    [[null], 'unknown-model', 'pin[0]'],
    [['mini', 'mini'], 'invalid-value', 'pin'],
    [['opus', 'mini'], 'invalid-value', 'pin'],
    [['mini', 'opus'], 'invalid-value', 'pin'],
    [[], 'invalid-value', 'pin'],
    [null, 'invalid-value', 'pin'],
  ])('a pin of %j is refused with its path, and the earlier pin stays', (plan, code, path) => {
    const { state } = stateOf();
    state.pin(['opus']);
    const models = ['mini', 'seer', 'opus'];
    const accepted = plan === null ? [...models, 'undefined, which lifts the pin'] : models;
    expect(() => state.pin(plan as never)).toThrow(expect.objectContaining({ code, path, accepted }));
    expect(state.pinned).toEqual(['opus']);
  });
});

describe('a feature that is only observed', () => {
  const observe = { mode: 'observe', ownModel: 'seer' } as const;

  test('the own model of an observed feature answers every intent with probability 1, and the reason names what the policy would have chosen', () => {
    const { state } = stateOf({ ...observe, policy: fixed('mini') });
    expect(decide(state)).toEqual({
      plan: ['seer'],
      propensity: 1,
      eligible: ['mini', 'seer'],
      policy: 'observe',
      reason: 'observed; fixed would have chosen mini',
    });
    expect(state.capableModels(openai)).toEqual(['seer']);
  });

  test('neither an outage nor a quality floor takes an intent from the feature’s own model', () => {
    const { state, fail } = stateOf({ ...observe, policy: fixed('mini'), minSuccessRate: 0.99 });
    state.apply(cellsOf(many(400, { plan: ['seer'], evidence: [FAILURE] })));
    fail('seer');
    expect(decide(state)).toMatchObject({ plan: ['seer'], propensity: 1, policy: 'observe' });
  });

  test('a request that its own model seems unable to take still goes there, as it would without the router', () => {
    const { state } = stateOf(observe);
    const long = { ...openai, unable: (model: ResolvedModel) => model.name === 'seer' };
    expect(decide(state, long)).toMatchObject({ plan: ['seer'], propensity: 1 });
    expect(state.capableModels(long)).toEqual(['seer']);
  });

  test('an operator who pins a plan or switches its own model off takes precedence', () => {
    const { state, disabled } = stateOf(observe);
    state.pin(['mini']);
    expect(decide(state)).toMatchObject({ plan: ['mini'], policy: 'forced' });
    expect(state.capableModels(openai)).toEqual(['mini', 'seer']);
    state.pin(undefined);
    disabled.add('seer');
    expect(decide(state)).toMatchObject({ plan: ['mini'] });
  });
});

describe('a holdout that an operator has set', () => {
  const decisions = (state: FeatureState) => Array.from({ length: 400 }, () => decide(state));

  test('a holdout that an operator has set sends its fraction of the intents to its model, with exact propensities, in place of the configured holdout', () => {
    const { state } = stateOf({ policy: fixed('mini'), holdout: { model: 'opus', fraction: 1 } });
    state.holdOut({ model: 'seer', fraction: 0.25 });
    expect(state.config.holdout).toEqual({ model: 'seer', fraction: 0.25 });
    const made = decisions(state).map(({ plan, propensity }) => `${plan.join()} ${propensity}`);
    expect(new Set(made)).toEqual(new Set(['mini 0.75', 'seer 0.25']));
    const held = made.filter(each => each === 'seer 0.25').length;
    // Five standard errors.
    expect(Math.abs(held - 100)).toBeLessThan(5 * Math.sqrt(400 * 0.25 * 0.75));
  });

  test('a fraction of 0 disables the configured holdout, and lifting the override restores it', () => {
    const { state } = stateOf({ policy: fixed('mini'), holdout: { model: 'seer', fraction: 1 } });
    state.holdOut({ model: 'seer', fraction: 0 });
    expect(new Set(decisions(state).map(({ plan }) => plan.join()))).toEqual(new Set(['mini']));
    state.holdOut(undefined);
    expect(new Set(decisions(state).map(({ plan }) => plan.join()))).toEqual(new Set(['seer']));
  });

  test('a pinned feature has no holdout', () => {
    const { state } = stateOf({ policy: fixed('mini') });
    state.holdOut({ model: 'seer', fraction: 1 });
    state.pin(['mini']);
    expect(decide(state)).toMatchObject({ plan: ['mini'], propensity: 1 });
  });

  test.each([
    [{ model: 'gpt-7', fraction: 0.1 }, 'unknown-model', 'holdOut.model'],
    [{ model: 'mini', fraction: 5 }, 'invalid-value', 'holdOut.fraction'],
    [{ model: 'mini', fraction: Number.NaN }, 'invalid-value', 'holdOut.fraction'],
    [{ model: 'mini', share: 0.1 }, 'invalid-value', 'holdOut.share'],
    [null, 'invalid-value', 'holdOut'],
  ])('%j is refused with its path, and the earlier holdout stays', (holdout, code, path) => {
    const { state } = stateOf({ policy: fixed('mini') });
    state.holdOut({ model: 'seer', fraction: 1 });
    expect(() => state.holdOut(holdout as never)).toThrow(expect.objectContaining({ code, path }));
    expect(decide(state).plan).toEqual(['seer']);
  });

  test('a policy that does not state its shares has no holdout', () => {
    const { state } = stateOf();
    expect(() => state.holdOut({ model: 'seer', fraction: 0.1 })).toThrow(
      expect.objectContaining({ code: 'invalid-config', path: 'holdOut' }),
    );
  });
});

describe('statistics', () => {
  const { versions } = stateOf().state;
  const failures = cellsOf(many(40, { evidence: [FAILURE], versions: versions() })).map(({ key, sums }) => ({
    key: { ...key, feature: 'work' },
    sums,
  }));
  const meanFail = ({ state, runtime }: ReturnType<typeof stateOf>): number => {
    const { a, b } = state.learned.segment('').posterior(runtime.nowMs()).nodes[0]?.ended ?? { a: 0, b: 0 };
    return a / (a + b);
  };

  test('a reset forgets what was learned so far', () => {
    const fresh = stateOf();
    const prior = meanFail(fresh);
    fresh.state.apply(failures);
    expect(meanFail(fresh)).not.toBeCloseTo(prior);
    fresh.state.reset();
    expect(meanFail(fresh)).toBe(prior);
  });

  test('outcomes that come after a reset count', () => {
    const fresh = stateOf();
    fresh.state.apply(failures);
    fresh.state.reset();
    fresh.state.apply(failures);
    const read = stateOf();
    read.state.apply(failures);
    expect(meanFail(fresh)).toBe(meanFail(read));
  });
});

test('when a scheduled price takes effect, what was learned about success stays, and the cost is scaled by the change of the price', () => {
  const sheet = (usd: number) => sheetOfRates({ inputUsdPerMillion: usd, outputUsdPerMillion: 2 }, 'price');
  const scheduled = schedulePrice('test', [
    { fromMs: Number.NEGATIVE_INFINITY, sheet: sheet(1) },
    { fromMs: AT_MS + BUCKET_MS, sheet: sheet(3) },
  ]);
  const config = resolvedFeature();
  const candidates = config.candidates.map(model => (model.name === 'mini' ? { ...model, price: scheduled } : model));
  const runtime = testRuntime({ startMs: AT_MS });
  const options = {
    runtime,
    breaker: circuitBreaker(),
    disabled: new Set<string>(),
    budgets: [],
    faulted: () => {},
  };
  const state = featureState({ ...config, candidates }, options);
  const believed = () => state.learned.segment('').posterior(runtime.nowMs()).nodes[0];
  state.apply(
    cellsOf(many(40, { evidence: [FAILURE], versions: state.versions() })).map(({ key, sums }) => ({
      key: { ...key, feature: 'work' },
      sums,
    })),
  );
  const before = believed();
  expect(before?.n).toBeCloseTo(40, 0);
  runtime.advance(BUCKET_MS);
  state.versions();
  expect(believed()?.ended.b).toBeGreaterThan(40);
  // A typical request has 1,000 input and 300 output tokens: $0.0016, then $0.0036. It counts as one visit, the earlier visits as 20.
  const visitUsd = (41 * (before?.costUsd ?? Number.NaN) - 0.0016) / 40;
  expect(believed()?.costUsd).toBeCloseTo((0.0036 + 20 * visitUsd * (0.0036 / 0.0016)) / 21, 4);
});
