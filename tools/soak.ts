/**
 * Hours of an application in minutes: does anything get lost, leak, or cost something else than on the provider's bill? Exits
 * with 1 if so, and also if it was too short, the machine too slow, or memory too unsteady to say whether it leaks.
 *
 *   npm run test:soak -- [--hours 8] [--minutes 60] [--per-second 20]
 *
 * The defaults are eight hours in one. Every hour both processes pause and all is compared; its time is not counted. On a machine
 * that gives them too little of the processor the verdict is that nothing can be said.
 */
import { parseArgs } from 'node:util';
import type { SoakCheck } from '../test/soak/soak.ts';
import { soak } from '../test/soak/soak.ts';
import { faultsOf, trendsOf, unjudgedOf } from '../test/soak/verdict.ts';

const { values } = parseArgs({
  options: {
    hours: { type: 'string', default: '8' },
    minutes: { type: 'string', default: '60' },
    'per-second': { type: 'string', default: '20' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log('npm run test:soak -- [--hours 8] [--minutes 60] [--per-second 20]');
  console.log(
    '--hours of the application in as many --minutes, with so many new intents --per-second in each of two processes',
  );
  process.exit();
}

function tell(check: SoakCheck): void {
  const { hour, billed, estimated, ledgerNanoUsd, billNanoUsd, estimatedNanoUsd, pruned } = check;
  const faults = faultsOf(check);
  console.log(
    `hour ${hour.toFixed(2)}: ${billed} exchanges billed (${estimated} estimated), ledger ${ledgerNanoUsd} nUSD = bill ${billNanoUsd} + ` +
      `${estimatedNanoUsd} of estimates; ${pruned} intents pruned; ${faults.length === 0 ? 'ok' : 'WRONG'}`,
  );
  for (const { name, intents, samples, counts } of check.processes) {
    const { rssMb = 0, heapMb = 0, files = 0, sockets = 0 } = samples.at(-1) ?? {};
    const memory = `RSS ${rssMb.toFixed(1)} MB, heap ${heapMb.toFixed(1)} MB, ${files} files, ${sockets} sockets`;
    console.log(`  ${name}: ${intents} intents, ${memory}, ${JSON.stringify(counts)}`);
  }
  for (const fault of faults) console.log(`  ${fault}`);
}

const checks = await soak({
  hours: Number(values.hours),
  minutes: Number(values.minutes),
  perSecond: Number(values['per-second']),
  progress: tell,
});
const processes = checks.at(-1)?.processes ?? [];
const trends = trendsOf(processes);
const unjudged = unjudgedOf(processes);
for (const text of [...trends.map(trend => trend.text), ...unjudged]) console.log(text);
const isGood = checks.every(check => faultsOf(check).length === 0) && trends.every(({ verdict }) => verdict === 'flat');
process.exitCode = isGood && unjudged.length === 0 ? 0 : 1;
