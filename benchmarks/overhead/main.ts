/**
 * What routing adds to a call of the official SDK, in CPU of the caller's thread: plain, armed, with intents and outcomes, on
 * every store, streamed, with large bodies, over real HTTP, in a new process, and beside other libraries. See
 * `measure.ts` for how sides are compared. Figures are medians over rounds, with the quartiles of the difference, and the lowest
 * decile, which is the cost of the code when the machine is otherwise idle. Rows without a bar are there for comparison.
 *
 *   npm run -s bench:overhead -- [--json] [--rounds 60] [--only plain,streams] [--peers] [--no-bars] [--save NAME]
 *
 * `--peers` installs those libraries in `peers/` once.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { table } from '../report.ts';
import type { OverheadResult, OverheadRow } from '../results.ts';
import { barOf, saveResult, thisMachine } from '../results.ts';
import { decisionNs } from './decision.ts';
import { GROUPS } from './groups.ts';
import { installPeers } from './peers.ts';

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '60' },
    only: { type: 'string', default: Object.keys(GROUPS).join() },
    peers: { type: 'boolean', default: false },
    'no-bars': { type: 'boolean', default: false },
    save: { type: 'string' },
    /** In a process of its own. */
    group: { type: 'string' },
  },
});
const startedMs = performance.now();
const rounds = Number(flags.rounds);

/** @throws Error for an unknown group, or one that failed */
async function rowsOf(group: string): Promise<readonly OverheadRow[]> {
  if (!(group in GROUPS)) throw new Error(`no group "${group}": ${Object.keys(GROUPS).join()}`);
  const own = ['--group', group, '--rounds', flags.rounds, ...(flags.peers ? ['--peers'] : [])];
  const child = fork(fileURLToPath(import.meta.url), own, { execArgv: ['--expose-gc'] });
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`${group} ended with ${code}`);
  });
  const [rows] = (await Promise.race([once(child, 'message'), failed])) as [readonly OverheadRow[]];
  failed.catch(() => {});
  return rows;
}

async function run(): Promise<void> {
  if (flags.peers) installPeers();
  const comparisons: OverheadRow[] = [];
  for (const group of flags.only.split(',')) comparisons.push(...(await rowsOf(group)));
  const decision = { name: 'one cached decision', ns: decisionNs(), maxNs: 200 };
  const ok = comparisons.every(comparison => comparison.ok) && decision.ns <= decision.maxNs;
  const result: OverheadResult = {
    command: `npm run bench:overhead -- --rounds ${rounds}${flags.peers ? ' --peers' : ''}`,
    machine: thisMachine(),
    seconds: Math.round((performance.now() - startedMs) / 1_000),
    rounds,
    comparisons,
    decision,
    ok,
  };
  if (flags.save !== undefined) saveResult(flags.save, result);
  if (flags.json) console.log(JSON.stringify(result, null, 2));
  else print(result);
  if (!ok && !flags['no-bars']) process.exitCode = 1;
}

function print({ comparisons, decision }: OverheadResult): void {
  const us = (value: number) => value.toFixed(1);
  console.log(
    table(
      ['what', 'direct µs', 'added µs (quartiles)', 'quiet', 'ratio', 'quiet', 'self', 'bar', ''],
      comparisons.map(row => [
        row.name,
        us(row.directUs),
        `${us(row.addedUs)} (${us(row.addedQuartilesUs[0])} … ${us(row.addedQuartilesUs[1])})`,
        us(row.addedQuietUs),
        `×${row.ratio.toFixed(3)}`,
        `×${row.quietRatio.toFixed(3)}`,
        `×${row.selfRatio.toFixed(3)}`,
        barOf(row),
        barOf(row) === '' ? '' : row.ok ? 'ok' : 'MISSED',
      ]),
    ),
  );
  console.log(`one cached decision: ${decision.ns.toFixed(0)} ns (bar ≤ ${decision.maxNs} ns)`);
}

if (flags.group === undefined) await run();
else {
  const rows = await GROUPS[flags.group]?.({ rounds, peers: flags.peers });
  process.send?.(rows, () => process.exit());
}
