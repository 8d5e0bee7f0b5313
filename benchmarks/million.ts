/**
 * How large may an outcome table be? A million rows, replayed under every policy, each in a process of its own: seconds
 * from its start, reading included, and peak memory.
 *
 *   npm run -s bench:million -- [--rows 1000000] [--policy NAME]… [--max-seconds 10] [--max-mb 500] [--json] [--save NAME]
 *
 * Exits with 1 when a policy takes more. --save keeps the figures in benchmarks/results/NAME.json.
 */
import { spawnSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { createGzip } from 'node:zlib';
import { readOutcomeTable } from '../src/replay/table/read-table.ts';
import { meanCosts } from '../src/replay/table/table-setting.ts';
import { replayTable } from '../src/replay/table/replay-table.ts';
import { table } from './report.ts';
import type { MillionResult, MillionRow } from './results.ts';
import { saveResult, thisMachine } from './results.ts';
import { rivals } from './routing/policies.ts';
import type { EmbeddedWorld } from './routing/worlds.ts';
import { WORLDS, worldRows } from './routing/worlds.ts';

const SEED = 'a million rows';
const POLICIES = rivals().map(({ name }) => name);

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    policy: { type: 'string', multiple: true, default: POLICIES },
    'max-seconds': { type: 'string', default: '10' },
    'max-mb': { type: 'string', default: '500' },
    json: { type: 'boolean', default: false },
    save: { type: 'string' },
    /** Set only for child processes. */
    file: { type: 'string' },
  },
});
const bars = { seconds: Number(values['max-seconds']), peakRssMb: Number(values['max-mb']) };

type Measured = Omit<MillionRow, 'passes'>;

/** Measures one policy from reading the file to its figures. */
async function replayed(name: string, file: string): Promise<Measured> {
  const policy = rivals().find(each => each.name === name);
  if (policy === undefined) throw new RangeError(`--policy is ${name}; there are: ${POLICIES.join(', ')}`);
  const beganMs = performance.now();
  const { table: outcomes } = await readOutcomeTable(file);
  const readSeconds = (performance.now() - beganMs) / 1000;
  const cost = meanCosts(outcomes);
  const failureCostUsd = 10 * Math.max(...outcomes.models.map(cost));
  const [run] = replayTable(outcomes, [policy], { failureCostUsd, shuffles: 1 }).policies;
  const { user, system } = process.cpuUsage();
  return {
    policy: name,
    // The clock starts with the process.
    seconds: performance.now() / 1000,
    readSeconds,
    cpuSeconds: (user + system) / 1e6,
    peakRssMb: process.resourceUsage().maxRSS / 1024,
    ratio: run?.ratio ?? Number.NaN,
  };
}

function inItsOwnProcess(policy: string, file: string): MillionRow {
  const args = [...process.execArgv, import.meta.filename, '--policy', policy, '--file', file];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${policy}: ${stderr}`);
  const measured = JSON.parse(stdout) as Measured;
  return { ...measured, passes: measured.seconds <= bars.seconds && measured.peakRssMb <= bars.peakRssMb };
}

/** The world of many features, with as many intents in each as the number of rows needs. */
function worldOf(rows: number): EmbeddedWorld {
  const world = WORLDS.find(({ features }) => features.length > 1);
  if (world === undefined) throw new TypeError('no world has several features');
  const intents = Math.ceil(rows / world.models.length / world.features.length);
  return { ...world, features: world.features.map(feature => ({ ...feature, intents })) };
}

/** Yields thousands of lines at a time, because a stream of single lines is several times slower. */
function* csvParts(world: EmbeddedWorld, rows: number): Generator<string> {
  let part = 'id,feature,model,success,cost_usd\n';
  let written = 0;
  for (const { id, feature, model, success, costUsd } of worldRows(world, SEED)) {
    if (written++ === rows) break;
    part += `${id},${feature},${model},${success},${costUsd.toFixed(9)}\n`;
    if (part.length < 100_000) continue;
    yield part;
    part = '';
  }
  yield part;
}

async function measureAll(directory: string): Promise<MillionResult> {
  const rows = Number(values.rows);
  if (!Number.isInteger(rows) || rows < 1) throw new RangeError(`--rows is ${values.rows}`);
  const world = worldOf(rows);
  const file = join(directory, 'outcomes.csv.gz');
  process.stderr.write(`writing ${rows} rows\n`);
  await pipeline(csvParts(world, rows), createGzip(), createWriteStream(file));
  const policies = values.policy.map(policy => {
    process.stderr.write(`${(performance.now() / 1000).toFixed(0)} s  ${policy}\n`);
    return inItsOwnProcess(policy, file);
  });
  return {
    command: `npm run bench:million -- --rows ${rows}`,
    machine: thisMachine(),
    seconds: performance.now() / 1000,
    seed: SEED,
    world: world.name,
    rows,
    intents: Math.ceil(rows / world.models.length),
    fileMb: statSync(file).size / 1e6,
    bars,
    policies,
  };
}

function print({ machine, rows, intents, fileMb, policies }: MillionResult): void {
  const lines = policies.map(({ policy, seconds, readSeconds, cpuSeconds, peakRssMb, ratio, passes }) => [
    policy,
    seconds.toFixed(2),
    readSeconds.toFixed(2),
    cpuSeconds.toFixed(2),
    peakRssMb.toFixed(0),
    ratio.toFixed(3),
    passes ? 'ok' : 'MISS',
  ]);
  process.stdout.write(
    `${rows} rows, ${intents} intents, ${fileMb.toFixed(1)} MB of gzip; Node ${machine.node}, ${machine.cores} cores\n` +
      `${table(['policy', 'seconds', 'reading', 'CPU seconds', 'peak RSS MB', 'cost / best per feature', ''], lines)}\n` +
      `${policies.filter(({ passes }) => passes).length} of ${policies.length} within ${bars.seconds} s and ${bars.peakRssMb} MB\n`,
  );
}

if (values.file !== undefined) {
  process.stdout.write(JSON.stringify(await replayed(values.policy[0] ?? '', values.file)));
} else {
  const directory = mkdtempSync(join(tmpdir(), 'outcome-router-million-'));
  try {
    const result = await measureAll(directory);
    if (values.save !== undefined) saveResult(values.save, result);
    if (values.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    else print(result);
    process.exitCode = result.policies.every(({ passes }) => passes) ? 0 : 1;
  } finally {
    rmSync(directory, { recursive: true });
  }
}
