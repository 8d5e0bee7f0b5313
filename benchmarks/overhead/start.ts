/**
 * What a new process spends until its first reply, with and without a router: import, first decision, first call. From the
 * built package, as it is installed: `npm run build` first. CPU of the thread.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { quartiles } from '../report.ts';
import type { OverheadRow } from '../results.ts';

const MAX_ADDED_MS = 40;

/** With the prices in the configuration, and with those of the price book. */
export async function coldStarts(rounds: number): Promise<readonly OverheadRow[]> {
  return [await coldStart(rounds, 'configured'), await coldStart(rounds, 'book')];
}

async function coldStart(rounds: number, prices: 'configured' | 'book'): Promise<OverheadRow> {
  const times: { readonly direct: number; readonly twin: number; readonly routed: number }[] = [];
  for (let round = 0; round < rounds; round++)
    times.push({ direct: await startUs('direct'), routed: await startUs(prices), twin: await startUs('direct') });
  const quarter = quartiles(times.map(({ direct, twin, routed }) => routed - (direct + twin) / 2));
  const least = (of: (each: (typeof times)[number]) => number): number => Math.min(...times.map(of));
  const quietDirect = least(({ direct, twin }) => Math.min(direct, twin));
  const quietRouted = least(({ routed }) => routed);
  return {
    name: `new process: import, first decision and first call${prices === 'book' ? ', prices from the book' : ''}`,
    directUs: quartiles(times.map(({ direct }) => direct)).median,
    addedUs: quarter.median,
    addedQuartilesUs: [quarter.lower, quarter.upper],
    ratio: quartiles(times.map(({ direct, twin, routed }) => (2 * routed) / (direct + twin))).median,
    selfRatio: quartiles(times.map(({ direct, twin }) => twin / direct)).median,
    addedQuietUs: quietRouted - quietDirect,
    quietRatio: quietRouted / quietDirect,
    maxAddedUs: MAX_ADDED_MS * 1_000,
    maxRatio: undefined,
    ok: quarter.median <= MAX_ADDED_MS * 1_000,
  };
}

async function startUs(kind: string): Promise<number> {
  const child = fork(fileURLToPath(new URL('first-reply.ts', import.meta.url)), [kind], { execArgv: [] });
  const [us] = (await once(child, 'message')) as [number];
  return us;
}
