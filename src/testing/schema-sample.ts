/** Creates a value that follows a JSON schema, as the reply of a model with structured output. */

type Schema = Readonly<Record<string, unknown>>;

/** Depth at which a schema that refers to itself is cut off with null. */
const MAX_DEPTH = 12;

/**
 * A value of the schema: free strings are `text`, numbers and lists are as small as allowed, and the first alternative is
 * taken. A schema that refers to itself ends as early as it can.
 */
export function schemaSample(schema: unknown, text: string): unknown {
  return sample(schema, { root: schema, text, depth: 0 });
}

interface Context {
  readonly root: unknown;
  readonly text: string;
  readonly depth: number;
}

function sample(schema: unknown, context: Context): unknown {
  if (typeof schema !== 'object' || schema === null) return context.text;
  const rules = schema as Schema;
  const deeper = { ...context, depth: context.depth + 1 };
  if (context.depth > MAX_DEPTH) return null;
  if (typeof rules.$ref === 'string') return sample(resolve(rules.$ref, context.root), deeper);
  if ('const' in rules) return rules.const;
  if (Array.isArray(rules.enum)) return rules.enum[0] as unknown;
  const alternatives = rules.anyOf ?? rules.oneOf;
  if (Array.isArray(alternatives)) return sample(shallowest(alternatives, context), deeper);
  if (Array.isArray(rules.allOf)) return sample(Object.assign({}, ...(rules.allOf as Schema[])), deeper);
  switch (Array.isArray(rules.type) ? (rules.type[0] as unknown) : rules.type) {
    case 'object':
      return objectSample(rules, deeper);
    case 'array':
      return Array.from({ length: numberOf(rules.minItems, 0) }, () => sample(rules.items, deeper));
    case 'string':
      return stringSample(rules, context.text);
    case 'integer':
    case 'number':
      return numberOf(rules.minimum, numberOf(rules.exclusiveMinimum, -1) + 1);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return 'properties' in rules ? objectSample(rules, deeper) : context.text;
  }
}

/** The first alternative; at depth, the first one without a reference, so that the value is finite. */
function shallowest(alternatives: readonly unknown[], { depth }: Context): unknown {
  const flat = alternatives.find(schema => !JSON.stringify(schema).includes('"$ref"'));
  return depth > MAX_DEPTH / 2 ? (flat ?? alternatives[0]) : alternatives[0];
}

function objectSample(rules: Schema, context: Context): unknown {
  const value: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries((rules.properties ?? {}) as Schema)) {
    value[name] = sample(schema, context);
  }
  return value;
}

const FORMATS: Readonly<Record<string, string>> = {
  'date-time': '2026-01-02T03:04:05Z',
  date: '2026-01-02',
  time: '03:04:05Z',
  email: 'a@example.com',
  uuid: '00000000-0000-4000-8000-000000000000',
  uri: 'https://example.com/',
};

function stringSample({ format, minLength, maxLength }: Schema, text: string): string {
  const formatted = typeof format === 'string' ? FORMATS[format] : undefined;
  return (formatted ?? text).padEnd(numberOf(minLength, 0), 'x').slice(0, numberOf(maxLength, Infinity));
}

function numberOf(value: unknown, fallback: number): number {
  return typeof value === 'number' ? value : fallback;
}

/** Resolves `#/$defs/name`, and `#` for the whole schema. */
function resolve(ref: string, root: unknown): unknown {
  let found = root;
  for (const part of ref.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    found = typeof found === 'object' && found !== null ? (found as Schema)[name] : undefined;
  }
  return found;
}
