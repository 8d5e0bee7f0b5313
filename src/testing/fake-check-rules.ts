/** Rules for a test's configuration and scripts, and the error that states what would be accepted. */
import { checkNames, RouterError } from '../errors.ts';

export type FakeCheck = (value: unknown, path: string) => void;
/** A check of every field, so that a field added to the type must be added here. */
export type CheckedFields<Of> = { readonly [Name in keyof Required<Of>]: FakeCheck };

/** A value is never quoted: it may be a reply, or a key in the wrong place. */
export function rule(accepted: string | readonly string[], holds: (value: unknown) => boolean): FakeCheck {
  return (value, path) => {
    if (!holds(value)) throw new RouterError('invalid-value', 'this value is not accepted', { path, accepted });
  };
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object with these fields and no others; a field is required where its check refuses `undefined`. */
export function object(known: Readonly<Record<string, FakeCheck>>): FakeCheck {
  const names = Object.keys(known);
  return (value, path) => {
    if (!isObject(value)) {
      throw new RouterError('invalid-value', 'this value is not accepted', {
        path,
        accepted: `an object with ${names.join(', ')}`,
      });
    }
    checkNames(value, names, path);
    for (const [name, check] of Object.entries(known)) check(value[name], `${path}.${name}`);
  };
}

export const optional =
  (check: FakeCheck): FakeCheck =>
  (value, path) => {
    if (value !== undefined) check(value, path);
  };

export const isFunction = (value: unknown): boolean => typeof value === 'function';
export const functionOr =
  (check: FakeCheck): FakeCheck =>
  (value, path) => {
    if (!isFunction(value)) check(value, path);
  };

/** Every value of an object whose names the test chooses. */
export const record =
  (accepted: string, check: FakeCheck): FakeCheck =>
  (value, path) => {
    rule(accepted, isObject)(value, path);
    for (const [name, entry] of Object.entries(value as object)) check(entry, `${path}.${name}`);
  };

export const list =
  (accepted: string, check: FakeCheck): FakeCheck =>
  (value, path) => {
    rule(accepted, Array.isArray)(value, path);
    for (const [index, entry] of (value as readonly unknown[]).entries()) check(entry, `${path}[${index}]`);
  };

const isAmount = (value: unknown): boolean => typeof value === 'number' && value >= 0 && Number.isFinite(value);
export const isWhole = (value: unknown): boolean => Number.isSafeInteger(value) && isAmount(value);
export const isStatus = (min: number) => (value: unknown) =>
  isWhole(value) && Number(value) >= min && Number(value) <= 599;
export const isPair = (holds: (value: unknown) => boolean) => (value: unknown) =>
  holds(value) ||
  (Array.isArray(value) && value.length === 2 && value.every(holds) && Number(value[0]) <= Number(value[1]));

export const text = rule('a text', value => typeof value === 'string');
export const whole = rule('a whole number, 0 or more', isWhole);
export const amount = rule('a number, 0 or more', isAmount);
export const tokenCount = rule('a whole number, 0 or more, or [min, max]', isPair(isWhole));
export const latency = rule('milliseconds, 0 or more, or [min, max]', isPair(isAmount));
export const probability = rule('a probability, 0 to 1', value => isAmount(value) && Number(value) <= 1);
export const flag = rule('true or false', value => typeof value === 'boolean');

/** One of these names; a misspelled name gets the most similar one as a suggestion. */
export function oneOf<Name extends string>(names: Readonly<Record<Name, true>>): FakeCheck {
  const accepted = Object.keys(names);
  return (value, path) => {
    if (typeof value !== 'string') return rule(accepted, () => false)(value, path);
    if (Object.hasOwn(names, value)) return;
    throw new RouterError('invalid-value', 'this name is not accepted', { path, accepted, given: value });
  };
}
