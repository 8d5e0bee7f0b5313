/**
 * A bill of a million rows against a ledger: time and peak memory of `reconcile`, for a bill by request, as our own export has it; for
 * the same with ids that the ledger does not know; for a gateway's, with an unknown id in each row; and for one by the minute and key,
 * as vendors report use. Each runs in its own process, so that its memory is measured alone.
 * `node benchmarks/bill.ts [--json] [--rows 1000000]`
 */
import { spawnSync } from 'node:child_process';
import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { textFile } from '../src/cli/io/text-file.ts';
import { readBill } from '../src/exports/bill/bill.ts';
import { reconcile } from '../src/exports/bill/reconcile.ts';
import { exportFocus } from '../src/exports/focus/focus.ts';
import { sqlite } from '../src/stores/sqlite.ts';
import { fillLedger, MODELS } from './ledger-of-calls.ts';
import { table } from './report.ts';

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rows: { type: 'string', default: '1000000' },
    /** Set only for child processes. */
    step: { type: 'string' },
    directory: { type: 'string' },
  },
});
const ROWS = Number(flags.rows);
/** The calls of an intent have five meters together, and it has four records. */
const [METERS_PER_INTENT, RECORDS_PER_INTENT] = [5, 4];

interface Figures {
  readonly step: string;
  readonly seconds: number;
  /** CPU time of all threads: above `seconds` on an idle machine, below it on a busy one. */
  readonly cpuSeconds: number;
  readonly peakRssMb: number;
  readonly billMb: number;
  readonly rows: number;
  readonly items: number;
  readonly differing: number;
}

const priceOf = (model: string) => MODELS[model as keyof typeof MODELS];

/** Costs by the minute, in eight projects, for the two months of the ledger. */
function* minutes(): Generator<string> {
  yield 'start_time,end_time,amount_value,amount_currency,line_item,project_id\n';
  const items = ['mini, input', 'mini, cached input', 'mini, output', 'premium, input', 'premium, output'];
  const from = Date.UTC(2026, 9, 1) / 1000;
  let chunk = '';
  for (let row = 0; row < ROWS; row++) {
    const start = from + Math.floor(row / (8 * items.length)) * 60;
    chunk += `${start},${start + 60},0.${String((row * 7919) % 100_000).padStart(7, '0')},usd,"${items[row % items.length]}",proj_${row % 8}\n`;
    if (chunk.length < 65_536) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}

/** The calls of the ledger's two months as a gateway lists them, with ids of its own. */
function* calls(): Generator<string> {
  yield 'generation_id,created_at,cost_total,model_permaslug,provider_name,variant,user,api_key_name,app_name\n';
  const from = Date.UTC(2026, 9, 1) / 1000;
  for (let row = 0; row < ROWS; row++) {
    const at = from + row * 2;
    const id = `gen-${at}-${((row * 2_654_435_761) % 2 ** 40).toString(36).padStart(20, 'x')}`;
    const time = new Date(at * 1000).toISOString().slice(0, 19).replace('T', ' ');
    const cost = `0.000${String((row * 7919) % 1_000_000).padStart(6, '0')}`;
    yield `${id},${time}.123,${cost},${row % 2 === 0 ? 'mini' : 'premium'},Example,standard,,key,app\n`;
  }
}

/** The bill by request, with another id for each request. */
async function* unknownIds(requests: string): AsyncGenerator<string> {
  for await (const line of createInterface({ input: createReadStream(requests, 'utf8') }))
    yield `${line.replace(/,request-(\d+),/, ',call-of-a-client-$1,')}\n`;
}

async function compare(directory: string, file: string): Promise<Omit<Figures, 'step' | 'billMb'>> {
  // The command sets this flag for itself too; as an argument of the starting process, it has no effect.
  setFlagsFromString('--semi-space-growth-factor=1');
  const store = sqlite(join(directory, 'ledger.db'));
  const started = performance.now();
  const before = process.cpuUsage();
  let rows = 0;
  async function* counted(): AsyncGenerator<Awaited<ReturnType<ReturnType<typeof readBill>['next']>>['value']> {
    for await (const row of readBill(textFile(join(directory, file)))) {
      rows++;
      yield row;
    }
  }
  const { matched, rounded, different, missingInLedger, missingInBill } = await reconcile(counted(), store, {
    priceOf,
  });
  const { user, system } = process.cpuUsage(before);
  await store.close();
  return {
    seconds: Number(((performance.now() - started) / 1000).toFixed(2)),
    cpuSeconds: Number(((user + system) / 1e6).toFixed(2)),
    peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
    rows,
    items: matched.count + rounded.count,
    differing: different.count + missingInLedger.count + missingInBill.count,
  };
}

const STEPS: Readonly<Record<string, string>> = {
  'by request': 'requests.csv',
  'by request, unknown ids': 'unknown.csv',
  'by call, unknown ids': 'calls.csv',
  'by minute and key': 'minutes.csv',
};

async function prepare(directory: string): Promise<void> {
  const path = join(directory, 'ledger.db');
  await fillLedger(path, Math.ceil(ROWS / METERS_PER_INTENT) * RECORDS_PER_INTENT);
  const store = sqlite(path);
  const vendor = { billingAccountId: 'org', serviceProviderName: 'Example', serviceName: 'Example API' };
  const focus = exportFocus(store, { version: '1.4', priceOf, vendorOf: () => vendor });
  await pipeline(focus, createWriteStream(join(directory, 'requests.csv')));
  await store.close();
  await pipeline(unknownIds(join(directory, 'requests.csv')), createWriteStream(join(directory, 'unknown.csv')));
  await pipeline(Readable.from(calls()), createWriteStream(join(directory, 'calls.csv')));
  await pipeline(Readable.from(minutes()), createWriteStream(join(directory, 'minutes.csv')));
}

function child(step: string, directory: string): string {
  const args = [import.meta.filename, '--step', step, '--directory', directory, '--rows', String(ROWS)];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${step}: ${stderr}`);
  return stdout;
}

if (flags.step === 'prepare') await prepare(flags.directory ?? '');
else if (flags.step !== undefined)
  console.log(JSON.stringify(await compare(flags.directory ?? '', STEPS[flags.step] ?? '')));
else {
  const directory = mkdtempSync(join(tmpdir(), 'outcome-router-bill-'));
  try {
    child('prepare', directory);
    const steps = Object.entries(STEPS).map(([step, file]): Figures => {
      const billMb = Math.round(statSync(join(directory, file)).size / 2 ** 20);
      return { step, billMb, ...(JSON.parse(child(step, directory)) as Omit<Figures, 'step' | 'billMb'>) };
    });
    const machine = { node: process.version, cpu: cpus()[0]?.model ?? '', cores: cpus().length };
    if (flags.json) console.log(JSON.stringify({ machine, steps }, null, 2));
    else {
      const titles = ['bill', 'rows', 'bill MB', 'seconds', 'CPU seconds', 'peak RSS MB', 'items equal', 'items not'];
      const rows = steps.map(({ step, rows, billMb, seconds, cpuSeconds, peakRssMb, items, differing }) => [
        step,
        ...[rows, billMb, seconds, cpuSeconds, peakRssMb, items, differing].map(String),
      ]);
      console.log(`${machine.node}, ${machine.cores} × ${machine.cpu}\n${table(titles, rows)}`);
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
}
