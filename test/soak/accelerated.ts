/** A clock that runs faster than the real one: timers, windows and waits come as much sooner. */
import type { Runtime } from '../../src/runtime.ts';
import { systemRuntime } from '../../src/runtime.ts';

export interface Acceleration {
  /** Seconds of this clock in a real second. */
  readonly times: number;
  /** Real time at which all processes of a soak have the time 0 since its start, milliseconds since the epoch. */
  readonly startMs: number;
}

export function acceleratedRuntime({ times, startMs }: Acceleration): Runtime {
  const system = systemRuntime();
  return {
    ...system,
    nowMs: () => Math.floor(startMs + (Date.now() - startMs) * times),
    elapsedMs: () => system.elapsedMs() * times,
    sleep: async (ms, signal) => system.sleep(ms / times, signal),
    after(ms, callback) {
      let isCancelled = false;
      // Data that arrived meanwhile is read first: on a busy machine, a timer and the answer that it waits for come at the same moment.
      const fire = (): void => void setImmediate(() => setImmediate(() => isCancelled || callback()));
      const cancel = system.after(ms / times, fire);
      return () => {
        isCancelled = true;
        cancel();
      };
    },
    every: (ms, callback) => system.every(ms / times, callback),
  };
}
