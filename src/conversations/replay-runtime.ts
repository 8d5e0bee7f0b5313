/** The clock, the ids and the randomness of a replay: its time jumps from one event of the traces to the next. */
import { seededRandom } from '../core/math/random.ts';
import type { Runtime } from '../runtime.ts';

export interface ReplayRuntime extends Runtime {
  /** Sets the clock. */
  reach(atMs: number): void;
}

export function replayRuntime(seed: string): ReplayRuntime {
  let nowMs = 0;
  let ids = 0;
  const never = (): (() => void) => () => {};
  return {
    reach: atMs => void (nowMs = atMs),
    nowMs: () => nowMs,
    elapsedMs: () => nowMs,
    cpuMs: () => 0,
    sleep: async () => {},
    after: never,
    every: never,
    soon: callback => queueMicrotask(callback),
    newId: () => `i${ids++}`,
    random: seededRandom(seed),
  };
}
