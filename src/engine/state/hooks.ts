/** User callbacks, isolated: an exception in one never fails a request. */
import type { BudgetEvent } from '../../config/budget-config.ts';
import type { Alerts } from './alerts.ts';

/** The application's callbacks. Each is called once per event. */
export interface Hooks extends Alerts {
  readonly onBudget?: (event: BudgetEvent) => void;
}

/** The same hooks; an exception in one goes to `faulted` and no further. Absent hooks stay absent. */
export function guardedHooks(
  { onBudget, onDrift, onFailureCostMismatch }: Hooks,
  faulted: (error: unknown) => void,
): Hooks {
  const guard =
    <Event>(hook: (event: Event) => unknown) =>
    (event: Event): void => {
      try {
        const done = hook(event);
        // The types allow an async function here, whose unhandled rejection would end the process.
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
