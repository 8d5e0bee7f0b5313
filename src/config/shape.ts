/** The shape that a value from JavaScript must have, as data, and the errors of a value that has another shape. */

/** The accepted values as an error names them: in words, or as a list from which it suggests the nearest. */
type Accepted = readonly string[] | string;

export type Shape =
  /** A value that passes the test, and then has a further shape. */
  | {
      readonly kind: 'rule';
      readonly accepted: Accepted;
      /** A hint for a text that is close to no accepted one: what the user may have meant. */
      readonly hint?: string;
      readonly test: (value: unknown) => boolean;
      readonly within?: Shape;
    }
  /** An object with these members and no others. */
  | { readonly kind: 'object'; readonly members: Readonly<Record<string, Shape>> }
  | { readonly kind: 'record'; readonly name: Shape; readonly value: Shape }
  | { readonly kind: 'list'; readonly item: Shape }
  | { readonly kind: 'either'; readonly shapes: readonly Shape[]; readonly accepted: string }
  | { readonly kind: 'optional'; readonly shape: Shape }
  /** A rule about the parts together; checked where each part is right by itself. */
  | { readonly kind: 'joint'; readonly shape: Shape; readonly refusals: (value: never) => readonly Refusal[] };

export interface Refusal {
  /** The member that is refused; without it, the value itself. */
  readonly path: readonly string[];
  readonly accepted: string;
}

/** A mistake in a value: what is wrong, where, and what would be accepted there. */
export type Issue = {
  readonly path: readonly PropertyKey[];
  readonly accepted: Accepted;
  readonly hint?: string;
} & (
  | { readonly kind: 'value' | 'name' | 'joint' }
  | { readonly kind: 'unknown-member'; readonly name: string }
  | { readonly kind: 'either'; readonly issues: readonly Issue[] }
);

/** Everything that is wrong with a value, in the order of the shape; nothing for a value that is accepted. */
export function issuesOf(shape: Shape, value: unknown): readonly Issue[] {
  switch (shape.kind) {
    case 'optional':
      return value === undefined ? [] : issuesOf(shape.shape, value);
    case 'rule':
      if (!shape.test(value)) return [refused(shape)];
      return shape.within === undefined ? [] : issuesOf(shape.within, value);
    case 'list':
      return listIssues(shape, value);
    case 'object':
      return objectIssues(shape, value);
    case 'record':
      return recordIssues(shape, value);
    case 'either':
      return eitherIssues(shape, value);
    case 'joint': {
      const issues = issuesOf(shape.shape, value);
      if (issues.some(isOfPart)) return issues;
      return [...issues, ...shape.refusals(value as never).map(refusal => ({ kind: 'joint' as const, ...refusal }))];
    }
  }
}

function refused({ accepted, hint }: Of<'rule'>): Issue {
  return { kind: 'value', path: [], accepted, ...(hint === undefined ? {} : { hint }) };
}

/** The issue is in a part of the value, not in the whole (further members, or parts that do not fit together). */
function isOfPart({ kind }: Issue): boolean {
  return kind !== 'unknown-member' && kind !== 'joint';
}

type Of<Kind extends Shape['kind']> = Extract<Shape, { readonly kind: Kind }>;

function listIssues({ item }: Of<'list'>, value: unknown): readonly Issue[] {
  if (!Array.isArray(value)) return [{ kind: 'value', path: [], accepted: 'a list' }];
  // A copy, because `flatMap` passes over the holes of a list.
  return [...(value as unknown[])].flatMap((each, index) => under(index, issuesOf(item, each)));
}

function objectIssues({ members }: Of<'object'>, value: unknown): readonly Issue[] {
  const accepted = Object.keys(members);
  if (!isObject(value)) return [{ kind: 'value', path: [], accepted: `an object of ${accepted.join(', ')}` }];
  const issues = Object.entries(members).flatMap(([name, shape]) => under(name, issuesOf(shape, value[name])));
  // Inherited members count too: an instance of a class is not a configuration.
  for (const name in value) {
    if (!accepted.includes(name)) return [...issues, { kind: 'unknown-member', path: [], accepted, name }];
  }
  return issues;
}

function recordIssues({ name, value: each }: Of<'record'>, value: unknown): readonly Issue[] {
  if (!isPlainObject(value)) return [{ kind: 'value', path: [], accepted: 'an object' }];
  return Object.keys(value).flatMap((key): readonly Issue[] => {
    const [wrong] = issuesOf(name, key);
    if (wrong !== undefined) return [{ kind: 'name', path: [key], accepted: wrong.accepted }];
    return under(key, issuesOf(each, value[key]));
  });
}

function eitherIssues({ shapes, accepted }: Of<'either'>, value: unknown): readonly Issue[] {
  const found = shapes.map(shape => issuesOf(shape, value));
  if (found.some(issues => issues.length === 0)) return [];
  // Where all parts fit one of the shapes, that one was meant.
  const [meant, other] = found.filter(issues => !issues.some(isOfPart));
  if (meant !== undefined && other === undefined) return meant;
  return [{ kind: 'either', path: [], accepted, issues: found.flat() }];
}

function under(key: PropertyKey, issues: readonly Issue[]): readonly Issue[] {
  return issues.map(issue => ({ ...issue, path: [key, ...issue.path] }));
}

type Unchecked = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Unchecked {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A plain object, also of another realm, whose Object is not ours; not an instance of a class, such as a map or a promise.
 */
function isPlainObject(value: unknown): value is Unchecked {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
