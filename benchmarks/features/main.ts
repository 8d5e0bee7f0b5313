/**
 * Does a call cost the same with many features, and with many intents in memory? A call here is one of the official client,
 * as in `bench:overhead`, with the outcome of its intent, as thread CPU, including the flush that writes its records: one after
 * the other, and at a steady rate. Routers alternate in one process, each by a clock of its own, beside a second one of the smallest
 * size (self against self, the noise floor). Figures are medians over rounds. Learning in the background is in them, with the budgets
 * that a router has in a process of its own.
 *
 * Of 2 features each has thousands of outcomes, of 10,000 a few: a feature learns from each of its first outcomes, and rarely from
 * later ones. So both are also compared with a history of outcomes in the store, where only their number differs.
 *
 * Controls show what is the machine's. Of 10,000 features of which two are called, the number alone is measured. With bare objects of
 * the size of a feature's state, which a router of two features walks over with each call, it is the processor's caches alone. The
 * longest call is shown beside the longest one without a router, of as many in the same process: what both have is the garbage
 * collector's. The longest commit is shown beside the longest change of plain maps with as many ids.
 *
 *   npm run -s bench:features -- [--json] [--rounds 40] [--slices 5] [--intents 1000000] [--no-bars] [--save NAME]
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { memory } from '../../src/stores/memory.ts';
import { table } from '../report.ts';
import type { CallCost, FeaturesResult } from '../results.ts';
import { saveResult, thisMachine } from '../results.ts';
import { CALLS_PER_SECOND, costs, longestCalls, warmUp } from './measure.ts';
import { wallMs } from './own-clock.ts';
import { longestMapSet } from './pauses.ts';
import type { FilledStore, Side } from './side.ts';
import { direct, experienced, filled, side } from './side.ts';

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '40' },
    slices: { type: 'string', default: '5' },
    intents: { type: 'string', default: '1000000' },
    'no-bars': { type: 'boolean', default: false },
    save: { type: 'string' },
  },
});
const [rounds, slices, INTENTS] = [flags.rounds, flags.slices, flags.intents].map(Number) as [number, number, number];
const BARS = { ratio: 1.1, delayMs: 20, pauseMs: 5 };

/** Enough for two features; each of thousands has to be called once. */
const warmUpOf = (features: number): number => (features > 1_000 ? 50 : 10);

const counted = (count: number, what: string, index: number): string =>
  `${count.toLocaleString('en-US')} ${what}${index === 1 ? ' again' : ''}`;

async function youngFeatures(): Promise<readonly CallCost[]> {
  const counts = [2, 2, 100, 1_000, 10_000];
  const sides = counts.map((features, i) => side(counted(features, 'features', i), { features, store: memory() }));
  for (const [i, each] of sides.entries()) await warmUp(each, warmUpOf(counts[i] as number));
  const few = side('10,000 features, 2 called', { features: 10_000, store: memory(), called: 2 });
  await warmUp(few, warmUpOf(2));
  return costs([...sides, few], { rounds, slices });
}

async function bareObjects(): Promise<readonly CallCost[]> {
  const sides = [2, 2, 10_000].map((bare, i) =>
    side(`2 features beside ${counted(bare, 'bare states', i)}`, { features: 2, store: memory(), bare }),
  );
  for (const each of sides) await warmUp(each, 10);
  return costs(sides, { rounds, slices });
}

async function featuresWithHistory(): Promise<readonly CallCost[]> {
  const sides: Side[] = [];
  for (const [i, features] of [2, 2, 10_000].entries()) {
    const store = await experienced(features);
    sides.push(side(counted(features, 'features with a history', i), { features, store }));
    await warmUp(sides[i] as Side, warmUpOf(features));
  }
  return costs(sides, { rounds, slices });
}

async function intentsInMemory(): Promise<readonly CallCost[]> {
  const counts = [1_000, 1_000, INTENTS];
  const stores: FilledStore[] = [];
  const mapSets: number[] = [];
  for (const intents of counts) {
    stores.push(await filled(intents));
    mapSets.push(await longestMapSet(intents));
  }
  const sides = stores.map(({ store }, i) => side(counted(counts[i] as number, 'intents', i), { features: 2, store }));
  const without = direct();
  for (const each of [...sides, without]) await warmUp(each, 10);
  const measured = await costs(sides, { rounds, slices });
  const [longestDirectMs = 0, ...longest] = await longestCalls([without, ...sides]);
  return measured.map((cost, i) => ({
    ...cost,
    longestMs: longest[i] as number,
    longestDirectMs,
    longestCommitMs: stores[i]?.longestMs ?? 0,
    longestMapSetMs: mapSets[i] ?? 0,
  }));
}

const isWithinBars = (cost: CallCost): boolean =>
  cost.name.endsWith('again') ||
  (Math.max(cost.ratio, cost.pacedRatio) <= BARS.ratio &&
    cost.delayP99Ms <= BARS.delayMs &&
    Math.max(cost.longestMs ?? 0, cost.longestCommitMs ?? 0) <= BARS.pauseMs);

const loadBefore = loadavg()[0] ?? Number.NaN;
const startedMs = wallMs();
const all = [
  ...(await youngFeatures()),
  ...(await featuresWithHistory()),
  ...(await bareObjects()),
  ...(await intentsInMemory()),
];
const result: FeaturesResult = {
  command: `npm run bench:features -- --rounds ${rounds} --slices ${slices}`,
  machine: thisMachine(),
  seconds: Math.round((wallMs() - startedMs) / 1_000),
  load: [loadBefore, loadavg()[0] ?? Number.NaN],
  rounds,
  callsPerSecond: CALLS_PER_SECOND,
  bars: BARS,
  costs: all.map(cost => ({ ...cost, ok: isWithinBars(cost) })),
};
if (flags.save !== undefined) saveResult(flags.save, result);

if (flags.json) console.log(JSON.stringify(result, null, 2));
else {
  const ms = (value: number | undefined): string => value?.toFixed(1) ?? '';
  const rows = result.costs.map(cost => [
    cost.name,
    cost.cpuUs.toFixed(0),
    `×${cost.ratio.toFixed(2)}`,
    cost.pacedCpuUs.toFixed(0),
    `×${cost.pacedRatio.toFixed(2)}`,
    ms(cost.delayP99Ms),
    ms(cost.longestMs),
    ms(cost.longestDirectMs),
    ms(cost.longestCommitMs),
    ms(cost.longestMapSetMs),
    cost.ok ? 'ok' : 'MISSED',
  ]);
  const rate = `at ${CALLS_PER_SECOND}/s`;
  const longest = ['longest, ms', 'direct', 'commit', 'plain map'];
  console.log(
    table(['CPU of a call with', 'µs', 'ratio', `µs ${rate}`, 'ratio', `p99 delay ${rate}, ms`, ...longest, ''], rows),
  );
  console.log(`bars: ×${BARS.ratio}, delay ${BARS.delayMs} ms, longest ${BARS.pauseMs} ms`);
  console.log(`load of the machine: ${result.load.map(ms).join(' to ')}`);
}
if (!result.costs.every(({ ok }) => ok) && !flags['no-bars']) process.exitCode = 1;
process.exit();
