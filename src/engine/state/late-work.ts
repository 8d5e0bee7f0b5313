/** Work that goes on after the caller has its reply. */
import type { Fault } from '../../contracts/observer.ts';

export interface LateWork {
  /** An error is reported as a fault of the intent. */
  add(work: Promise<void>, intentId?: string): void;
  /** Resolves when nothing is under way. */
  done(): Promise<void>;
}

export function lateWork(faulted: (fault: Fault) => void): LateWork {
  const working = new Set<Promise<void>>();

  return {
    add(work, intentId) {
      const of = intentId === undefined ? {} : { intentId };
      const tracked = work.catch((error: unknown) => faulted({ where: 'wire', ...of, error }));
      working.add(tracked);
      void tracked.then(() => working.delete(tracked));
    },
    async done() {
      while (working.size > 0) await Promise.all(working);
    },
  };
}
