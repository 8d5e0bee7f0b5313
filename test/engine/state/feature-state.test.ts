import { describe, expect, test } from 'vitest';
import type { FeatureConfig } from '../../../src/config/application.ts';
import { resolveConfig } from '../../../src/config/resolve.ts';
import type { ResolvedFeature } from '../../../src/config/resolved.ts';
import type { Decision } from '../../../src/core/ledger/vocabulary.ts';
import { circuitBreaker } from '../../../src/engine/rails/circuit-breaker.ts';
import type { FeatureState, RequestRequirements } from '../../../src/engine/state/feature-state.ts';
import { featureState, forcedDecision } from '../../../src/engine/state/feature-state.ts';
import { RouterError } from '../../../src/errors.ts';
import { fixed } from '../../../src/policies/fixed.ts';
import type { Policy } from '../../../src/contracts/policy.ts';
import { testRuntime } from '../../../src/testing/test-runtime.ts';

type Names = 'mini' | 'seer' | 'opus';
const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };

function stateOf(feature: Partial<FeatureConfig<Names>> = {}) {
  const { features } = resolveConfig(
    {
      models: {
        mini: { provider: 'openai', model: 'mini-1', price, lacks: ['images'] },
        seer: { provider: 'openai', model: 'seer-1', price },
        opus: { provider: 'anthropic', model: 'opus-1', price },
      },
      features: { work: { candidates: ['mini', 'seer', 'opus'], failureCostUsd: 15, ...feature } },
    },
    { policy: fixed('mini') },
  );
  const runtime = testRuntime();
  const breaker = circuitBreaker({ faults: 1 });
  const disabled = new Set<string>();
  const faults: unknown[] = [];
  const faulted = (error: unknown): void => void faults.push(error);
  const state = featureState(features.get('work') as ResolvedFeature, {
    runtime,
    breaker,
    disabled,
    budgets: [],
    faulted,
  });
  const fault = (model: Names): void => {
    const { endpoint } = state.models.get(model) ?? {};
    breaker.failed(endpoint ?? '', runtime.nowMs());
  };
  return { state, runtime, breaker, disabled, faults, fault };
}

const openai: RequestRequirements = { provider: 'openai', capabilities: () => new Set() };
const withImages: RequestRequirements = { provider: 'openai', capabilities: () => new Set(['images' as const]) };
const anybody: RequestRequirements = { capabilities: () => new Set() };

const decide = (state: FeatureState, wants: RequestRequirements = openai): Decision =>
  state.decide(wants, '', 15_000_000_000);

/** Takes the last plan that may be chosen. */
const last: Policy = {
  name: 'last',
  decide: ({ plans, eligible }) => forcedDecision(plans.findLast((_, i) => (eligible & (1 << i)) !== 0) ?? [], 'last'),
};

describe('who can answer', () => {
  test('only models of the API that the request is written for; all of them for a run', () => {
    const { state } = stateOf();
    expect(state.capableModels(openai)).toEqual(['mini', 'seer']);
    expect(state.capableModels({ ...openai, provider: 'anthropic' })).toEqual(['opus']);
    expect(state.capableModels(anybody)).toEqual(['mini', 'seer', 'opus']);
    expect(decide(stateOf({ policy: last }).state).plan).toEqual(['seer']);
  });

  test('only models that lack nothing of what is asked for', () => {
    const { state } = stateOf();
    expect(state.capableModels(withImages)).toEqual(['seer']);
    expect(decide(state, withImages).plan).toEqual(['seer']);
    expect(decide(state).plan).toEqual(['mini']);
  });

  test('nobody who is switched off, as long as they are', () => {
    const { state, disabled } = stateOf();
    expect(state.capableModels(openai)).toEqual(['mini', 'seer']);
    disabled.add('mini');
    expect(state.capableModels(openai)).toEqual(['seer']);
    disabled.delete('mini');
    expect(state.capableModels(openai)).toEqual(['mini', 'seer']);
  });

  test('nobody at all is an error that says why', () => {
    const { state, disabled } = stateOf({ candidates: ['mini', 'seer'] });
    const refusal = (wants: RequestRequirements): unknown => {
      try {
        return decide(state, wants);
      } catch (error) {
        return RouterError.isInstance(error) && [error.code, error.path];
      }
    };
    expect(refusal({ ...openai, provider: 'anthropic' })).toEqual(['wrong-provider', 'features["work"].candidates']);
    disabled.add('seer');
    expect(refusal(withImages)).toEqual(['no-eligible-candidate', 'features["work"].candidates']);
  });
});

describe('an open circuit', () => {
  test('keeps new intents away from plans that start there, until it has answered again', () => {
    const { state, breaker, fault } = stateOf();
    fault('mini');
    expect(decide(state).plan).toEqual(['seer']);
    breaker.succeeded(state.models.get('mini')?.endpoint ?? '');
    expect(decide(state).plan).toEqual(['mini']);
  });

  test('everywhere refuses nothing: the provider may still answer', () => {
    const { state, fault } = stateOf();
    for (const model of ['mini', 'seer'] as const) fault(model);
    expect(decide(state).plan).toEqual(['mini']);
  });
});

describe('a policy', () => {
  const broken: readonly [string, Policy['decide']][] = [
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['decides for no plan of the feature', () => forcedDecision(['gpt-7'], 'mine')],
    ['decides for a plan that asks a model twice', () => forcedDecision(['mini', 'mini'], 'mine')],
    ['knows no propensity', view => ({ ...forcedDecision(view.plans[0] ?? [], 'mine'), propensity: Number.NaN })],
    ['says nothing', () => undefined as unknown as Decision],
  ];
  test.each(broken)('that %s breaks no call: the first eligible plan is taken, and the fault told', (_, decideSo) => {
    const { state, faults } = stateOf({ policy: { name: 'own', decide: decideSo } });
    expect(decide(state, withImages)).toMatchObject({ plan: ['seer'], propensity: 1, policy: 'fault' });
    expect(faults).toHaveLength(1);
  });

  test('of the application’s own may name a plan without holding on to the view’s', () => {
    const { state, faults } = stateOf({ policy: { name: 'own', decide: () => forcedDecision(['seer'], 'mine') } });
    expect(decide(state)).toMatchObject({ plan: ['seer'], reason: 'mine' });
    expect(faults).toEqual([]);
  });

  test('that finds itself misconfigured says so', () => {
    const misconfigured = new RouterError('invalid-config', 'no such plan');
    const { state } = stateOf({
      policy: {
        name: 'misconfigured',
        decide() {
          throw misconfigured;
        },
      },
    });
    expect(() => decide(state)).toThrow(misconfigured);
  });
});

describe('a pin', () => {
  test('is followed wherever it can be', () => {
    const { state } = stateOf();
    state.pin(['seer']);
    expect(decide(state)).toMatchObject({ plan: ['seer'], propensity: 1, policy: 'forced' });
    // A request that the pinned model cannot take is decided as if there were no pin.
    expect(decide(state, { ...openai, provider: 'anthropic' }).plan).toEqual(['opus']);
    state.pin(undefined);
    expect(decide(state).plan).toEqual(['mini']);
  });

  test.each([
    [['gpt-7'], 'unknown-model', 'pin[0]'],
    [['mini', 'mini'], 'invalid-value', 'pin[1]'],
    [[], 'invalid-value', 'pin'],
  ])('of %j is refused', (plan, code, path) => {
    expect(() => stateOf().state.pin(plan)).toThrow(expect.objectContaining({ code, path }));
  });
});

test('the version of a model is its name, its price and the prompt: another one is another experiment', () => {
  const { state } = stateOf({ promptVersion: 'p2' });
  expect(state.versions()['mini']).toMatch(/^mini-1@.+\+p2$/);
  expect(stateOf().state.versions()['mini']).not.toContain('+p2');
});
