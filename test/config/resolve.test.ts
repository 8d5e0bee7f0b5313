import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { RouterConfig } from '../../src/config/application.ts';
import { resolveConfig } from '../../src/config/resolve.ts';
import { RouterError } from '../../src/errors.ts';
import { thompson } from '../../src/policies/thompson.ts';

const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
const models = {
  mini: { provider: 'openai', model: 'mini-1', price },
  premium: { provider: 'openai', model: 'premium-1', price: { inputUsdPerMillion: 10, outputUsdPerMillion: 20 } },
} as const;
const feature = { candidates: ['mini', 'premium'], failureCostUsd: 15 } as const;

function resolve(config: unknown) {
  return resolveConfig(config as RouterConfig, { policy: thompson() });
}

/** The error a configuration is refused with. */
function refusal(config: unknown): RouterError {
  try {
    resolve(config);
  } catch (error) {
    if (error instanceof RouterError) return error;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

test('defaults: thompson, two retries, no verdict, single-model plans, nano-dollars', () => {
  const resolved = resolve({ models, features: { support: feature } }).features.get('support');
  expect(resolved).toMatchObject({
    failureCostNanoUsd: 15_000_000_000,
    objective: 'cost-per-intent',
    retries: 2,
    hasVerdict: false,
    plans: [['mini'], ['premium']],
  });
  expect(resolved?.policy.name).toBe('thompson');
});

test('a verdict adds the cascades to the plans', () => {
  const config = { models, features: { support: { ...feature, validate: z.object({ total: z.number() }) } } };
  expect(resolve(config).features.get('support')?.plans).toContainEqual(['mini', 'premium']);
});

test('free failures are minimised per success, never per intent', () => {
  const free = { candidates: ['mini', 'premium'], accept: 'failure is free' };
  expect(resolve({ models, features: { support: free } }).features.get('support')?.objective).toBe('cost-per-success');
});

describe('every mistake is one RouterError with its path and what would be accepted', () => {
  const inFeature = (wrong: Record<string, unknown>) => ({
    models,
    features: { 'support.reply': { ...feature, ...wrong } },
  });
  const path = 'features["support.reply"]';
  const cases: readonly [what: string, config: unknown, code: string, path: string, says: RegExp][] = [
    [
      'an unknown candidate',
      inFeature({ candidates: ['mini', 'huge'] }),
      'unknown-model',
      `${path}.candidates[1]`,
      /"mini", "premium"/,
    ],
    ['an empty candidate list', inFeature({ candidates: [] }), 'invalid-config', `${path}.candidates`, /at least one/],
    [
      'a candidate listed twice',
      inFeature({ candidates: ['mini', 'mini'] }),
      'invalid-config',
      `${path}.candidates[1]`,
      /twice/,
    ],
    [
      'no failure cost',
      inFeature({ failureCostUsd: undefined }),
      'invalid-config',
      `${path}.failureCostUsd`,
      /failure is free/,
    ],
    ['a negative failure cost', inFeature({ failureCostUsd: -3 }), 'invalid-config', `${path}.failureCostUsd`, />=0/],
    [
      'a NaN failure cost',
      inFeature({ failureCostUsd: Number.NaN }),
      'invalid-config',
      `${path}.failureCostUsd`,
      /number/,
    ],
    ['an option with a typo', inFeature({ failureCost: 3 }), 'invalid-config', path, /unknown option "failureCost"/],
    [
      'a feature name with "#"',
      { models, features: { 'a#b': feature } },
      'invalid-config',
      'features["a#b"]',
      /must not contain/,
    ],
    [
      'a schema that is not a schema',
      inFeature({ validate: { type: 'object' } }),
      'invalid-config',
      `${path}.validate`,
      /Standard Schema/,
    ],
    [
      'a bucket of something that is not seen in a request',
      inFeature({ context: { mood: 'bucket' } }),
      'invalid-config',
      `${path}.context`,
      /only `length` and `turns`/,
    ],
    [
      'cuts that do not ascend',
      inFeature({ context: { difficulty: { cuts: [0.7, 0.3] } } }),
      'invalid-config',
      `${path}.context.difficulty.cuts`,
      /cuts are ascending/,
    ],
    ['maxTurns: 0', inFeature({ maxTurns: 0 }), 'invalid-config', `${path}.maxTurns`, /at least 1/],
    ['hold without a verdict', inFeature({ hold: 'until-verdict' }), 'invalid-config', `${path}.hold`, /no verdict/],
    [
      'a prior for no candidate',
      inFeature({ prior: { huge: { success: 0.9 } } }),
      'unknown-model',
      `${path}.prior.huge`,
      /"mini"/,
    ],
    [
      'a prior too strong',
      inFeature({ prior: { mini: { success: 0.9, strength: 50 } } }),
      'invalid-config',
      `${path}.prior.mini.strength`,
      /<=10/,
    ],
    [
      'a silence without a unit',
      inFeature({ silence: { after: '30', means: 'success' } }),
      'invalid-config',
      `${path}.silence.after`,
      /ms, s, m, h or d/,
    ],
    [
      'a deadline that leaves no time for a retry',
      inFeature({ deadline: '300ms' }),
      'invalid-config',
      `${path}.deadline`,
      /retries: 0/,
    ],
    [
      'a price nobody knows',
      { models: { mini: { provider: 'openai', model: 'no-such-model' } }, features: {} },
      'unknown-price',
      'models.mini.price',
      /no-such-model/,
    ],
    ['no models', { models: {}, features: {} }, 'invalid-config', 'models', /at least one/],
  ];
  test.each(cases)('%s', (_, config, code, where, says) => {
    const error = refusal(config);
    expect({ code: error.code, path: error.path }).toEqual({ code, path: where });
    expect(error.message).toMatch(says);
  });
});
