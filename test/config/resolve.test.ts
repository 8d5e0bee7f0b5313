import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { RouterConfig } from '../../src/config/router-config.ts';
import { resolveConfig } from '../../src/config/resolve.ts';
import type { ResolvedFeature } from '../../src/config/resolved.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { RouterError } from '../../src/errors.ts';
import { fixed } from '../../src/policies/fixed.ts';
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

/** Resolves the feature above with options added or replaced. */
function resolvedFeature(more: object): ResolvedFeature {
  return resolve({ models, features: { support: { ...feature, ...more } } }).features.get('support') as ResolvedFeature;
}

/** The error with which a configuration is refused. */
function refusal(config: unknown): RouterError {
  try {
    resolve(config);
  } catch (error) {
    if (error instanceof RouterError) return error;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

describe('an option that is left out has its default', () => {
  test('by default a feature has the policy thompson, two retries, single-model plans and 30 s for its validators', () => {
    const resolved = resolvedFeature({});
    expect(resolved).toMatchObject({
      failureCostNanoUsd: 15_000_000_000,
      objective: 'cost-per-intent',
      retries: 2,
      hasVerdict: false,
      hold: false,
      validateWithinMs: 30_000,
      plans: [['mini'], ['premium']],
    });
    expect(resolved.policy.name).toBe('thompson');
    for (const absent of [
      'silence',
      'returns',
      'maxTurns',
      'attemptTimeoutMs',
      'deadlineMs',
      'latency',
      'budget',
      'holdout',
      'observes',
    ])
      expect(resolved).not.toHaveProperty(absent);
  });

  test('a stream of an observed feature does not wait for its verdict, because it would not without the router', () => {
    const held = { hold: 'until-verdict', checks: { empty: true } } as const;
    expect(resolvedFeature(held).hold).toBe(true);
    expect(resolvedFeature({ ...held, mode: 'observe', ownModel: 'premium' }).hold).toBe(false);
  });

  test('by default 95 % of the requests must meet the latency target', () => {
    const { latency } = resolvedFeature({ latency: { within: '4s' } });
    expect(latency?.withinMs).toBe(4_000);
    expect(latency?.tolerance).toBeCloseTo(0.05, 12);
  });

  test('by default the outcomes of other processes are read every two seconds', () => {
    expect(resolve({ models, features: {} }).refreshMs).toBe(2_000);
    expect(resolve({ models, features: {}, refresh: '10s' }).refreshMs).toBe(10_000);
  });
});

describe('an option that is set is resolved', () => {
  const budget = { usd: 5, per: 'day', onLimit: 'refuse', expectedIntents: 100 } as const;
  const holdout = { model: 'premium', fraction: 0.05 };
  test.each<[given: object, resolved: object]>([
    [{ retries: 0 }, { retries: 0 }],
    [{ maxTurns: 3 }, { maxTurns: 3 }],
    [{ attemptTimeout: '20s' }, { attemptTimeoutMs: 20_000 }],
    [{ deadline: '1m' }, { deadlineMs: 60_000 }],
    [{ validateWithin: '5s' }, { validateWithinMs: 5_000 }],
    [{ promptVersion: 'v2' }, { promptVersion: 'v2' }],
    [{ sessionCosts: true }, { sessionCosts: true }],
    [{ minSuccessRate: 0.8 }, { minSuccessRate: 0.8 }],
    [{ latency: { within: '4s', fraction: 0.75 } }, { latency: { withinMs: 4_000, tolerance: 0.25 } }],
    [{ budget }, { budget: { budgetUsd: 5, per: 'day', onLimit: 'refuse', expectedIntents: 100 } }],
    [{ holdout }, { holdout }],
    [
      { checks: { json: true }, hold: 'until-verdict' },
      { hold: true, checks: { json: true } },
    ],
    [{ prior: { mini: { success: 0.9, strength: 7 } } }, { prior: { mini: { success: 0.9, strength: 7 } } }],
    [{ signals: { resolved: true } }, { signals: new Map([['resolved', true]]) }],
  ])('the options %j are resolved', (given, resolved) => {
    expect(resolvedFeature(given)).toMatchObject(resolved);
  });

  test('the budget of the router is resolved', () => {
    const { budget: resolved } = resolve({
      models,
      features: {},
      budget: { usd: 500, per: 'month', onLimit: 'alert' },
    });
    expect(resolved).toEqual({ budgetUsd: 500, per: 'month', onLimit: 'alert' });
  });

  test('a resolved model has the missing capabilities, the transform and the provider’s name of its configuration', () => {
    const transform = { drop: ['temperature'] };
    const { models: resolved } = resolve({
      models: { mini: { ...models.mini, lacks: ['tools'], transform } },
      features: {},
    });
    expect(resolved.get('mini')).toMatchObject({ lacks: new Set(['tools']), transform, providerModel: 'mini-1' });
  });
});

test('the policy of a feature overrides the policy of the router', () => {
  const features = { own: { ...feature, policy: fixed('mini') }, other: feature };
  const resolved = resolve({ models, features, policy: fixed('premium') }).features;
  const view = { plans: [['mini'], ['premium']], eligible: 0b11 } as never;
  const random = seededRandom(1);
  expect(resolved.get('own')?.policy.decide(view, random).plan).toEqual(['mini']);
  expect(resolved.get('other')?.policy.decide(view, random).plan).toEqual(['premium']);
});

test.each([
  ['a schema', { validate: z.object({ total: z.number() }) }, true],
  ['a list of validators', { validate: [z.object({}), () => true] }, true],
  ['a check', { checks: { json: true } }, true],
  ['checks that are all off', { checks: { json: false } }, false],
])('plans of several models exist only if a reply can be rejected: %s', (_, more, hasVerdict) => {
  const resolved = resolvedFeature(more);
  expect(resolved.hasVerdict).toBe(hasVerdict);
  expect(resolved.plans.some(plan => plan.length > 1)).toBe(hasVerdict);
});

describe('the objective of a feature', () => {
  const accept = 'failure is free';
  test.each([
    ['a failure that costs something', {}, 'cost-per-intent'],
    ['a failure that costs 0', { failureCostUsd: 0 }, 'cost-per-success'],
    ['a failure without a cost', { failureCostUsd: undefined, accept }, 'cost-per-success'],
    ['an objective of its own', { objective: 'cost-per-success' }, 'cost-per-success'],
    [
      'an objective of its own, though failures cost 0',
      { failureCostUsd: 0, objective: 'cost-per-intent' },
      'cost-per-intent',
    ],
  ])('the objective of a feature follows from %s', (_, more, objective) => {
    expect(resolvedFeature(more).objective).toBe(objective);
  });
});

test.each([
  ['success', true],
  ['failure', false],
  ['unknown', null],
] as const)('silence that means %s labels an intent with %s', (means, success) => {
  expect(resolvedFeature({ silence: { after: '30m', means } }).silence).toEqual({
    afterMs: 1_800_000,
    success,
    laterTurn: 'withdraws',
  });
});

test('the time limit of returns is resolved to milliseconds, at most a day', () => {
  expect(resolvedFeature({ returns: { within: '24h', means: 'failure' } }).returns).toEqual({ withinMs: 86_400_000 });
});

test('an intent is the unit of outcome, unless the feature says that a session is', () => {
  expect(resolvedFeature({}).countsSessions).toBe(false);
  expect(resolvedFeature({ outcomeOf: 'session' })).toMatchObject({ countsSessions: true, sessionCosts: false });
});

test.each([
  [{ returns: { within: '1h', means: 'failure' } }, 'returns'],
  [{ sessionCosts: true }, 'sessionCosts'],
] as const)('a setting about the intents of a session is refused where the session is the unit: %j', (option, name) => {
  expect(() => resolvedFeature({ outcomeOf: 'session', ...option })).toThrow(
    expect.objectContaining({ code: 'invalid-config', path: `features.support.${name}` }),
  );
});

test('with onStuck, plans that move on at an alarm exist beside plans of one model', () => {
  expect(resolvedFeature({})).toMatchObject({ hasAlarms: false, plans: [['mini'], ['premium']] });
  expect(resolvedFeature({ onStuck: 'learn' })).toMatchObject({
    hasAlarms: true,
    hasVerdict: false,
    plans: [['mini'], ['mini', 'premium'], ['premium']],
  });
  expect(() => resolvedFeature({ onStuck: 'learn', checks: { empty: true } })).toThrow(
    expect.objectContaining({ code: 'invalid-config', path: 'features.support.onStuck' }),
  );
});

test('context is split into declared context and context that is read from the first request', () => {
  const { context, observedContext } = resolvedFeature({
    context: { plan: ['free', 'paid'], length: 'bucket', difficulty: { cuts: [0.5] }, tools: 'used', turns: 'bucket' },
  });
  expect([...context]).toEqual([
    ['plan', ['free', 'paid']],
    ['difficulty', { cuts: [0.5] }],
  ]);
  expect(observedContext).toEqual(['length', 'tools', 'turns']);
});

test('the base URL of a model loses its trailing slashes, and every model at every endpoint has its own circuit', () => {
  const { models: resolved } = resolve({
    models: { local: { provider: 'openai', model: 'llama', price, baseURL: 'http://localhost:8000/v1//' }, ...models },
    features: {},
  });
  expect(resolved.get('local')?.baseURL).toBe('http://localhost:8000/v1');
  expect(new Set([...resolved.values()].map(({ endpoint }) => endpoint)).size).toBe(3);
});

test('a resolved model knows the names in its replies, and the price of another configured model that serves a call', () => {
  const { models: resolved } = resolve({
    models: { azure: { ...models.mini, servedAs: ['gpt-5-mini'] }, ...models },
    features: {},
  });
  const priceOf = resolved.get('azure')?.priceOf;
  expect(priceOf?.('gpt-5-mini-2025-08-07')).toMatchObject({ isSame: true });
  // It is configured after the model that asks for its price.
  expect(priceOf?.('premium-1')).toEqual({ isSame: false, price: resolved.get('premium')?.price, isKnown: true });
});

test('models without a price of their own get their price from the price list of the configuration', () => {
  const priceList = {
    source: 'ours',
    asOf: '2026-11-28',
    models: [{ provider: 'openai', model: 'gpt-9', prices: [price] }],
  };
  const config = { models: { nine: { provider: 'openai' as const, model: 'gpt-9' } }, features: {}, priceList };
  expect(resolve(config).models.get('nine')?.price.source).toBe('ours as of 2026-11-28, openai/gpt-9');
  expect(resolve(config).priceList).toBe(priceList);
});

test('headers are read at every request, whether they are an object or a function', () => {
  let key = 0;
  const baseURL = 'https://api.openai.com/v1';
  const { models: resolved } = resolve({
    models: {
      mini: { ...models.mini, baseURL, headers: () => ({ authorization: `key ${++key}` }) },
      premium: { ...models.premium, baseURL, headers: { authorization: 'key' } },
    },
    features: {},
  });
  expect([1, 2].map(() => resolved.get('mini')?.headers?.())).toEqual([
    { authorization: 'key 1' },
    { authorization: 'key 2' },
  ]);
  expect(resolved.get('premium')?.headers?.()).toEqual({ authorization: 'key' });
});

describe('a mistake is one RouterError with its path and what would be accepted', () => {
  const inFeature = (wrong: object) => ({ models, features: { 'support.reply': { ...feature, ...wrong } } });
  const path = 'features["support.reply"]';
  const many = Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`m${i}`, models.mini]));
  const silent = { name: 'silent', decide: thompson().decide };
  const cases: readonly [what: string, config: unknown, code: string, path: string, says: RegExp][] = [
    [
      'an unknown candidate',
      inFeature({ candidates: ['mini', 'premum'] }),
      'unknown-model',
      `${path}.candidates[1]`,
      /did you mean "premium"\? \(accepted: "mini", "premium"\)/,
    ],
    [
      'a candidate listed twice',
      inFeature({ candidates: ['mini', 'mini'] }),
      'invalid-config',
      `${path}.candidates[1]`,
      /twice/,
    ],
    [
      'more candidates than make 31 plans',
      { models: many, features: { support: { ...feature, candidates: Object.keys(many), checks: { json: true } } } },
      'invalid-config',
      'features.support.candidates',
      /17 candidates make 33 plans \(accepted: at most 31 plans: 16 candidates/,
    ],
    [
      'no failure cost',
      inFeature({ failureCostUsd: undefined }),
      'invalid-config',
      `${path}.failureCostUsd`,
      /accept: 'failure is free'/,
    ],
    ['hold without a verdict', inFeature({ hold: 'until-verdict' }), 'invalid-config', `${path}.hold`, /`validate`/],
    [
      'a prior for a model that is not a candidate',
      inFeature({ prior: { minni: { success: 0.9 } } }),
      'unknown-model',
      `${path}.prior.minni`,
      /did you mean "mini"/,
    ],
    [
      'a holdout for a model that is not a candidate',
      inFeature({ candidates: ['mini'], holdout: { model: 'premium', fraction: 0.1 } }),
      'unknown-model',
      `${path}.holdout.model`,
      /accepted: "mini"/,
    ],
    [
      'an own model that is not a candidate',
      inFeature({ candidates: ['mini'], mode: 'observe', ownModel: 'premium' }),
      'unknown-model',
      `${path}.ownModel`,
      /accepted: "mini"/,
    ],
    [
      'a share with a policy that gives no shares',
      inFeature({ policy: silent, ownModel: 'premium', rollout: 0.1 }),
      'invalid-config',
      `${path}.rollout`,
      /"silent".*allocation/,
    ],
    [
      'a holdout with a policy that gives no shares',
      inFeature({ policy: silent, holdout: { model: 'premium', fraction: 0.1 } }),
      'invalid-config',
      `${path}.holdout`,
      /"silent".*allocation/,
    ],
    [
      'a policy of the feature for a plan that it does not have',
      inFeature({ policy: fixed('premum') }),
      'invalid-config',
      `${path}.policy`,
      /no plan "premum", did you mean "premium"/,
    ],
    [
      'a policy of the router for a plan that a feature does not have',
      { ...inFeature({ candidates: ['mini'] }), policy: fixed('premium') },
      'invalid-config',
      'policy',
      /"support.reply" has no plan "premium" \(accepted: "mini"\)/,
    ],
    [
      'a deadline that leaves no time for a retry',
      inFeature({ deadline: '500ms' }),
      'invalid-config',
      `${path}.deadline`,
      /retries: 0/,
    ],
    [
      'a model without a known price',
      { models: { mini: { provider: 'openai', model: 'no-such-model' } }, features: {} },
      'unknown-price',
      'models.mini.price',
      /no-such-model/,
    ],
    [
      'a price list with a mistake',
      { models, features: {}, priceList: { source: 'ours', asOf: '2026-11-28', model: [] } },
      'invalid-value',
      'priceList.model',
      /did you mean "models"/,
    ],
    [
      'a price list with a mistake, though no model has its price from it',
      { models, features: {}, priceList: { source: 'ours', asOf: 'today' } },
      'invalid-value',
      'priceList.asOf',
      /ISO date/,
    ],
    ['an option with a typo', inFeature({ failureCost: 3 }), 'invalid-config', `${path}.failureCost`, /did you mean/],
  ];
  test.each(cases)('%s is an error with its path and the accepted values', (_, config, code, where, says) => {
    const error = refusal(config);
    expect({ code: error.code, path: error.path }).toEqual({ code, path: where });
    expect(error.message).toMatch(says);
  });

  test('a short deadline is accepted without retries, and with retries only if it is longer than their wait', () => {
    expect(resolvedFeature({ deadline: '300ms', retries: 0 }).deadlineMs).toBe(300);
    expect(resolvedFeature({ deadline: '501ms' }).deadlineMs).toBe(501);
  });
});
