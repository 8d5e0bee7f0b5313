/**
 * Checks of the arguments that plain JavaScript gives to a function: each throws a RouterError that says where the mistake is
 * and what would be accepted. A misspelled option would be ignored otherwise, and a wrong value would give a wrong result.
 */
import { checkNames, invalidValue, isText, RouterError, TEXT } from './errors.ts';

/** @throws RouterError `invalid-value` with the path, unless the value is accepted */
export type ArgumentCheck = (value: unknown, path: string) => void;

/** A check of every member, so that a member that is added to the type must be added to its checks. */
export type MemberChecks<Of> = { readonly [Name in keyof Required<Of>]: ArgumentCheck };

type AnyObject = Readonly<Record<PropertyKey, unknown>>;

const isObject = (value: unknown): value is AnyObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isNumber = (value: unknown): value is number => typeof value === 'number';

/** @param accepted what is accepted, in words or as a list, from which the error suggests the nearest */
/* @__NO_SIDE_EFFECTS__ bundlers leave out the checks that nothing uses */
export function accepting(accepted: readonly string[] | string, holds: (value: unknown) => boolean): ArgumentCheck {
  return (value, path) => {
    if (!holds(value)) throw invalidValue(value, path, accepted);
  };
}

/* @__NO_SIDE_EFFECTS__ */
export function optional(check: ArgumentCheck): ArgumentCheck {
  return (value, path) => {
    if (value !== undefined) check(value, path);
  };
}

export const text = accepting(TEXT, isText);
/** Text that may be empty. */
export const anyText = accepting('text', value => typeof value === 'string');
export const yesOrNo = accepting('true or false', value => typeof value === 'boolean');
export const callback = accepting('a function', value => typeof value === 'function');
/** A number, not text that contains one. It may be NaN, which the function itself refuses. */
export const anyNumber = accepting('a number', isNumber);
export const finite = accepting('a number', Number.isFinite);
export const fraction = accepting('a number from 0 to 1', value => isNumber(value) && value >= 0 && value <= 1);
export const fromZero = accepting('a number from 0', value => Number.isFinite(value) && (value as number) >= 0);
export const aboveZero = accepting('a number above 0', value => Number.isFinite(value) && (value as number) > 0);
export const wholeFromZero = accepting(
  'a whole number from 0',
  value => Number.isSafeInteger(value) && (value as number) >= 0,
);
export const wholeFromOne = accepting(
  'a whole number from 1',
  value => Number.isSafeInteger(value) && (value as number) >= 1,
);
/** `Infinity` and `-Infinity` are accepted: a period may be open at either end. */
export const timeMs = accepting(
  'milliseconds since the epoch: Date.UTC(2026, 10, 1)',
  value => isNumber(value) && !Number.isNaN(value),
);
export const seed = accepting('a number or text', value => Number.isFinite(value) || typeof value === 'string');

export function oneOf(names: readonly string[]): ArgumentCheck {
  return accepting(names, value => names.includes(value as string));
}

/** A part of a ledger: the options that exports, bills and replays have in common. */
export const LEDGER_RANGE = /* @__PURE__ */ Object.freeze({
  feature: optional(text),
  fromMs: optional(timeMs),
  toMs: optional(timeMs),
});

/** A store, or an object that has those methods of a store that the function calls. */
export function storeWith(...methods: readonly string[]): ArgumentCheck {
  return accepting(
    `a store: sqlite('router.db'), memory(), or an object with ${methods.map(method => `${method}()`).join(', ')}`,
    value => isObject(value) && methods.every(method => typeof value[method] === 'function'),
  );
}

/** What `for await` accepts. It is not quoted, because it may be the text of a whole file. */
export function iterable(accepted: string, { orText = false }: { readonly orText?: boolean } = {}): ArgumentCheck {
  return (value, path) => {
    if (orText && typeof value === 'string') return;
    const isIterable =
      typeof value === 'object' && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value);
    if (isIterable && !(value instanceof Map)) return;
    throw new RouterError('invalid-value', 'this value is not accepted', { path, accepted });
  };
}

export function listOf(accepted: string, check: ArgumentCheck): ArgumentCheck {
  return (value, path) => {
    if (!Array.isArray(value)) throw invalidValue(value, path, accepted);
    for (let index = 0; index < value.length; index++) check(value[index], `${path}[${index}]`);
  };
}

/** An object with values of one kind, under any names. */
export function recordOf(accepted: string, check: ArgumentCheck): ArgumentCheck {
  return (value, path) => {
    if (!isObject(value) || 'then' in value || value instanceof Map) throw invalidValue(value, path, accepted);
    for (const [name, entry] of Object.entries(value)) check(entry, `${path}[${JSON.stringify(name)}]`);
  };
}

/** An object that may have other members too. */
export function objectWith<Of>(members: MemberChecks<Of>): ArgumentCheck {
  const checks = Object.entries<ArgumentCheck>(members);
  const accepted = `an object with ${Object.keys(members).join(', ')}`;
  return (value, path) => {
    if (!isObject(value)) throw invalidValue(value, path, accepted);
    for (const [name, check] of checks) check(value[name], `${path}.${name}`);
  };
}

/** An object that has these members and no others. */
export function optionsWith<Options>(members: MemberChecks<Options>): ArgumentCheck {
  const names = Object.keys(members);
  const check = objectWith<Options>(members);
  return (value, path) => {
    checkNames(value, names, path);
    check(value, path);
  };
}
