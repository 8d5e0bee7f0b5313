/** What an application asked to be told of, without its mistakes reaching a request. */
import type { BudgetEvent } from '../../config/application.ts';
import type { Alerts } from './learning.ts';

/** What an application is told of, once of each. */
export interface Hooks extends Alerts {
  readonly onBudget?: (event: BudgetEvent) => void;
}

/** The same hooks; what one throws goes to `faulted` and no further. Absent ones stay absent. */
export function guardedHooks(
  { onBudget, onDrift, onFailureCostMismatch }: Hooks,
  faulted: (error: unknown) => void,
): Hooks {
  const guard =
    <Event>(hook: (event: Event) => unknown) =>
    (event: Event): void => {
      try {
        const done = hook(event);
        // An async function is a hook as well, and its rejection would end the process.
        if (done instanceof Promise) done.catch(faulted);
      } catch (error) {
        faulted(error);
      }
    };
  return {
    ...(onBudget === undefined ? {} : { onBudget: guard(onBudget) }),
    ...(onDrift === undefined ? {} : { onDrift: guard(onDrift) }),
    ...(onFailureCostMismatch === undefined ? {} : { onFailureCostMismatch: guard(onFailureCostMismatch) }),
  };
}
