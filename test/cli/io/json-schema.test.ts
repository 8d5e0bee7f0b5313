import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { jsonSchema } from '../../../src/cli/io/json-schema.ts';
import { routerSchema } from '../../../src/config/schema.ts';
import { object, oneOf, record, rule, text, yesOrNo } from '../../../src/config/schema-rules.ts';
import type { Shape } from '../../../src/config/shape.ts';
import { issuesOf } from '../../../src/config/shape.ts';
import type { SeededRandom } from '../../../src/core/math/random.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import { trials } from '../../support/trials.ts';

const ROUTER = {
  $schema: './router.schema.json',
  models: {
    mini: { provider: 'openai', model: 'gpt-5-mini', price: 'openai/gpt-5-mini', lacks: ['audio'] },
    local: {
      provider: 'openai',
      model: 'qwen3:8b',
      baseURL: 'http://localhost:11434/v1',
      apiKey: 'k',
      headers: { 'x-a': 'b' },
      price: { inputUsdPerMillion: 0, outputUsdPerMillion: 0 },
      params: { effort: 'low', temperature: 1, body: { seed: [1, null, { a: true }] } },
      transform: { drop: ['stop'], clamp: { n: 1 } },
      contextTokens: 8_000,
      cache: { ttlMs: 1 },
    },
  },
  features: {
    'support.reply': {
      candidates: ['mini', 'local'],
      failureCostUsd: 15,
      signals: { resolved: true },
      silence: { after: '30m', means: 'success' },
      returns: { within: 3_600_000, means: 'failure' },
      context: { plan: ['free', 'paid'], difficulty: { cuts: [0.3, 0.7] }, length: 'bucket' },
      checks: { json: true },
      prior: { mini: { success: 0.8, strength: 2 } },
      budget: { usd: 5, per: 'day', onLimit: 'refuse', expectedIntents: 3 },
      latency: { within: '2s', fraction: 0.9 },
      holdout: { model: 'mini', fraction: 0.1 },
      retries: 2,
      promptVersion: 'v2',
      onStuck: 'learn',
    },
  },
  seed: 'a',
  refresh: '1s',
  spool: 'x.jsonl',
};

/** A second reader of JSON schemas. */
const validator = (shape: Shape) => z.fromJSONSchema(jsonSchema(shape));
const whole = validator(routerSchema);
const isRight = (value: unknown): boolean => whole.safeParse(value).success;

describe('a configuration', () => {
  test('the JSON schema accepts everything that JSON can express', () => {
    expect(issuesOf(routerSchema, ROUTER)).toEqual([]);
    expect(whole.safeParse(ROUTER).error?.issues ?? []).toEqual([]);
  });

  const feature = (more: object): object => ({
    ...ROUTER,
    features: { a: { candidates: ['mini'], failureCostUsd: 1, ...more } },
  });
  test.each([
    ['a misspelt option', { ...ROUTER, bugdet: {} }],
    ['no features', { models: ROUTER.models }],
    ['an unknown provider', { ...ROUTER, models: { mini: { provider: 'opneai', model: 'a' } } }],
    ['a number as text', feature({ failureCostUsd: '15' })],
    ['no candidates', feature({ candidates: undefined })],
    ['a candidate alone', feature({ candidates: 'mini' })],
    ['another word', feature({ silence: { after: '30m', means: 'sucess' } })],
    ['a member too much', feature({ budget: { usd: 5, per: 'day', onLimit: 'refuse', limit: 1 } })],
    ['a store, which is made in code', { ...ROUTER, store: 'router.db' }],
  ])('the JSON schema rejects %s', (_, value) => {
    const json: unknown = JSON.parse(JSON.stringify(value));
    expect([issuesOf(routerSchema, json).length > 0, isRight(json)]).toEqual([true, false]);
  });

  test('the JSON schema accepts every random change that the check of the configuration accepts', () => {
    const random = seededRandom('configurations');
    let accepted = 0;
    for (let count = 0; count < trials(2_000); count++) {
      const value = changed(ROUTER, random);
      if (issuesOf(routerSchema, value).length > 0) continue;
      accepted++;
      expect([value, whole.safeParse(value).error?.issues ?? []]).toEqual([value, []]);
    }
    expect(accepted).toBeGreaterThan(50);
  });

  test('a description says what would be accepted', () => {
    const { properties } = jsonSchema(routerSchema) as { readonly properties: Readonly<Record<string, object>> };
    expect(properties['refresh']).toEqual({
      description: "milliseconds, or a number with a unit: '500ms', '30s', '30m', '12h', '7d'; at most 100 years",
      type: ['number', 'string'],
    });
    const names = [
      'models',
      'features',
      'observers',
      'wires',
      'priceList',
      'budget',
      'seed',
      'refresh',
      'spool',
      '$schema',
    ];
    expect(Object.keys(properties)).toEqual(names);
  });
});

test('a JSON schema leaves functions out of objects, and allows none in a record or a list', () => {
  const hook = rule('a function', value => typeof value === 'function');
  const { $schema, title, ...schema } = jsonSchema(
    object(
      { word: oneOf('a', 'b'), hook },
      { some: record(text, hook), list: { kind: 'list', item: hook }, yes: yesOrNo },
    ),
  );
  expect([$schema, title]).not.toContain(undefined);
  expect(schema).toEqual({
    type: 'object',
    properties: {
      word: { enum: ['a', 'b'] },
      some: { type: 'object', propertyNames: { description: 'text that is not blank' }, additionalProperties: false },
      list: { type: 'array', items: false },
      yes: { description: 'true or false', type: 'boolean' },
    },
    required: ['word'],
    additionalProperties: false,
  });
});

const OTHERS: readonly unknown[] = [
  0,
  1,
  -1,
  0.5,
  1e9,
  '',
  'a',
  '5s',
  'bucket',
  true,
  null,
  [],
  ['a'],
  [0.1],
  {},
  { a: 1 },
  { success: 1 },
];

/** The same value with one part replaced, removed or added. */
function changed(value: unknown, random: SeededRandom): unknown {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random.next() * items.length)] as Item;
  if (typeof value !== 'object' || value === null || random.next() < 0.1) return pick(OTHERS);
  if (Array.isArray(value)) return value.map(each => (random.next() < 0.5 ? changed(each, random) : (each as unknown)));
  const entries = Object.entries(value);
  const at = Math.floor(random.next() * entries.length);
  if (random.next() < 0.15) return Object.fromEntries(entries.toSpliced(at, 1));
  if (random.next() < 0.1) return { ...value, [pick(['a', 'retries', 'rollout'])]: pick(OTHERS) };
  return Object.fromEntries(entries.map(([name, each], index) => [name, index === at ? changed(each, random) : each]));
}
