/** The RouterError of a call that a JavaScript caller makes with wrong arguments. */
import { RouterError } from '../../src/errors.ts';

/** Fails unless the call throws a RouterError, itself and not later in a promise. */
export function refusal(make: () => unknown): RouterError {
  try {
    make();
  } catch (error) {
    if (error instanceof RouterError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

/** A function as JavaScript sees it: its arguments are not type-checked. */
export type Loose = (...given: readonly unknown[]) => unknown;
