/** Tells the process once that records are stored nowhere, where no observer would tell. */
import type { Observer } from '../../contracts/observer.ts';
import { errorLabel } from '../../errors.ts';

/** The function to call with each such error: the first one becomes a warning, unless an observer takes faults. */
export function lossWarning(observers: readonly Observer[]): (error: unknown) => void {
  let hasTold = observers.some(observer => observer.faulted !== undefined);
  return error => {
    if (hasTold) return;
    hasTold = true;
    globalThis.process?.emitWarning?.(
      `Outcomes are neither in the store nor in its spool: ${errorLabel(error)}. flush() says when that is over.`,
      { type: 'OutcomeRouterWarning', code: 'OUTCOMES_NOT_STORED' },
    );
  };
}
