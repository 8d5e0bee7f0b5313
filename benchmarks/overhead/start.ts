/**
 * What a new process spends until its first reply, with and without a router: import, first decision, first call. From the
 * built package, as it is installed: `npm run build` first. CPU of the thread.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { quartiles } from '../report.ts';
import type { OverheadRow } from '../results.ts';
import { client, messagesOf, plainFetch } from '../stubbed-client.ts';
import { MODELS, PLAIN } from './routers.ts';

const MAX_ADDED_MS = 40;

export async function coldStart(rounds: number): Promise<OverheadRow> {
  const times: { readonly direct: number; readonly twin: number; readonly routed: number }[] = [];
  for (let round = 0; round < rounds; round++)
    times.push({ direct: await startUs('direct'), routed: await startUs('routed'), twin: await startUs('direct') });
  const quarter = quartiles(times.map(({ direct, twin, routed }) => routed - (direct + twin) / 2));
  const least = (of: (each: (typeof times)[number]) => number): number => Math.min(...times.map(of));
  const quietDirect = least(({ direct, twin }) => Math.min(direct, twin));
  const quietRouted = least(({ routed }) => routed);
  return {
    name: 'new process: import, first decision and first call',
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

async function startUs(kind: 'direct' | 'routed'): Promise<number> {
  const child = fork(fileURLToPath(import.meta.url), [kind], { execArgv: [] });
  const [us] = (await once(child, 'message')) as [number];
  return us;
}

if (import.meta.main) {
  const start = process.threadCpuUsage();
  let openai = client(plainFetch);
  let model: string = MODELS.mini.model;
  if (process.argv[2] === 'routed') {
    const built = new URL('../../dist/index.js', import.meta.url).href;
    const { createRouter } = (await import(built)) as typeof import('../../src/index.ts');
    openai = createRouter({ models: MODELS, features: { plain: PLAIN } }).wrap(openai);
    model = 'feature:plain';
  }
  await openai.chat.completions.create({ model, messages: messagesOf(600) });
  const { user, system } = process.threadCpuUsage(start);
  process.send?.(user + system);
  process.disconnect();
}
