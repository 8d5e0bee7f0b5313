import { describe, expect, test } from 'vitest';
import { numbers } from '../../src/policies/numbers.ts';
import { routerSchema } from '../../src/config/schema.ts';
import { issuesOf as shapeIssues } from '../../src/config/shape.ts';
import { createRouter } from '../../src/create-router.ts';
import { memory } from '../../src/stores/memory.ts';
import { openaiChat } from '../../src/wires/openai-chat.ts';
import type { Loose } from '../support/refusal.ts';
import { refusal } from '../support/refusal.ts';

const models = { mini: { provider: 'openai', model: 'gpt-5-mini' } };
const feature = { candidates: ['mini'], failureCostUsd: 15 };

const issuesOf = (config: unknown): readonly string[] =>
  shapeIssues(routerSchema, config).map(({ path, kind }) => `${path.join('.')} ${kind}`);
const inFeature = (more: object) => ({ models, features: { support: { ...feature, ...more } } });

test('a configuration needs at least one model, but no feature', () => {
  expect(issuesOf({ models, features: {} })).toEqual([]);
  expect(issuesOf({ models: {}, features: {} })).toEqual(['models joint']);
});

test('durations longer than any timer are accepted, and so is 0 where it means "at once" or "every time"', () => {
  const long = { deadline: '30d', attemptTimeout: 2 ** 40, validateWithin: '36525d', latency: { within: '25d' } };
  expect(issuesOf(inFeature(long))).toEqual([]);
  expect(issuesOf({ ...inFeature({ silence: { after: 0, means: 'success' } }), refresh: 0 })).toEqual([]);
});

describe('names', () => {
  // Each of these has a meaning in a model slot, a node or a path.
  test.each(['a#b', 'a~b', 'a>b', 'a!b', 'a@b', 'a b', 'a:b', '', 'a\ud83d', 'a\0', 'a'.repeat(201)])(
    '%j is refused as the name of a feature or a model',
    name => {
      expect(issuesOf({ models, features: { [name]: feature } })).toHaveLength(1);
      expect(issuesOf({ models: { ...models, [name]: models.mini }, features: {} })).toHaveLength(1);
    },
  );

  test.each(['support.reply', 'a-b_c', 'Überprüfung', 'a/b'])('%j is accepted as the name of a feature', name => {
    expect(issuesOf({ models, features: { [name]: feature } })).toEqual([]);
  });
});

test.each([
  [{ failureCostUsd: Number.NaN }, 'failureCostUsd'],
  [{ failureCostUsd: '15' }, 'failureCostUsd'],
  [{ validate: {} }, 'validate'],
  [{ validate: [] }, 'validate'],
  [{ validate: [() => true, 'schema'] }, 'validate'],
  [{ context: { plan: [] } }, 'context.plan'],
  [{ context: { plan: 'bucket' } }, 'context.plan'],
  [{ context: { turns: 'used' } }, 'context.turns'],
  [{ context: { tools: 'bucket' } }, 'context.tools'],
  [{ context: { difficulty: { cuts: [] } } }, 'context.difficulty'],
  [{ context: { difficulty: { cuts: [0.7, 0.3] } } }, 'context.difficulty'],
  [{ context: { difficulty: { cuts: [0.3, 0.3] } } }, 'context.difficulty'],
  [{ context: { difficulty: { cuts: [0.3, Number.NaN] } } }, 'context.difficulty'],
  [{ context: { difficulty: 0.3 } }, 'context.difficulty'],
  [{ context: { difficulty: { numbers: 1 } } }, 'context.difficulty'],
  [{ context: { difficulty: {} } }, 'context.difficulty'],
  [{ context: { difficulty: numbers(1), topic: numbers(256) } }, 'context.topic'],
  [{ maxTurns: 0 }, 'maxTurns'],
  [{ maxTurns: 1.5 }, 'maxTurns'],
  [{ retries: -1 }, 'retries'],
  [{ deadline: 'soon' }, 'deadline'],
  [{ attemptTimeout: -5 }, 'attemptTimeout'],
  [{ attemptTimeout: 0 }, 'attemptTimeout'],
  [{ attemptTimeout: '0.5ms' }, 'attemptTimeout'],
  [{ deadline: '0s' }, 'deadline'],
  [{ validateWithin: 0 }, 'validateWithin'],
  [{ latency: { within: 0 } }, 'latency.within'],
  [{ attemptTimeout: '36526d' }, 'attemptTimeout'],
  [{ silence: { after: 1e300, means: 'success' } }, 'silence.after'],
  [{ hold: true }, 'hold'],
  [{ silence: { after: '1h', means: 'maybe' } }, 'silence.means'],
  [{ outcomeOf: 'conversation' }, 'outcomeOf'],
  [{ onStuck: true }, 'onStuck'],
  [{ returns: { within: '25h', means: 'failure' } }, 'returns.within'],
  [{ returns: { within: 0, means: 'failure' } }, 'returns.within'],
  [{ returns: { within: '24h', means: 'success' } }, 'returns.means'],
  [{ minSuccessRate: 1.1 }, 'minSuccessRate'],
  [{ budget: { usd: -3, per: 'day', onLimit: 'refuse' } }, 'budget.usd'],
  [{ budget: { usd: Number.POSITIVE_INFINITY, per: 'day', onLimit: 'refuse' } }, 'budget.usd'],
  [{ policy: 'thompson' }, 'policy'],
  [{ signals: { up: 'yes' } }, 'signals.up'],
])('a feature with %j is refused with the path of the mistake', (wrong, path) => {
  expect(issuesOf(inFeature(wrong)).map(issue => issue.split(' ')[0])).toEqual([`features.support.${path}`]);
});

test('an unknown option is refused, not ignored', () => {
  expect(issuesOf(inFeature({ failureCostUSD: 15 }))).toEqual(['features.support unknown-member']);
  expect(issuesOf({ models, features: {}, stores: [] })).toEqual([' unknown-member']);
});

test('a store that lacks a method of the contract is refused with the name of the method', () => {
  const { claimDue: _, ...store } = memory();
  expect(refusal(() => (createRouter as Loose)({ models, features: {}, store })).message).toBe(
    'store: this object is not accepted (accepted: a store with claimDue())',
  );
  expect(refusal(() => (createRouter as Loose)({ models, features: {}, store: 'x' })).path).toBe('store');
});

test.each([Symbol('seed'), Object.create(null), { toString: null }])(
  'a seed that cannot be converted to text (%o) is refused like any other wrong seed',
  seed => {
    const { path } = refusal(() => (createRouter as Loose)({ models, features: {}, seed }));
    expect(path).toBe('seed');
  },
);

test.each([5, null, {}, 'log', () => undefined])(
  'an observer must be an object with a name: %s is refused',
  observer => {
    const { path } = refusal(() => (createRouter as Loose)({ models, features: {}, observers: [observer] }));
    expect(path).toBe('observers[0]');
  },
);

test.each([5, null, {}, { name: 'own' }, { ...openaiChat, read: undefined }, { ...openaiChat, path: undefined }])(
  'a wire must have all members of the contract: %o is refused',
  wire => {
    const { path } = refusal(() => (createRouter as Loose)({ models, features: {}, wires: [wire] }));
    expect(path).toBe('wires[0]');
  },
);

describe('limits of the options', () => {
  const budget = { usd: 1, per: 'day', onLimit: 'alert' };
  const one = { models: { mini: { ...models.mini } }, features: {} };
  const inModel = (more: object) => ({ models: { mini: { ...models.mini, ...more } }, features: {} });

  test.each<
    [option: string, config: (value: never) => unknown, accepted: readonly unknown[], refused: readonly unknown[]]
  >([
    ['failureCostUsd', failureCostUsd => inFeature({ failureCostUsd }), [0, 9_000_000], [-1, 9_000_001, '1']],
    ['minSuccessRate', minSuccessRate => inFeature({ minSuccessRate }), [0, 0.5, 1], [-0.1, 1.1]],
    ['maxTurns', maxTurns => inFeature({ maxTurns }), [1, 9], [0, 1.5]],
    ['retries', retries => inFeature({ retries }), [0, 10], [-1, 11, 0.5]],
    ['deadline', deadline => inFeature({ deadline }), [1, '36525d'], [0, '36526d', true]],
    ['prior strength', strength => inFeature({ prior: { mini: { success: 1, strength } } }), [0.1, 10], [0, 10.1]],
    [
      'promptVersion',
      promptVersion => inFeature({ promptVersion }),
      ['v2', 'Ü-1'],
      ['', 'v 2', ' v2', 'v2 ', 2, 'v\ud83d', 'v\0', 'v'.repeat(501)],
    ],
    ['sessionCosts', sessionCosts => inFeature({ sessionCosts }), [true, false], [1, 'net', null]],
    ['budget', usd => inFeature({ budget: { ...budget, usd } }), [0.01, 1e9], [0, Number.POSITIVE_INFINITY]],
    ['contextTokens', contextTokens => inModel({ contextTokens }), [1, 128_000], [0, 0.5, -1]],
    [
      'model',
      model => inModel({ model }),
      ['gpt-5', 'projects/x y/models/z', 'm'.repeat(512)],
      ['', 5, 'm\0', 'm\ud83d', 'm'.repeat(513)],
    ],
    ['spool', spool => ({ ...one, spool }), ['a b.jsonl'], ['', 'a\0b', 5]],
    ['seed', seed => ({ ...one, seed }), [0, 'blue'], [true, null]],
    ['observers', observer => ({ ...one, observers: [observer] }), [{ name: 'log' }], [{}, 5, null]],
    [
      'wires',
      wire => ({ ...one, wires: [wire] }),
      [openaiChat],
      [
        { ...openaiChat, path: 5 },
        { ...openaiChat, read: 5 },
      ],
    ],
  ])('%s takes its smallest and largest values, and nothing beyond', (_, config, accepted, refused) => {
    for (const value of accepted) expect([value, issuesOf(config(value as never))]).toEqual([value, []]);
    for (const value of refused) expect([value, issuesOf(config(value as never)).length]).toEqual([value, 1]);
  });
});

test.each([
  ['a map', new Map([['json', true]])],
  ['a promise', Promise.resolve({ json: true })],
  ['a list', ['json']],
])('an options object is refused as %s even if all its options are optional', (_, given) => {
  expect(refusal(() => (createRouter as Loose)(inFeature({ checks: given })))).toMatchObject({
    code: 'invalid-config',
    path: 'features.support.checks',
    accepted: 'an object of json, refusal, cutOff, empty',
  });
  const mini = { ...models.mini, transform: given };
  expect(refusal(() => (createRouter as Loose)({ models: { mini }, features: {} }))).toMatchObject({
    code: 'invalid-config',
    path: 'models.mini.transform',
    accepted: 'an object of rename, drop, dropValues, clamp',
  });
});

test('a misspelt check gets a suggestion', () => {
  const error = refusal(() => (createRouter as Loose)(inFeature({ checks: { jsno: true } })));
  expect(error).toMatchObject({
    path: 'features.support.checks.jsno',
    accepted: ['json', 'refusal', 'cutOff', 'empty'],
  });
  expect(error.message).toContain('did you mean "json"?');
});
