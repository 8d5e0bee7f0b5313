/** Pauses that are not the garbage collector's. */
import { PerformanceObserver } from 'node:perf_hooks';
import type { PerformanceEntry } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { threadCpuUs } from '../thread-cpu.ts';
import { wallMs } from './own-clock.ts';

/** Work that takes less time is not a pause. */
const NOTABLE_MS = 1;

/** The longest single run of the work, in ms, without garbage collection. */
export async function longestPause(times: number, work: (index: number) => unknown): Promise<number> {
  const collections = garbageCollections();
  const pauses: { readonly beganMs: number; readonly ms: number }[] = [];
  for (let index = 0; index < times; index++) {
    const beganMs = wallMs();
    const ms = timed(() => work(index))();
    if (ms > NOTABLE_MS) pauses.push({ beganMs, ms });
  }
  const msIn = await collections();
  return Math.max(0, ...pauses.map(({ beganMs, ms }) => ms - msIn(beganMs, beganMs + ms)));
}

const MAPS = 1_024;

/**
 * The control of {@link longestPause} of a store: so many ids in plain maps, as many again in place of the first ones, and nothing
 * else. Each map is too small to take long when it grows; V8 keeps the text of every key in a table of its own, which grows at once.
 */
export async function longestMapSet(ids: number): Promise<number> {
  const maps = Array.from({ length: MAPS }, () => new Map<string, number>());
  return longestPause(2 * ids, index => {
    const map = maps[index % MAPS];
    map?.set(`id-${index}`, index);
    if (index >= ids) maps[(index - ids) % MAPS]?.delete(`id-${index - ids}`);
  });
}

/** Watches the garbage collector, until the answer is awaited: how long it has worked between two moments, in ms. */
function garbageCollections(): () => Promise<(fromMs: number, toMs: number) => number> {
  const entries: PerformanceEntry[] = [];
  const observer = new PerformanceObserver(list => entries.push(...list.getEntries()));
  observer.observe({ entryTypes: ['gc'] });
  return async () => {
    await sleep(0);
    entries.push(...observer.takeRecords());
    observer.disconnect();
    return (fromMs, toMs) =>
      entries
        .filter(({ startTime, duration }) => startTime < toMs && startTime + duration > fromMs)
        .reduce((sum, { duration }) => sum + duration, 0);
  };
}

/**
 * A function that returns how long the work had the processor, in ms. The wall clock also runs while other processes have the
 * processor, and kernel time for them may be counted as this thread's: the lower of the two is closer to the truth.
 */
export function timed(work: () => unknown): () => number {
  const [startUs, beganMs] = [threadCpuUs(), wallMs()];
  work();
  return () => Math.min(wallMs() - beganMs, (threadCpuUs() - startUs) / 1_000);
}
