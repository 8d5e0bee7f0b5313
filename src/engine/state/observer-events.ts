/** Calls the observers, isolated: an exception in one never fails a request, and is reported to that observer as a fault. */
import type { Fault, Observer, RouterView } from '../../contracts/observer.ts';
import type { Intent, LedgerRecord } from '../../core/ledger/records.ts';

export interface ObserverEvents {
  started(view: RouterView): void;
  /** Reports records that are in the ledger, with the intent that includes them. */
  recorded(records: readonly LedgerRecord[], intent: Intent): void;
  faulted(fault: Fault): void;
}

/** Whether an observer is notified of every request or record, and not only of faults. */
export function isFollower({ requesting, decided, attempted, labelled }: Observer): boolean {
  return (requesting ?? decided ?? attempted ?? labelled) !== undefined;
}

export function observerEvents(observers: readonly Observer[]): ObserverEvents {
  function notify(call: (observer: Observer) => unknown): void {
    for (const observer of observers) {
      // An observer that fails on its own fault has nowhere left to report it.
      isolated(call, observer, error => isolated(one => one.faulted?.({ where: 'observer', error }), observer, ignore));
    }
  }

  return {
    started: view => notify(observer => observer.started?.(view)),
    recorded(records, intent) {
      if (observers.length === 0) return;
      for (const record of records) {
        if (record.kind === 'decided') notify(observer => observer.decided?.(record));
        else if (record.kind === 'attempted') notify(observer => observer.attempted?.(record, intent));
        else notify(observer => observer.labelled?.(record, intent));
      }
    },
    faulted: fault => notify(observer => observer.faulted?.(fault)),
  };
}

/** The types allow an async function where nothing is awaited, and its unhandled rejection would end the process. */
function isolated(call: (observer: Observer) => unknown, observer: Observer, failed: (error: unknown) => void): void {
  try {
    const done = call(observer);
    if (done instanceof Promise) done.catch(failed);
  } catch (error) {
    failed(error);
  }
}

function ignore(): void {}
