/** The kinds of values that the configuration's schema is made of, each with the words for its error. */
import { isText, TEXT } from '../errors.ts';
import type { Shape } from './shape.ts';

type RuleShape = Extract<Shape, { readonly kind: 'rule' }>;

/**
 * A value that passes the test; `accepted` says which values do, for the error. `within` is the shape that a value which
 * passes must also have.
 */
export function rule(
  accepted: readonly string[] | string,
  test: (value: unknown) => boolean,
  within?: Shape,
): RuleShape {
  return { kind: 'rule', accepted, test, ...(within === undefined ? {} : { within }) };
}

export function number(accepted: string, test: (value: number) => boolean): Shape {
  return rule(accepted, value => typeof value === 'number' && test(value));
}

/** One of these words. */
export function oneOf(...words: readonly string[]): RuleShape {
  return rule(words, value => words.includes(value as string));
}

/** The same rule with a hint for a text that is close to no accepted one: what the user may have meant. */
export function hinted(shape: RuleShape, hint: string): RuleShape {
  return { ...shape, hint };
}

type MemberShapes = Readonly<Record<string, Shape>>;

/** An object with these members and no others. */
export function object(required: MemberShapes, optional: MemberShapes = {}): Shape {
  const entries = Object.entries(optional).map(([name, shape]) => [name, { kind: 'optional', shape }] as const);
  return { kind: 'object', members: { ...required, ...Object.fromEntries(entries) } };
}

/** An object with values of one kind, under any names. */
export function record(name: Shape, value: Shape): Shape {
  return { kind: 'record', name, value };
}

export function listOf(item: Shape): Shape {
  return { kind: 'list', item };
}

export function listOfSome(item: Shape): Shape {
  return {
    kind: 'joint',
    shape: listOf(item),
    refusals: ({ length }: readonly unknown[]) => (length > 0 ? [] : [{ path: [], accepted: 'a list of one or more' }]),
  };
}

export const isFunction = (value: unknown): boolean => typeof value === 'function';

export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** A value that is checked elsewhere. */
export const anything = rule('anything', () => true);

export const anyText = rule('text', value => typeof value === 'string');

export const text = rule(TEXT, isText);

export const yesOrNo = rule('true or false', value => typeof value === 'boolean');

export const positiveInteger = number('an integer of 1 or more', value => Number.isSafeInteger(value) && value >= 1);

/** An object of which every option is optional. Without this check, a map or a promise would pass as an object without options. */
export function options(members: MemberShapes): Shape {
  return rule(
    `an object of ${Object.keys(members).join(', ')}`,
    value => !isObject(value) || !(Symbol.iterator in value || 'then' in value),
    object({}, members),
  );
}
