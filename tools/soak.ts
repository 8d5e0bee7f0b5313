/**
 * Hours of an application in minutes: does anything get lost, leak, or cost something else than on the provider's bill? Exits
 * with 1 if so.
 *
 *   npm run test:soak -- [--hours 8] [--minutes 60] [--per-second 20]
 */
import { parseArgs } from 'node:util';
import type { SoakCheck } from '../test/soak/soak.ts';
import { soak } from '../test/soak/soak.ts';
import { faultsOf, trendsOf } from '../test/soak/verdict.ts';

const { values } = parseArgs({
  options: {
    hours: { type: 'string', default: '8' },
    minutes: { type: 'string', default: '60' },
    'per-second': { type: 'string', default: '20' },
  },
});

function tell(check: SoakCheck): void {
  const { hour, billed, ledgerNanoUsd, billNanoUsd, unbilledNanoUsd, pruned } = check;
  const faults = faultsOf(check);
  console.log(
    `hour ${hour.toFixed(2)}: ${billed} exchanges billed, ledger ${ledgerNanoUsd} nUSD = bill ${billNanoUsd} + ` +
      `${unbilledNanoUsd} of exchanges without a reply; ${pruned} intents pruned; ${faults.length === 0 ? 'ok' : 'WRONG'}`,
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
const trends = trendsOf(checks.at(-1)?.processes ?? []);
for (const { text } of trends) console.log(text);
process.exitCode = checks.some(check => faultsOf(check).length > 0) || trends.some(({ isFlat }) => !isFlat) ? 1 : 0;
