/** CPU of a call: one call after the other, at a steady rate, and the maximum of many calls. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { quartiles } from '../report.ts';
import type { CallCost } from '../results.ts';
import { wallMs } from './own-clock.ts';
import type { Side } from './side.ts';
import { timed } from './pauses.ts';
import { random } from './side.ts';

export const CALLS_PER_SECOND = 500;
const BATCH = 200;
const SLICE_SECONDS = 2;
const RUNS = 3;
const CALLS_PER_RUN = 1_000;

/** Makes calls until every feature was read from the store, and the code is compiled. */
export async function warmUp(side: Side, batches: number): Promise<void> {
  for (let i = 0; i < batches; i++) await batch(side);
}

/** CPU of a call in µs. */
async function batch({ call, flush, clock }: Side): Promise<number> {
  const us = await clock('cpu').run(async () => {
    for (let i = 0; i < BATCH; i++) await call();
    await flush();
  });
  return us / BATCH;
}

/** Calls at a steady rate for a while: CPU of a call in µs, with the timers that pace them; notes the delay of the event loop. */
async function paced({ call, flush, clock, delaysMs }: Side): Promise<number> {
  const calls: Promise<void>[] = [];
  const delays = monitorEventLoopDelay({ resolution: 1 });
  const us = await clock('wall').run(async () => {
    const beganMs = wallMs();
    delays.enable();
    while (calls.length < SLICE_SECONDS * CALLS_PER_SECOND) {
      const due = ((wallMs() - beganMs) / 1_000) * CALLS_PER_SECOND;
      while (calls.length < due) calls.push(call());
      await sleep(1);
    }
    await Promise.all(calls);
    delays.disable();
    await flush();
  });
  delaysMs.push(delays.percentile(99) / 1e6);
  return us / calls.length;
}

interface Cpu {
  readonly us: number;
  /** To that of the first side in the same round. */
  readonly ratio: number;
}

/** CPU of a call per side. */
async function compare(
  sides: readonly Side[],
  { rounds: count, measure }: { readonly rounds: number; readonly measure: (each: Side) => Promise<number> },
): Promise<readonly Cpu[]> {
  const rounds: ReadonlyMap<Side, number>[] = [];
  for (let round = 0; round < count; round++) {
    const order = sides.map(each => ({ each, at: random.next() })).sort((a, b) => a.at - b.at);
    const times = new Map<Side, number>();
    for (const { each } of order) times.set(each, await measure(each));
    rounds.push(times);
  }
  const of = (each: Side, times: ReadonlyMap<Side, number>): number => times.get(each) as number;
  const [first] = sides as [Side];
  return sides.map(each => ({
    us: quartiles(rounds.map(times => of(each, times))).median,
    ratio: quartiles(rounds.map(times => of(each, times) / of(first, times))).median,
  }));
}

export interface Rounds {
  readonly rounds: number;
  readonly slices: number;
}

/** Measures every side in both ways. */
export async function costs(sides: readonly Side[], { rounds, slices }: Rounds): Promise<readonly CallCost[]> {
  const busy = await compare(sides, { rounds, measure: batch });
  const steady = await compare(sides, { rounds: slices, measure: paced });
  return sides.map(({ name, delaysMs }, i) => {
    const [{ us, ratio }, slow] = [busy[i] as Cpu, steady[i] as Cpu];
    const delayP99Ms = quartiles(delaysMs).median;
    return { name, cpuUs: us, ratio, pacedCpuUs: slow.us, pacedRatio: slow.ratio, delayP99Ms };
  });
}

/**
 * The longest time that one call of each side had the processor, in ms: the median of three runs of 1,000 calls, which alternate.
 */
export async function longestCalls(sides: readonly Side[]): Promise<readonly number[]> {
  const longest = sides.map((): number[] => []);
  for (let run = 0; run < RUNS; run++) for (const [i, each] of sides.entries()) longest[i]?.push(await longestOf(each));
  return longest.map(runs => quartiles(runs).median);
}

async function longestOf({ call, flush, clock }: Side): Promise<number> {
  let most = 0;
  await clock('cpu').run(async () => {
    for (let i = 0; i < CALLS_PER_RUN; i++) {
      let calling: Promise<void> | undefined;
      const took = timed(() => (calling = call()));
      await calling;
      most = Math.max(most, took());
    }
    await flush();
  });
  return most;
}
