/** Finds the first call of an intent that has a handle. Loaded with the code that routes. */
import type { HandledIntent, IdOrigin } from './intent-handles.ts';

/** Returns the origin of the id to the first caller, and `undefined` to every later one. */
export function claim(handled: HandledIntent): IdOrigin | undefined {
  const { origin } = handled;
  handled.origin = undefined;
  return origin;
}
