/** The configuration's shape as a JSON schema, from the same data that checks a configuration. */
import type { Shape } from '../../config/shape.ts';
import { issuesOf } from '../../config/shape.ts';

/** A JSON schema of draft 2020-12, with the members that shapes need. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/**
 * A JSON schema for a shape. It accepts everything that the configuration's own check accepts: that check also tests ranges,
 * names and combinations, which are in the `description`. A member of an object that JSON cannot express, such as a function or a
 * store, is left out.
 */
export function jsonSchema(shape: Shape): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'router.config.json of outcome-router',
    ...schemaOf(shape),
  };
}

/** `undefined` for a shape that JSON cannot express. */
function schemaOf(shape: Shape): JsonSchema | undefined {
  switch (shape.kind) {
    case 'optional':
      return schemaOf(shape.shape);
    case 'joint':
      return jointSchema(shape);
    case 'rule':
      return ruleSchema(shape);
    case 'list':
      return { type: 'array', items: schemaOf(shape.item) ?? false };
    case 'object':
      return objectSchema(shape);
    case 'record': {
      const { description } = schemaOf(shape.name) ?? {};
      const names = description === undefined ? {} : { propertyNames: { description } };
      return { type: 'object', ...names, additionalProperties: schemaOf(shape.value) ?? false };
    }
    case 'either': {
      const schemas = shape.shapes.flatMap(each => schemaOf(each) ?? []);
      return { description: shape.accepted, anyOf: schemas };
    }
  }
}

type ShapeOf<Kind extends Shape['kind']> = Extract<Shape, { readonly kind: Kind }>;

function objectSchema({ members }: ShapeOf<'object'>): JsonSchema {
  const known = Object.entries(members).flatMap(([name, shape]) => {
    const schema = schemaOf(shape);
    return schema === undefined ? [] : [[name, schema] as const];
  });
  const required = known.map(([name]) => name).filter(name => members[name]?.kind !== 'optional');
  return {
    type: 'object',
    properties: Object.fromEntries(known),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

/** Samples for each JSON type: a rule that accepts any value of the type accepts at least one of its samples. */
const SAMPLES: Readonly<Record<string, readonly unknown[]>> = {
  boolean: [true, false],
  number: [0, 0.5, 1, 2, 15, 1_024, 60_000],
  string: ['a', '30m', 'https://models.example.com/v1'],
  array: [['a'], [0.3, 0.7]],
  object: [{}, { a: 'b' }],
  null: [null],
};

/** Schemas of the parts. If the parts accept anything, the whole decides whether any JSON value is accepted. */
function jointSchema(joint: ShapeOf<'joint'>): JsonSchema | undefined {
  const schema = schemaOf(joint.shape);
  const isAnything = schema !== undefined && Object.keys(schema).length === 0;
  const samples = Object.values(SAMPLES).flat();
  return isAnything && samples.every(sample => issuesOf(joint, sample).length > 0) ? undefined : schema;
}

function ruleSchema({ accepted, test, within }: ShapeOf<'rule'>): JsonSchema | undefined {
  if (typeof accepted !== 'string') return { enum: accepted };
  const types = Object.keys(SAMPLES).filter(type => SAMPLES[type]?.some(sample => test(sample)));
  if (types.length === 0) return undefined;
  if (types.length === Object.keys(SAMPLES).length && within === undefined) return {};
  const inner = within === undefined ? undefined : schemaOf(within);
  return { description: accepted, ...(inner ?? { type: types.length === 1 ? types[0] : types }) };
}
