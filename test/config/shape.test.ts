import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as z from 'zod/v4';
import {
  anything,
  listOf,
  listOfSome,
  number,
  object,
  oneOf,
  record,
  rule,
  text,
} from '../../src/config/schema-rules.ts';
import { routerSchema } from '../../src/config/schema.ts';
import type { Issue, Shape } from '../../src/config/shape.ts';
import { issuesOf } from '../../src/config/shape.ts';
import { memory } from '../../src/stores/memory.ts';
import { trials } from '../support/trials.ts';

/** The same shape in zod, as an independent reference. */
function inZod(shape: Shape): z.ZodType {
  switch (shape.kind) {
    case 'rule': {
      const rule = z.custom(shape.test);
      return shape.within === undefined ? rule : rule.pipe(inZod(shape.within));
    }
    case 'object':
      return z.strictObject(Object.fromEntries(Object.entries(shape.members).map(([name, of]) => [name, inZod(of)])));
    case 'record':
      return z.record(inZod(shape.name) as z.ZodType<string, string>, inZod(shape.value));
    case 'list':
      return z.array(inZod(shape.item));
    case 'either':
      return z.union(shape.shapes.map(inZod) as [z.ZodType]);
    case 'optional':
      return inZod(shape.shape).optional();
    case 'joint':
      return inZod(shape.shape).superRefine((value, { addIssue }) => {
        for (const { path } of shape.refusals(value as never))
          addIssue({ code: 'custom', path: [...path], input: value });
      });
  }
}

/** The kinds of issue by the names of `inZod`. The comparison covers what is wrong and where, but not the messages. */
const CODES: Readonly<Record<z.core.$ZodIssue['code'], Issue['kind']>> = {
  custom: 'value',
  invalid_type: 'value',
  unrecognized_keys: 'unknown-member',
  invalid_key: 'name',
  invalid_union: 'either',
} as Record<z.core.$ZodIssue['code'], Issue['kind']>;

type Found = readonly (readonly [kind: Issue['kind'], path: readonly PropertyKey[], more?: unknown])[];

/** The issues of the alternatives of a choice are compared too, because an error may be about one of them. */
function found(issues: readonly Issue[]): Found {
  return issues.map(issue => {
    const { kind, path } = issue;
    if (kind === 'either') return [kind, path, found(issue.issues)];
    if (kind === 'unknown-member') return [kind, path, issue.name];
    return [kind === 'joint' ? 'value' : kind, path];
  });
}

function foundInZod(issues: readonly z.core.$ZodIssue[]): Found {
  return issues.map(issue => {
    const { code, path } = issue;
    if (code === 'invalid_union') return [CODES[code], path, foundInZod(issue.errors.flat())];
    if (code === 'unrecognized_keys') return [CODES[code], path, issue.keys[0]];
    return [CODES[code], path];
  });
}

const short = rule('a short name', value => typeof value === 'string' && value.length < 2);
const leaf = fc.constantFrom<Shape>(
  text,
  number('a positive number', value => value > 0),
  oneOf('a', 'b'),
);
const { shape: shapes } = fc.letrec<{ shape: Shape; part: Shape }>(tie => ({
  part: fc.oneof({ maxDepth: 4, depthSize: 'small' }, leaf, tie('shape')),
  shape: fc.oneof(
    leaf,
    fc
      .tuple(
        fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('part')),
        fc.dictionary(fc.constant('d'), fc.oneof(tie('part'), fc.constant(anything))),
      )
      .map(([required, optional]) => object(required, optional)),
    tie('part').map(value => record(short, value)),
    tie('part').map(listOf),
    tie('part').map(listOfSome),
    fc.array(tie('part'), { minLength: 2, maxLength: 3 }).map(
      (either): Shape => ({
        kind: 'either',
        shapes: either,
        accepted: '',
      }),
    ),
    tie('part').map(within => rule('not nothing', value => value !== null && value !== undefined, within)),
    tie('part').map(
      (of): Shape => ({
        kind: 'joint',
        shape: of,
        refusals: (value: unknown) => (typeof value === 'object' ? [{ path: ['x'], accepted: '' }] : []),
      }),
    ),
  ),
}));
const values = fc.letrec(tie => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(undefined, null, true, 1, -1, Number.NaN, '', 'a', 'x', new Map(), Object.create(null)),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'xx'), tie('value'), { noNullPrototype: true }),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
})).value;

test('a shape reports the same mistakes as zod for any value, in the same order', () => {
  fc.assert(
    fc.property(shapes, values, (shape, value) => {
      expect(found(issuesOf(shape, value))).toEqual(foundInZod(inZod(shape).safeParse(value).error?.issues ?? []));
    }),
    { numRuns: trials(500) },
  );
});

const whole = {
  models: {
    mini: {
      provider: 'openai',
      model: 'gpt-5-mini',
      price: { inputUsdPerMillion: 1, outputUsdPerMillion: 4 },
      params: { effort: 'low', body: { a: [null, { b: 'c' }] } },
      transform: { rename: { a: 'b' }, drop: ['c'], dropValues: { d: [1] }, clamp: { e: 2 } },
      lacks: ['tools'],
      cache: { ttlMs: 1 },
    },
    other: {
      provider: 'other',
      model: 'm',
      baseURL: 'https://models.example.com/v1',
      headers: { a: 'b' },
      apiKey: 'k',
    },
  },
  features: {
    support: {
      candidates: ['mini', 'other'],
      failureCostUsd: 15,
      signals: { stars: true },
      silence: { after: '1h', means: 'success' },
      checks: { json: true },
      prior: { mini: { success: 0.5 } },
      context: { plan: ['free', 'paid'], difficulty: { cuts: [0.3] }, length: 'bucket' },
      latency: { within: '3s' },
      budget: { usd: 3, per: 'day', onLimit: 'refuse' },
      holdout: { model: 'mini', fraction: 0.1 },
    },
  },
  store: memory(),
  refresh: '2s',
};

/** Every place in a value, as its path. */
function placesIn(value: unknown): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [[]];
  return [[], ...Object.entries(value).flatMap(([key, part]) => placesIn(part).map(path => [key, ...path]))];
}

function changedAt(value: unknown, [key, ...rest]: readonly string[], change: (value: unknown) => unknown): unknown {
  if (key === undefined) return change(value);
  const copy: unknown = Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) };
  const parts = copy as Record<string, unknown>;
  parts[key] = changedAt(parts[key], rest, change);
  return copy;
}

test('a configuration with mistakes anywhere has the issues that zod finds', () => {
  const schema = inZod(routerSchema);
  expect(issuesOf(routerSchema, whole)).toEqual([]);
  const mistake = fc.oneof(
    values.map(value => () => value),
    fc.constantFrom('misspelt', 'a=b', '').map(name => (old: unknown) => ({ ...(old as object), [name]: old })),
    fc.constant((old: unknown) => [old]),
  );
  const mistakes = fc.array(fc.tuple(fc.constantFrom(...placesIn(whole)), mistake), { minLength: 1, maxLength: 2 });
  fc.assert(
    fc.property(mistakes, changes => {
      let config: unknown = whole;
      for (const [path, change] of changes) {
        try {
          config = changedAt(config, path, change);
        } catch {
          // An earlier change has removed the place that this one needs.
        }
      }
      expect(found(issuesOf(routerSchema, config))).toEqual(foundInZod(schema.safeParse(config).error?.issues ?? []));
    }),
    { numRuns: trials(300) },
  );
});
