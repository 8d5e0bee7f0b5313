/** A runtime for tests: a clock that only the test moves, seeded randomness, and ids that count up. */
import { seededRandom } from '../core/math/random.ts';
import { checkNames, RouterError } from '../errors.ts';
import type { Runtime } from '../runtime.ts';
import { systemRuntime } from '../runtime.ts';

/** Factor of the time limit of a store's answers. */
const STORE_PATIENCE = 30;

export interface TestRuntimeOptions {
  /** Where the clock starts, whole milliseconds since the epoch. Default 2026-01-01 UTC. */
  readonly startMs?: number;
  /** Seed of the randomness. Default `'test'`. */
  readonly seed?: string | number;
}

export interface TestRuntime extends Runtime {
  /**
   * Moves the clock forward. Timers that fall due run in order, each at its own time, before this returns; asynchronous
   * work that they start runs when the test next awaits. The router's sweep for silent intents is such a timer: it may label
   * an intent before `router.labelSilentIntents()` does, whose count then does not have it. Test the outcome, not the count.
   *
   * @throws RouterError `invalid-value` for anything but a whole number of milliseconds, 0 or more
   */
  advance(ms: number): void;
  /** Every wait that the router requested, such as the back-off before a retry, in whole milliseconds (rounded up), in order. */
  readonly slept: readonly number[];
}

interface Timer {
  dueMs: number;
  readonly everyMs: number | undefined;
  readonly callback: () => void;
}

/** @throws RouterError `invalid-value` */
function checkMs(ms: number, path: string, minMs: number): void {
  if (Number.isSafeInteger(ms) && ms >= minMs) return;
  const accepted = minMs === 0 ? 'whole milliseconds, 0 or more' : 'whole milliseconds since the epoch';
  throw new RouterError('invalid-value', 'not a time that the clock can show', { path, accepted });
}

/**
 * A runtime for {@link createTestRouter}. Time passes only by `advance` and by waits, which take no real time: a retry's
 * back-off moves the clock by its length and continues at once. The clock shows whole milliseconds: a wait or a timer with
 * a fraction ends at the next one. A store answers in real time, so the time limit of its answers is real too, and 30 times as
 * long: a busy machine is no fault of what is tested.
 *
 * Ids are `id1`, `id2`, …; the same seed gives the same decisions for the same calls in the same order.
 *
 * @example
 * ```ts
 * const runtime = testRuntime({ startMs: Date.UTC(2026, 5, 1) });
 * runtime.after(60_000, () => console.log('a minute later'));
 * runtime.advance(60_000);
 * runtime.nowMs(); // Date.UTC(2026, 5, 1, 0, 1)
 * ```
 *
 * @throws RouterError `invalid-value` for an unknown option or a start that is not whole milliseconds
 */
export function testRuntime(options: TestRuntimeOptions = {}): TestRuntime {
  checkNames(options, ['startMs', 'seed'], 'testRuntime');
  const { startMs = Date.UTC(2026, 0, 1), seed = 'test' } = options;
  checkMs(startMs, 'testRuntime.startMs', Number.MIN_SAFE_INTEGER);
  let nowMs = startMs;
  let ids = 0;
  const timers = new Set<Timer>();
  const real = systemRuntime(0);
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
    cpuMs: () => nowMs - startMs,
    soon: callback => void setImmediate(callback),
    newId: () => `id${++ids}`,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      const wholeMs = Math.ceil(ms);
      slept.push(wholeMs);
      nowMs += wholeMs;
    },
    after: (ms, callback) => add({ dueMs: nowMs + Math.ceil(ms), everyMs: undefined, callback }),
    afterReal: (ms, callback) => real.after(STORE_PATIENCE * ms, callback),
    every(ms, callback) {
      const everyMs = Math.ceil(ms);
      return add({ dueMs: nowMs + everyMs, everyMs, callback });
    },
    advance(ms) {
      checkMs(ms, 'advance', 0);
      const untilMs = nowMs + ms;
      for (;;) {
        const next = [...timers].filter(timer => timer.dueMs <= untilMs).sort((a, b) => a.dueMs - b.dueMs)[0];
        if (next === undefined) break;
        // A wait may have moved the clock beyond this timer's due time; the clock never goes back.
        nowMs = Math.max(nowMs, next.dueMs);
        if (next.everyMs === undefined) timers.delete(next);
        else next.dueMs += next.everyMs;
        next.callback();
      }
      nowMs = Math.max(nowMs, untilMs);
    },
  };
}
