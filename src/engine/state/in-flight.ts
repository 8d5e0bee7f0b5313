/** How many requests are under way, for whoever must not leave before they are over. */

export interface InFlightCounter {
  begin(): void;
  end(): void;
  /** Resolves when nothing is under way. */
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
      for (const tell of waiting) tell();
      waiting = [];
    },
    idle: async () => (count === 0 ? undefined : new Promise<void>(resolve => void waiting.push(resolve))),
  };
}
