/**
 * Checks of the arguments of the helpers for an application's own stores and policies. The router itself calls the functions
 * behind them for every intent, with arguments that its types have checked.
 */
import type { ArgumentCheck } from '../argument-checks.ts';

/** The function with a check for each of its arguments, in their order. */
export function checked<Arguments extends readonly unknown[], Result>(
  name: string,
  call: (...given: Arguments) => Result,
  checks: Readonly<Record<string, ArgumentCheck>>,
): (...given: Arguments) => Result {
  const list = Object.entries(checks).map(([argument, check]) => [`${name}.${argument}`, check] as const);
  return (...given) => {
    for (const [index, [path, check]] of list.entries()) check(given[index], path);
    return call(...given);
  };
}
