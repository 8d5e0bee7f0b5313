/**
 * Are costs right? Random replies of every vendor, model, tier, speed, region, cache, tool and kind of call, each priced by the
 * router and by a second bill that was written from the vendors' published rules (`test/second-bill`).
 *
 *   npm run -s bench:second-bill -- [--sales 1000000] [--routed 20000] [--http 200] [--seed 12]
 *
 * Exits with 1 when one of them differs by a nano-dollar, or is not marked as an estimate where the rule says so.
 */
import { parseArgs } from 'node:util';
import { startProgress } from '../src/cli/io/progress.ts';
import type { Difference } from '../test/second-bill/compare.ts';
import { compareSale } from '../test/second-bill/compare.ts';
import { compareThroughRouter } from '../test/second-bill/through-router.ts';

const { values } = parseArgs({
  options: {
    sales: { type: 'string', default: '1000000' },
    routed: { type: 'string', default: '20000' },
    http: { type: 'string', default: '200' },
    seed: { type: 'string', default: '12' },
  },
});
const [sales, routed, http, seed] = [values.sales, values.routed, values.http, values.seed].map(Number) as [
  number,
  number,
  number,
  number,
];

const SHOWN = 20;
let estimates = 0;
let differences = 0;

function show({ number, what, sale, reply, bill, ours }: Difference): void {
  if (++differences > SHOWN) return;
  const { api, dialect, asked, namedAs } = sale;
  console.log(`sale ${number} (${api}, ${dialect}, ${asked} as ${namedAs}): ${what}`);
  console.log(`  second bill: ${bill.nanoUsd} nano-dollars ${bill.doubts.join(', ')}`);
  if (ours !== undefined)
    console.log(`  ours: ${ours.costNanoUsd} ${ours.provenance} ${ours.unpriced?.join(', ') ?? ''}`);
  console.log(`  ${JSON.stringify(reply.body).slice(0, 2_000)}`);
}

const beganMs = performance.now();
const priced = startProgress({ label: 'pricing', total: sales });
for (let number = 0; number < sales; number++) {
  const { difference, isEstimate } = compareSale(seed, number);
  if (isEstimate) estimates++;
  if (difference !== undefined) show(difference);
  if (number % 1_000 === 999) priced.reach(number + 1);
}
priced.done();

for (const [count, isHttp] of [
  [routed, false],
  [http, true],
] as const) {
  const asked = startProgress({ label: isHttp ? 'asking over HTTP' : 'asking through a router', total: count });
  const from = isHttp ? sales + routed : sales;
  const found = await compareThroughRouter({ seed, from, count, isHttp }, done => asked.reach(done));
  asked.done();
  for (const difference of found) show(difference);
}

const seconds = ((performance.now() - beganMs) / 1_000).toFixed(0);
console.log(
  `${sales} sales priced, ${routed} asked through a router and ${http} over HTTP (seed ${seed}, ${seconds} s): ` +
    `${differences} differences; ${estimates} of the priced ones are estimates, each with its reason`,
);
if (differences > 0) process.exitCode = 1;
