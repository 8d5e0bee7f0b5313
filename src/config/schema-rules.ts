/** The kinds of values that the configuration's schema is made of, each with the words for its error. */
// This path is version 4 in zod 3.25 and in zod 4.
import * as z from 'zod/v4';

/** A value that passes the test; `accepted` says in words which values do, for the error. */
export const rule = <Value>(accepted: string, test: (value: unknown) => boolean) =>
  z.custom<Value>(test, { params: { accepted } });

export const number = (accepted: string, test: (value: number) => boolean) =>
  rule(accepted, value => typeof value === 'number' && test(value));

export const isFunction = (value: unknown): boolean => typeof value === 'function';

export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

export const text = rule('text that is not empty', value => typeof value === 'string' && value !== '');

export const positiveInteger = number('an integer of 1 or more', value => Number.isSafeInteger(value) && value >= 1);

/** An object of which every option is optional: a map or a promise would pass as one without options. */
export const options = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  rule(
    `an object of ${Object.keys(shape).join(', ')}`,
    value => !isObject(value) || !(Symbol.iterator in value || 'then' in value),
  ).pipe(z.strictObject(shape));
