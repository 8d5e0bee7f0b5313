/**
 * Do the intervals of `replayLedger` hold? Simulated ledgers of worlds whose truth is known, logged with the evaluation
 * floor of 0.02; the question is the cost of always taking one model.
 *
 *   npm run -s bench:off-policy -- [--ledgers 400] [--intents 8000] [--smoke] [--json] [--save NAME]
 *
 * Exits with 1 when the doubly robust intervals cover the truth less often than 91 % of the time.
 */
import { parseArgs } from 'node:util';
import { fixed } from '../src/policies/fixed.ts';
import { thompson } from '../src/policies/thompson.ts';
import { replayLedger } from '../src/replay/ledger/replay-ledger.ts';
import { simulatedLedger } from '../src/replay/worlds/simulated-ledger.ts';
import type { World } from '../src/replay/worlds/world.ts';
import { modelsWorld } from '../src/replay/worlds/world.ts';
import { table } from './report.ts';
import type { OffPolicyResult } from './results.ts';
import { saveResult, thisMachine } from './results.ts';

const COVERAGE_BAR = 0.91;

const { values } = parseArgs({
  options: {
    ledgers: { type: 'string', default: '400' },
    intents: { type: 'string', default: '8000' },
    smoke: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    save: { type: 'string' },
  },
});
const ledgers = values.smoke ? 12 : Number(values.ledgers);
const intents = Number(values.intents);

const WORLDS: readonly World[] = [
  modelsWorld({
    name: 'article',
    failureCostUsd: 15,
    models: [
      { name: 'mini', costUsd: 0.0019, success: 0.7 },
      { name: 'premium', costUsd: 0.014, success: 0.95 },
    ],
  }),
  modelsWorld({
    name: 'rare failures',
    failureCostUsd: 15,
    models: [
      { name: 'mini', costUsd: 0.0019, success: 0.945 },
      { name: 'premium', costUsd: 0.014, success: 0.95 },
    ],
  }),
  modelsWorld({
    name: 'cost dominates',
    failureCostUsd: 0.05,
    models: [
      { name: 'mini', costUsd: 0.0019, success: 0.8 },
      { name: 'premium', costUsd: 0.014, success: 0.95 },
    ],
  }),
];

interface Tally {
  readonly world: string;
  readonly target: string;
  answered: number;
  covered: number;
  coveredSuccess: number;
  coveredSnips: number;
  error: number;
  width: number;
}

const startedMs = performance.now();
let reportedMs = startedMs;
const tallies: Tally[] = [];
let refused = 0;
for (const [w, world] of WORLDS.entries()) {
  const ofWorld = world.plans.map<Tally>(plan => ({
    world: world.name,
    target: `always ${plan.join('>')}`,
    answered: 0,
    covered: 0,
    coveredSuccess: 0,
    coveredSnips: 0,
    error: 0,
    width: 0,
  }));
  tallies.push(...ofWorld);
  const truth = world.truth(0);
  for (let i = w; i < ledgers; i += WORLDS.length) {
    const ledger = simulatedLedger(world, thompson({ floor: 'evaluation' }), { intents, seed: `ledger ${i}` });
    for (const [k, plan] of world.plans.entries()) {
      const { estimate } = (await replayLedger(ledger, fixed(plan))).features[world.name] ?? {};
      if (estimate?.kind !== 'estimate') {
        refused++;
        continue;
      }
      const { costUsd, fail } = truth[k] ?? { costUsd: Number.NaN, fail: Number.NaN };
      const cost = costUsd + world.failureCostUsd * fail;
      const tally = ofWorld[k] as Tally;
      const { low, high, value } = estimate.costPerIntentUsd;
      tally.answered++;
      if (low <= cost && cost <= high) tally.covered++;
      if (estimate.successRate.low <= 1 - fail && 1 - fail <= estimate.successRate.high) tally.coveredSuccess++;
      const snips = estimate.snips.successRate;
      if (snips.low <= 1 - fail && 1 - fail <= snips.high) tally.coveredSnips++;
      tally.error += (value - cost) / cost;
      tally.width += (high - low) / cost;
    }
    if (performance.now() - reportedMs > 2000) {
      reportedMs = performance.now();
      process.stderr.write(`${((reportedMs - startedMs) / 1000).toFixed(0)} s  ${world.name}, ledger ${i}\n`);
    }
  }
}

const answered = tallies.reduce((sum, tally) => sum + tally.answered, 0);
const coverage = tallies.reduce((sum, tally) => sum + tally.covered, 0) / answered;
const rows = tallies.map(({ world, target, answered: n, covered, coveredSuccess, coveredSnips, error, width }) => ({
  world,
  target,
  answered: n,
  coverage: covered / n,
  coverageOfSuccess: coveredSuccess / n,
  coverageOfSnips: coveredSnips / n,
  bias: error / n,
  width: width / n,
}));
const result: OffPolicyResult = {
  command: `npm run bench:off-policy -- --ledgers ${ledgers} --intents ${intents}`,
  seed: 'ledger 0 …',
  machine: thisMachine(),
  seconds: Math.round((performance.now() - startedMs) / 1000),
  ledgers,
  refused,
  coverage,
  bar: COVERAGE_BAR,
  rows,
};
if (values.save !== undefined) saveResult(values.save, result);
if (values.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
else {
  const percent = (x: number): string => `${(100 * x).toFixed(1)} %`;
  process.stdout.write(
    `${table(
      ['world', 'asked', 'answers', 'coverage', 'of success', 'SNIPS of success', 'bias', 'width'],
      rows.map(row => [
        row.world,
        row.target,
        String(row.answered),
        percent(row.coverage),
        percent(row.coverageOfSuccess),
        percent(row.coverageOfSnips),
        percent(row.bias),
        percent(row.width),
      ]),
    )}\n${ledgers} ledgers of ${intents} intents: ${percent(coverage)} of ${answered} intervals hold (bar ${percent(COVERAGE_BAR)}), ${refused} refused, ${result.seconds} s\n`,
  );
}
// Twelve ledgers cannot distinguish 91 % from 85 %.
process.exitCode = coverage >= (values.smoke ? COVERAGE_BAR - 0.15 : COVERAGE_BAR) ? 0 : 1;
