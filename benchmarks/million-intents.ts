/**
 * A ledger of a million intents in SQLite, maintained, as the commands read it: a report, and the replays of a policy that
 * never looks at the evidence and of one that always does. Each in a process of its own: wall time from its start, CPU, and peak
 * memory. From the built package: `npm run build` first.
 *
 *   npm run -s bench:million-intents -- [--intents 1000000] [--max-mb 500] [--max-seconds 5] [--max-report-seconds 0.4]
 *     [--json] [--save NAME] [--no-bars]
 *
 * Exits with 1 when a command takes more. --save keeps the figures in benchmarks/results/NAME.json.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { contributionDelta } from '../src/core/cells/contribution.ts';
import type { Intent, LedgerRecord } from '../src/core/ledger/records.ts';
import { appendRecord } from '../src/core/ledger/records.ts';
import type { Random } from '../src/core/math/random.ts';
import { seededRandom } from '../src/core/math/random.ts';
import type { Change } from '../src/contracts/store.ts';
import { sqlite } from '../src/stores/sqlite.ts';
import type { MeasuredFigure } from './measured.ts';
import { MEASURED_FLAGS, report } from './measured.ts';
import { answered } from './store-changes.ts';

const { values: flags } = parseArgs({
  options: {
    intents: { type: 'string', default: '1000000' },
    'max-seconds': { type: 'string', default: '5' },
    'max-mb': { type: 'string', default: '500' },
    'max-report-seconds': { type: 'string', default: '0.4' },
    ...MEASURED_FLAGS,
  },
});

const COMMAND = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const START_MS = Date.UTC(2026, 0, 1);
/** A million intents are 300 days. */
const STEP_MS = 26_000;
const BATCH = 2_000;
const SEGMENTS = ['', 'tier=free', 'tier=paid'];
const MODELS = { mini: { success: 0.8, costNanoUsd: 525_000 }, premium: { success: 0.93, costNanoUsd: 5_250_000 } };

/** An intent of one of five features: decided, attempted and labelled a minute later. */
function recordsOf(index: number, random: Random): readonly LedgerRecord[] {
  const atMs = START_MS + index * STEP_MS;
  const intentId = `intent-${index.toString().padStart(9, '0')}`;
  const fact = { intentId, feature: `feature-${index % 5}`, atMs };
  const share = 0.1 + 0.8 * random.next();
  const model = random.next() < share ? 'mini' : 'premium';
  const { success, costNanoUsd } = MODELS[model];
  return [
    {
      ...fact,
      kind: 'decided',
      revision: 0,
      segment: SEGMENTS[index % SEGMENTS.length] ?? '',
      decision: {
        plan: [model],
        propensity: model === 'mini' ? share : 1 - share,
        eligible: ['mini', 'premium'],
        policy: 'thompson',
        reason: `share ${share.toFixed(2)} of 2 plans`,
      },
      failureCostNanoUsd: index % 4 === 0 ? 50_000_000 : 200_000_000,
      versions: { mini: 'gpt-5-mini@a1b2c3', premium: 'gpt-5@d4e5f6' },
    },
    {
      ...fact,
      kind: 'attempted',
      revision: 1,
      attempt: answered(index, { model, atMs, costNanoUsd }),
    },
    {
      ...fact,
      atMs: atMs + 60_000,
      kind: 'labelled',
      revision: 2,
      evidence: { source: 'explicit', success: random.next() < success },
    },
  ];
}

function changeOf(records: readonly LedgerRecord[]): Change {
  const [{ intentId, feature }] = records as readonly [LedgerRecord];
  let intent: Intent | undefined;
  const delta = records.flatMap(record => {
    const before = intent;
    intent = appendRecord(before, record);
    return contributionDelta(before, intent);
  });
  return { intentId, feature, expectedRevision: 0, records, delta, dueAtMs: null };
}

async function writeLedger(file: string, intents: number): Promise<void> {
  const store = sqlite(file);
  const random = seededRandom('a million intents');
  for (let index = 0; index < intents; index += BATCH) {
    const count = Math.min(BATCH, intents - index);
    await store.commitAll(Array.from({ length: count }, (_, i) => changeOf(recordsOf(index + i, random))));
  }
  // As a running router does in the background: the statistics of old hours in days and weeks.
  for (let more = true; more; ) ({ more } = await store.maintain(START_MS + intents * STEP_MS));
  await store.close();
}

interface Measured {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakRssMb: number;
}

/** Prints, as the process ends, what it took. */
const MEASURES =
  "data:text/javascript,process.on('exit',()=>{const{user,system}=process.cpuUsage();process.stderr.write('\\n'+JSON.stringify({seconds:performance.now()/1e3,cpuSeconds:(user+system)/1e6,peakRssMb:process.resourceUsage().maxRSS/1024}))})";

function measured(args: readonly string[]): Measured {
  const { status, stderr } = spawnSync(process.execPath, ['--import', MEASURES, COMMAND, ...args, '--json'], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
  return JSON.parse(stderr.slice(stderr.lastIndexOf('\n'))) as Measured;
}

function figuresOf(name: string, args: readonly string[], maxSeconds: number): readonly MeasuredFigure[] {
  process.stderr.write(`${name}\n`);
  const { seconds, cpuSeconds, peakRssMb } = measured(args);
  const atMost = (value: number) => ({ is: 'at most', value }) as const;
  return [
    { name, value: seconds, unit: 's', bar: atMost(maxSeconds) },
    { name: `${name}, CPU`, value: cpuSeconds, unit: 's' },
    { name: `${name}, peak memory`, value: peakRssMb, unit: 'MB', bar: atMost(Number(flags['max-mb'])) },
  ];
}

const intents = Number(flags.intents);
if (!Number.isInteger(intents) || intents < 1) throw new RangeError(`--intents is ${flags.intents}`);
const directory = mkdtempSync(join(tmpdir(), 'outcome-router-intents-'));
try {
  await report(`npm run bench:million-intents -- --intents ${intents}`, flags, async () => {
    const file = join(directory, 'router.db');
    process.stderr.write(`writing ${intents} intents\n`);
    await writeLedger(file, intents);
    const maxSeconds = Number(flags['max-seconds']);
    return [
      ...figuresOf('report', ['report', file], Number(flags['max-report-seconds'])),
      ...['always:premium', 'thompson'].flatMap(policy =>
        figuresOf(`replay of ${policy}`, ['replay', file, '--policy', policy], maxSeconds),
      ),
    ];
  });
} finally {
  rmSync(directory, { recursive: true });
}
