/**
 * A clock for each router, which runs only while that router is measured, at the speed at which this thread has the processor:
 * as in a process of its own on an idle machine. What a router learns in the background has budgets by the clock. On the common
 * one, each of five routers would earn them also while the four others are measured, or other processes run.
 */

import { threadCpuUs } from '../thread-cpu.ts';

/** The clock before it is replaced: the one that timers and measurements use. */
export const wallMs: () => number = performance.now.bind(performance);

export interface OwnClock {
  /** Runs the work with this clock. Resolves to the thread's CPU time for it, in µs. */
  run(work: () => Promise<void>): Promise<number>;
}

interface Running {
  readonly usedMs: number;
  readonly beganMs: number;
  readonly speed: number;
}

let running: Running | undefined;
const startMs = Date.now() - wallMs();

function elapsedMs(): number {
  if (running === undefined) return wallMs();
  return running.usedMs + running.speed * (wallMs() - running.beganMs);
}

performance.now = elapsedMs;
Date.now = () => Math.floor(startMs + elapsedMs());

/** @param pace `wall` for work that waits for timers: the clock then runs as they do */
export function ownClock(): (pace: 'cpu' | 'wall') => OwnClock {
  let usedMs = wallMs();
  // Assumed until the first work has shown it.
  let cpuSpeed = 1;

  return pace => ({
    async run(work) {
      const speed = pace === 'wall' ? 1 : cpuSpeed;
      const [startUs, beganMs] = [threadCpuUs(), wallMs()];
      running = { usedMs, beganMs, speed };
      await work();
      const [us, tookMs] = [threadCpuUs() - startUs, wallMs() - beganMs];
      usedMs = elapsedMs();
      running = undefined;
      if (pace === 'cpu') cpuSpeed = Math.min(1, us / 1_000 / tookMs);
      return us;
    },
  });
}
