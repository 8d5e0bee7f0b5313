/** A mistake that the schema finds, as a RouterError: where it is, what was given, and what would be accepted. */
import type * as z from 'zod/v4';
import { RouterError } from '../errors.ts';
import { nearestName } from '../nearest-name.ts';
import { pathText } from './path-text.ts';

type Issue = z.core.$ZodIssue;

/** The error for the first issue; a misspelt option comes before the required one that is missing because of it. */
export function schemaError(
  issues: readonly Issue[],
  { schema, config }: { readonly schema: z.ZodType; readonly config: unknown },
): RouterError {
  const first = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
  const issue = mostPrecise(first as Issue, config);
  if (issue.code === 'unrecognized_keys') {
    const [name = ''] = issue.keys;
    return new RouterError('invalid-config', `no option is named "${name}"`, {
      path: pathText([...issue.path, name]),
      accepted: optionsAt(schema, issue.path),
      given: name,
    });
  }
  const value = valueAt(config, issue.path);
  const accepted = acceptedBy(issue, optionsAt(schema, issue.path));
  return new RouterError('invalid-config', describeValue(value, issue), {
    path: pathText(issue.path) || 'configuration',
    ...(accepted === undefined ? {} : { accepted }),
    ...(typeof value === 'string' ? { given: value } : {}),
  });
}

/** Where a value fits no alternative of a union: the issue of the alternative that it nearly fits. */
function mostPrecise(issue: Issue, config: unknown): Issue {
  if (issue.code !== 'invalid_union') return issue;
  const nested = issue.errors.flat();
  // The oldest supported zod takes the indexes of a list for the keys of an object.
  const isList = Array.isArray(valueAt(config, issue.path));
  const found =
    nested.find(({ code }) => code === 'unrecognized_keys' && !isList) ?? nested.find(({ path }) => path.length > 0);
  return found === undefined ? issue : mostPrecise({ ...found, path: [...issue.path, ...found.path] }, config);
}

function valueAt(config: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Readonly<Record<PropertyKey, unknown>> | undefined)?.[key],
    config,
  );
}

/** Quotes only what cannot be a secret: numbers, and text that is close to one of the accepted words. */
function describeValue(value: unknown, issue: Issue): string {
  if (issue.code === 'invalid_key') return `${JSON.stringify(issue.path.at(-1))} is not a valid name`;
  if (value === undefined) return 'it is missing';
  if (typeof value === 'number' || typeof value === 'boolean' || value === null)
    return `${String(value)} is not accepted`;
  if (typeof value === 'string') {
    const isMisspelt = issue.code === 'invalid_value' && nearestName(value, issue.values.map(String)) !== undefined;
    return isMisspelt ? `"${value}" is not accepted` : 'this text is not accepted';
  }
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list is not accepted' : 'this list is not accepted';
  return `this ${typeof value} is not accepted`;
}

function acceptedBy(issue: Issue, options: readonly string[]): string | readonly string[] | undefined {
  if (issue.code === 'custom') return issue.params?.['accepted'] as string | undefined;
  if (issue.code === 'invalid_key') return issue.issues[0] && acceptedBy(issue.issues[0], []);
  if (issue.code === 'invalid_value') return issue.values.map(String);
  if (issue.code === 'too_small') return 'a list of one or more';
  // The schema sets the message of a union. Numbers and texts have `rule`, whose issues are `custom`.
  if (issue.code !== 'invalid_type') return issue.message;
  if (issue.expected === 'array') return 'a list';
  return options.length > 0 ? `an object of ${options.join(', ')}` : 'an object';
}

/** The fields of a zod schema's definition that hold the schemas of nested values. */
interface Definition {
  readonly shape?: Readonly<Record<PropertyKey, z.core.$ZodType>>;
  readonly innerType?: z.core.$ZodType;
  /** Of a pipe: what its value is parsed with last. */
  readonly out?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
}

/** Names of the options of the object at a path of the configuration. */
function optionsAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  const { shape, out, innerType = out, valueType, element, options }: Definition = schema._zod.def as object;
  if (innerType !== undefined) return optionsAt(innerType, path);
  if (options !== undefined) return options.flatMap(each => optionsAt(each, path));
  const [key, ...rest] = path;
  if (key === undefined) return Object.keys(shape ?? {});
  const part = shape?.[key] ?? valueType ?? element;
  return part === undefined ? [] : optionsAt(part, rest);
}
