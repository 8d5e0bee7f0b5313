import { describe, expect, test } from 'vitest';
import { routerSchema } from '../../src/config/schema.ts';
import { schemaError } from '../../src/config/schema-error.ts';
import { issuesOf } from '../../src/config/shape.ts';

const mini = { provider: 'openai', model: 'gpt-5-mini' };
const models = { mini };
const feature = { candidates: ['mini'], failureCostUsd: 15 };
const inFeature = (more: object) => ({ models, features: { support: { ...feature, ...more } } });

/** The error with which a configuration is refused: its message without the accepted values, and these. */
function refusal(config: unknown): { readonly says: string; readonly accepted: unknown } {
  const issues = issuesOf(routerSchema, config);
  if (issues.length === 0) throw new Error('the configuration was accepted');
  const found = schemaError(issues, config);
  expect(found.code).toBe('invalid-config');
  expect(found.accepted).not.toBeUndefined();
  return { says: found.message.replace(/ \(accepted: [^]*$/, ''), accepted: found.accepted };
}

describe('a misspelt option is reported with its path and the option it probably stands for', () => {
  test.each([
    [{ models, features: {}, storre: {} }, 'storre: no option is named "storre", did you mean "store"?'],
    [
      { models: { mini: { ...mini, baseUrl: 'x' } }, features: {} },
      'models.mini.baseUrl: no option is named "baseUrl", did you mean "baseURL"?',
    ],
    [
      inFeature({ failureCost: 3 }),
      'features.support.failureCost: no option is named "failureCost", did you mean "failureCostUsd"?',
    ],
    [
      inFeature({ silence: { after: '1h', meens: 'success' } }),
      'features.support.silence.meens: no option is named "meens", did you mean "means"?',
    ],
    [
      inFeature({ prior: { mini: { succes: 1 } } }),
      'features.support.prior.mini.succes: no option is named "succes", did you mean "success"?',
    ],
    [
      inFeature({ context: { difficulty: { cutts: [1] } } }),
      'features.support.context.difficulty.cutts: no option is named "cutts", did you mean "cuts"?',
    ],
    [inFeature({ temperature: 1 }), 'features.support.temperature: no option is named "temperature"'],
  ])('the unknown option in %j is reported with its path', (config, says) => {
    expect(refusal(config).says).toBe(says);
  });

  test('the error for an unknown option lists the options of the object that contains it', () => {
    expect(refusal(inFeature({ silence: { after: '1h', meens: 'success' } })).accepted).toEqual([
      'after',
      'means',
      'laterTurn',
    ]);
    expect(refusal(inFeature({ prior: { mini: { succes: 1 } } })).accepted).toEqual(['success', 'strength']);
  });

  test('a misspelt option is reported before the required option that is missing because of it', () => {
    const { candidates, ...rest } = feature;
    expect(refusal({ models, features: { support: { ...rest, candidats: candidates } } }).says).toContain(
      '"candidates"?',
    );
  });
});

describe('a value that is not accepted is reported with its path and the accepted values', () => {
  test.each([
    [undefined, 'configuration: it is missing', /^an object of models, features, /],
    [{ models }, 'features: it is missing', 'an object'],
    [{ models: {}, features: {} }, 'models: this object is not accepted', 'one model or more'],
    [inFeature({ budget: 3 }), 'features.support.budget: 3 is not accepted', /^an object of usd, per, onLimit/],
    [inFeature({ candidates: 'mini' }), 'features.support.candidates: this text is not accepted', 'a list'],
    [
      inFeature({ candidates: [] }),
      'features.support.candidates: an empty list is not accepted',
      'a list of one or more',
    ],
    [inFeature({ failureCostUsd: -3 }), 'features.support.failureCostUsd: -3 is not accepted', /^USD from 0 to/],
    [inFeature({ failureCostUsd: Number.NaN }), 'features.support.failureCostUsd: NaN is not accepted', /^USD from 0/],
    [inFeature({ sessionCosts: 1 }), 'features.support.sessionCosts: 1 is not accepted', 'true or false'],
    [inFeature({ prior: 5 }), 'features.support.prior: 5 is not accepted', /^a prior by model/],
    [inFeature({ maxTurns: 0 }), 'features.support.maxTurns: 0 is not accepted', 'an integer of 1 or more'],
    [inFeature({ holdout: { model: 'mini' } }), 'features.support.holdout.fraction: it is missing', /from 0 to 1/],
    [
      inFeature({ context: { plan: ['a b'] } }),
      'features.support.context.plan[0]: this text is not accepted',
      /^a context/,
    ],
    [inFeature({ validate: {} }), 'features.support.validate: this object is not accepted', /^a Standard Schema/],
    [inFeature({ policy: 'thompson' }), 'features.support.policy: this text is not accepted', /thompson\(\)/],
    [
      { models: { mini: { ...mini, provider: 'other', headers: { 'x-team': 'a' } } }, features: {} },
      'models.mini.headers: this object is not accepted',
      /^a baseURL beside it/,
    ],
    // In a segment, `a=x,b=y` is the value x of a and y of b.
    [
      inFeature({ context: { a: ['x', 'x,b=y'], b: ['y'] } }),
      'features.support.context.a[1]: this text is not accepted',
      /^a context value name without "=", ","/,
    ],
    [
      inFeature({ context: { 'a=x': ['y'] } }),
      'features.support.context["a=x"]: "a=x" is not a valid name',
      /^a context/,
    ],
    [inFeature({ context: { mood: 'bucket' } }), 'features.support.context.mood: this text is not accepted', /cuts/],
    [
      inFeature({ context: { difficulty: { cuts: [0.7, 0.3] } } }),
      'features.support.context.difficulty.cuts: this list is not accepted',
      /^ascending numbers/,
    ],
    [
      { models: { 'a#b': mini }, features: {} },
      'models["a#b"]: "a#b" is not a valid name',
      /^a model name without "#"/,
    ],
  ])('the wrong value in %j is reported with its path', (config, says, accepted) => {
    const found = refusal(config);
    expect(found.says).toBe(says);
    expect(found.accepted).toEqual(accepted instanceof RegExp ? expect.stringMatching(accepted) : accepted);
  });
});

test('a misspelt value is reported with the nearest accepted value', () => {
  const found = refusal({ models: { mini: { ...mini, provider: 'opnai' } }, features: {} });
  expect(found).toEqual({
    says: 'models.mini.provider: "opnai" is not accepted, did you mean "openai"?',
    accepted: ['openai', 'anthropic', 'other'],
  });
});

test('the error for a vendor that is not a provider says how its models are reached', () => {
  const found = refusal({ models: { mini: { ...mini, provider: 'azure' } }, features: {} });
  expect(found.says).toContain('with its baseURL');
  expect(found.accepted).toEqual(['openai', 'anthropic', 'other']);
});

test('an error does not quote text that may be a secret, such as a header or a URL', () => {
  for (const config of [
    { models: { mini: { ...mini, headers: 'Bearer sk-secret' } }, features: {} },
    { models: { mini: { ...mini, headers: { authorization: ['Bearer sk-secret'] } } }, features: {} },
    { models: { mini: { ...mini, baseURL: 'sk-secret is no URL' } }, features: {} },
    { models, features: {}, spool: { path: 'sk-secret' } },
  ])
    expect(refusal(config).says).not.toContain('secret');
});
