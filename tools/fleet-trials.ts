/**
 * Is anything lost, counted twice or billed otherwise when the processes of a fleet are killed and their PostgreSQL restarts?
 * Exits with 1 if so.
 *
 *   npm run test:fleet -- [--processes 40] [--intents 200000] [--kills 1] [--restarts 2]
 *
 * `--kills` is how often each process is killed on average.
 */
import { parseArgs } from 'node:util';
import { faultsOf, fleet } from '../test/fleet/fleet.ts';

const { values } = parseArgs({
  options: {
    processes: { type: 'string', default: '40' },
    intents: { type: 'string', default: '200000' },
    kills: { type: 'string', default: '1' },
    restarts: { type: 'string', default: '2' },
  },
});

let told = 0;
const result = await fleet({
  processes: Number(values.processes),
  intents: Number(values.intents),
  killsPerProcess: Number(values.kills),
  restarts: Number(values.restarts),
  progress(returned) {
    if (returned < told) return;
    told = returned + Number(values.intents) / 50;
    process.stderr.write(`\r${returned} of ${values.intents} intents`);
  },
});
process.stderr.write('\n');
console.log(
  Object.entries(result)
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    .join('\n'),
);
const faults = faultsOf(result);
for (const fault of faults) console.log(`WRONG ${fault}`);
process.exitCode = faults.length === 0 ? 0 : 1;
