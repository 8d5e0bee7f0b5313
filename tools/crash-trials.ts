/**
 * Is anything lost when processes race for a spool file or are killed? Exits with 1 if so. Takes some ten minutes.
 *
 *   npm run test:crashes -- [--rounds 1000] [--paths 150]
 */
import { parseArgs } from 'node:util';
import { killAndRestart, raceForSpools } from '../test/stores/spool-races.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '1000' }, paths: { type: 'string', default: '150' } },
});
const rounds = Number(values.rounds);

function progress(of: number, what: string): (done: number) => void {
  return done => {
    if (done % 25 === 0 || done === of) process.stderr.write(`\r${done} of ${of} ${what}${done === of ? '\n' : ''}`);
  };
}

let failures = 0;

function tell(trial: string, result: Readonly<Record<string, number>>, bad: number): void {
  console.log(
    `${trial}: ${Object.entries(result)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ')}`,
  );
  failures += bad;
}

for (const isStale of [true, false]) {
  const raced = await raceForSpools({ rounds, isStale, progress: progress(rounds, 'rounds') });
  const start = isStale ? 'a stale lock' : 'a new path';
  tell(
    `${rounds} rounds of four processes that start together on ${start}`,
    { ...raced },
    raced.sharedFiles + raced.lostChanges,
  );
}
const restarted = await killAndRestart(Number(values.paths));
tell(
  `${values.paths} paths, four processes, one drains, all are killed, one restarts`,
  { ...restarted },
  restarted.lost,
);
process.exitCode = failures > 0 ? 1 : 0;
