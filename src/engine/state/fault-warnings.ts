/** Tells the process, once each, of a store that fails and of records that are stored nowhere, where no observer would tell. */
import type { Observer } from '../../contracts/observer.ts';
import { errorLabel } from '../../errors.ts';

/** The function to call with each error: the first one becomes a warning, unless an observer takes faults. */
type Warning = (error: unknown) => void;

/** Of records that are stored nowhere. */
export function lossWarning(observers: readonly Observer[]): Warning {
  return warning(observers, {
    code: 'OUTCOMES_NOT_STORED',
    says: label => `Outcomes are neither in the store nor in its spool: ${label}. flush() says when that is over.`,
  });
}

/** Of a store that fails: a wrong password, say. */
export function storeWarning(observers: readonly Observer[]): Warning {
  return warning(observers, {
    code: 'STORE_FAILS',
    says: label => `The store fails: ${label}. Calls go on. An observer (log(), say) tells of later faults.`,
  });
}

/** Of a feature whose candidates no client reaches all. */
export function reachWarning(observers: readonly Observer[]): Warning {
  return warning(observers, { code: 'CANDIDATES_OUT_OF_REACH', says: label => label });
}

/** Of a feature whose outcomes are not recorded. */
export function outcomeWarning(observers: readonly Observer[]): Warning {
  return warning(observers, { code: 'NO_OUTCOMES', says: label => label });
}

/** What the process is told with this code. */
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
