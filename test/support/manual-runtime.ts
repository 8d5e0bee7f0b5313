/** A runtime whose time passes only when a test says so, with seeded randomness and countable ids. */
import { seededRandom } from '../../src/core/math/random.ts';
import type { Runtime } from '../../src/runtime.ts';

export interface ManualRuntime extends Runtime {
  /** Lets time pass, running what falls due in order. Sleepers wake up when the caller awaits next. */
  advance(ms: number): void;
  /** Every sleep that was asked for, in milliseconds. */
  readonly slept: readonly number[];
}

interface Timer {
  atMs: number;
  readonly everyMs: number | undefined;
  readonly callback: () => void;
}

export function manualRuntime({ startMs = Date.UTC(2026, 0, 1), seed = 'test' } = {}): ManualRuntime {
  let nowMs = startMs;
  let ids = 0;
  const timers = new Set<Timer>();
  const slept: number[] = [];
  const add = (timer: Timer) => {
    timers.add(timer);
    return () => void timers.delete(timer);
  };
  return {
    slept,
    random: seededRandom(seed),
    nowMs: () => nowMs,
    elapsedMs: () => nowMs - startMs,
    soon: callback => void setImmediate(callback),
    newId: () => `id${++ids}`,
    // Sleeping takes no real time: the clock jumps, as if nothing else had been going on.
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      slept.push(ms);
      nowMs += ms;
    },
    after: (ms, callback) => add({ atMs: nowMs + ms, everyMs: undefined, callback }),
    every: (ms, callback) => add({ atMs: nowMs + ms, everyMs: ms, callback }),
    advance(ms) {
      const untilMs = nowMs + ms;
      for (;;) {
        const next = [...timers].filter(timer => timer.atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
        if (next === undefined) break;
        nowMs = next.atMs;
        if (next.everyMs === undefined) timers.delete(next);
        else next.atMs += next.everyMs;
        next.callback();
      }
      nowMs = untilMs;
    },
  };
}
