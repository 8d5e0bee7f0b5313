/**
 * A clock per router. It runs only while that router is measured, and only as fast as this thread gets the processor, as in a
 * separate process on an idle machine. Learning in the background has time budgets: on a shared clock, each of five routers would
 * also gain budget while the other four, or other processes, run.
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
