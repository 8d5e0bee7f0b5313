/** Warns the process once of a failing store and of records stored nowhere, if no observer would report it. */
import type { Observer } from '../../contracts/observer.ts';
import { errorLabel } from '../../errors.ts';

/** The function to call with each error: the first one becomes a warning, unless an observer takes faults. */
type Warning = (error: unknown) => void;

/** Warning of records that are stored nowhere. */
export function lossWarning(observers: readonly Observer[]): Warning {
  return warning(observers, {
    code: 'OUTCOMES_NOT_STORED',
    says: label => `Outcomes are neither in the store nor in its spool: ${label}. flush() says when that is over.`,
  });
}

/** Warning of a store that fails: a wrong password, say. */
export function storeWarning(observers: readonly Observer[]): Warning {
  return warning(observers, {
    code: 'STORE_FAILS',
    says: label => `The store fails: ${label}. Calls go on. An observer, such as log(), reports later faults.`,
  });
}

/** Warning of a feature with candidates that no client reaches. */
export function reachWarning(observers: readonly Observer[]): Warning {
  return warning(observers, { code: 'CANDIDATES_OUT_OF_REACH', says: label => label });
}

/** Warning of a feature whose outcomes are not recorded. */
export function outcomeWarning(observers: readonly Observer[]): Warning {
  return warning(observers, { code: 'NO_OUTCOMES', says: label => label });
}

/** The warning with this code. */
export function warning(
  observers: readonly Observer[],
  { code, says }: { readonly code: string; readonly says: (label: string) => string },
): Warning {
  let hasTold = observers.some(observer => observer.faulted !== undefined);
  return error => {
    if (hasTold) return;
    hasTold = true;
    globalThis.process?.emitWarning?.(says(errorLabel(error)), { type: 'OutcomeRouterWarning', code });
  };
}
