/**
 * Is anything lost when processes race for a spool file, or are killed? Does a request end or block the dashboard? Exits with 1
 * if so. Takes some twenty minutes.
 *
 *   npm run test:crashes -- [--rounds 1000] [--paths 150] [--kills 500] [--full 100] [--requests 10000]
 *
 * `--full` is the number of routers that are killed on a full disk: half of them on a small file system where this user
 * may mount one, the others with a limit on the size of files.
 */
import { parseArgs } from 'node:util';
import { attackDashboard } from '../test/dashboard/hostile-trial.ts';
import type { KillResult } from '../test/stores/kill-trials.ts';
import { fileSizeLimit, killOnFullDisk, killWithOutages, smallFileSystem } from '../test/stores/kill-trials.ts';
import { killAndRestart, raceForSpools } from '../test/stores/spool-races.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '1000' },
    paths: { type: 'string', default: '150' },
    kills: { type: 'string', default: '500' },
    full: { type: 'string', default: '100' },
    requests: { type: 'string', default: '10000' },
  },
});
const [rounds, paths, kills, full, requests] = [
  values.rounds,
  values.paths,
  values.kills,
  values.full,
  values.requests,
].map(Number) as [number, number, number, number, number];

/** CPU time for one request at the dashboard. */
const MAX_REQUEST_MS = 50;

let failures = 0;

function progress(of: number, what: string): (done: number) => void {
  return done => {
    if (done % 25 === 0 || done === of) process.stderr.write(`\r${done} of ${of} ${what}${done === of ? '\n' : ''}`);
  };
}

function tell(trial: string, result: object, bad: number): void {
  const counts = Object.entries(result).map(
    ([name, count]) => `${name} ${typeof count === 'number' ? Number(count.toFixed(1)) : count}`,
  );
  console.log(`${trial}: ${counts.join(', ')}`);
  failures += bad;
}

function tellKills(trial: string, { kills: number, ...result }: KillResult): void {
  if (number === 0) return;
  tell(`${number} kills ${trial}`, result, result.lost + result.wrongCells);
}

for (const isStale of [true, false]) {
  if (rounds === 0) break;
  const raced = await raceForSpools({ rounds, isStale, progress: progress(rounds, 'rounds') });
  const start = isStale ? 'a stale lock' : 'a new path';
  tell(`${rounds} starts of four processes together on ${start}`, raced, raced.sharedFiles + raced.lostChanges);
}
if (paths > 0) {
  const restarted = await killAndRestart(paths);
  tell(`${paths} paths, four processes, one drains, all are killed, one restarts`, restarted, restarted.lost);
}
tellKills(
  'with a store that fails most of the time',
  await killWithOutages({ kills, progress: progress(kills, 'kills') }),
);
const mounted = Math.ceil(full / 2);
const onDisk = await killOnFullDisk(smallFileSystem, { kills: mounted, progress: progress(mounted, 'kills') });
if (onDisk.kills < mounted)
  console.log('this user cannot mount a small file system: all kills are with a file size limit');
else tellKills('on a full file system', onDisk);
const limited = full - onDisk.kills;
tellKills(
  'with a file size limit',
  await killOnFullDisk(fileSizeLimit, { kills: limited, progress: progress(limited, 'kills') }),
);
if (requests > 0) {
  const attacked = await attackDashboard(requests, progress(requests, 'requests'));
  const { leaks, isAlive, slowestCpuMs } = attacked;
  tell('hostile requests at the dashboard', attacked, leaks + Number(!isAlive) + Number(slowestCpuMs > MAX_REQUEST_MS));
}
process.exitCode = failures > 0 ? 1 : 0;
