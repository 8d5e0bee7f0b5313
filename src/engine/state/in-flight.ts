/** Counts in-flight requests, so that closing the router can wait for them. */

export interface InFlightCounter {
  begin(): void;
  end(): void;
  /** Resolves when no request is in flight. */
  idle(): Promise<void>;
}

export function inFlightCounter(): InFlightCounter {
  let count = 0;
  let waiting: (() => void)[] = [];
  return {
    begin() {
      count++;
    },
    end() {
      if (--count > 0) return;
      for (const resolve of waiting) resolve();
      waiting = [];
    },
    idle: async () => (count === 0 ? undefined : new Promise<void>(resolve => void waiting.push(resolve))),
  };
}
