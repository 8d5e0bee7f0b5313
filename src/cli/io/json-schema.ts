/** The configuration's shape as a JSON schema, from the same data that checks a configuration. */
import type { Shape } from '../../config/shape.ts';
import { issuesOf } from '../../config/shape.ts';

/** A JSON schema of draft 2020-12, as far as shapes need it. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/**
 * What JSON can say of a shape. It never refuses what the configuration's own check accepts: that check knows more (ranges, names,
 * what must be together), and the words for it are the `description`. What no JSON can be, as a function or a store, is
 * left out of the members of its object.
 */
export function jsonSchema(shape: Shape): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'router.config.json of outcome-router',
    ...schemaOf(shape),
  };
}

/** `undefined` for a shape that no JSON has. */
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

/** Values of each type of JSON, of which a rule accepts one at least if it accepts any value of the type. */
const SAMPLES: Readonly<Record<string, readonly unknown[]>> = {
  boolean: [true, false],
  number: [0, 0.5, 1, 2, 15, 1_024, 60_000],
  string: ['a', '30m', 'https://models.example.com/v1'],
  array: [['a'], [0.3, 0.7]],
  object: [{}, { a: 'b' }],
  null: [null],
};

/** Schemas of the parts; where the parts may be anything, the whole decides whether any JSON is accepted. */
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
