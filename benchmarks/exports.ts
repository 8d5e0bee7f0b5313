/**
 * Exports of a large ledger from SQLite: time and peak memory, as JSON lines and as a FOCUS bill, and the import back.
 * Each runs in its own process, so that its memory is measured alone. `node benchmarks/exports.ts [--json] [--rows 1000000]`
 */
import { spawnSync } from 'node:child_process';
import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { exportFocus } from '../src/exports/focus/focus.ts';
import { importLedger } from '../src/exports/ledger/import-ledger.ts';
import { exportLedger } from '../src/exports/ledger/export-ledger.ts';
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
interface Figures {
  readonly step: string;
  readonly seconds: number;
  /** CPU time of all threads: above `seconds` on an idle machine, below it on a busy one. */
  readonly cpuSeconds: number;
  readonly peakRssMb: number;
  /** Size of the written file. */
  readonly megabytes: number;
  /** Rows of the file, where they are not ledger records. */
  readonly rows: number;
}

async function runStep(step: string, directory: string): Promise<Figures> {
  const path = join(directory, 'ledger.db');
  const file = (name: string): string => join(directory, name);
  const vendor = { billingAccountId: 'org', serviceProviderName: 'Example', serviceName: 'Example API' };
  const started = performance.now();
  let rows = 0;
  const progress = (count: number): void => {
    rows = count;
  };
  const steps: Readonly<Record<string, { readonly output: string; run(): Promise<void> }>> = {
    fill: {
      output: 'ledger.db',
      run: async () => progress(await fillLedger(path, ROWS)),
    },
    jsonl: {
      output: 'ledger.jsonl',
      async run() {
        const store = sqlite(path);
        await pipeline(exportLedger(store, { progress }), createWriteStream(file('ledger.jsonl')));
        await store.close();
      },
    },
    focus: {
      output: 'bill.csv',
      async run() {
        const store = sqlite(path);
        const priceOf = (model: string) => MODELS[model as keyof typeof MODELS];
        const focus = exportFocus(store, { version: '1.4', priceOf, vendorOf: () => vendor, progress });
        await pipeline(focus, createWriteStream(file('bill.csv')));
        await store.close();
      },
    },
    import: {
      output: 'imported.db',
      async run() {
        const store = sqlite(file('imported.db'));
        await importLedger(createReadStream(file('ledger.jsonl'), 'utf8') as AsyncIterable<string>, store, {
          progress,
        });
        await store.close();
      },
    },
  };
  const found = steps[step];
  if (found === undefined) throw new Error(`no step ${step}`);
  await found.run();
  const { user, system } = process.cpuUsage();
  return {
    step,
    cpuSeconds: Number(((user + system) / 1e6).toFixed(2)),
    seconds: Number(((performance.now() - started) / 1000).toFixed(2)),
    peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
    megabytes: Math.round(statSync(file(found.output)).size / 2 ** 20),
    rows,
  };
}

function startStep(step: string, directory: string): Figures {
  const args = [import.meta.filename, '--step', step, '--directory', directory, '--rows', String(ROWS)];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${step}: ${stderr}`);
  return JSON.parse(stdout) as Figures;
}

if (flags.step !== undefined) console.log(JSON.stringify(await runStep(flags.step, flags.directory ?? '')));
else {
  const directory = mkdtempSync(join(tmpdir(), 'outcome-router-exports-'));
  try {
    const steps = ['fill', 'jsonl', 'focus', 'import'].map(step => startStep(step, directory));
    const machine = { node: process.version, cpu: cpus()[0]?.model ?? '', cores: cpus().length };
    if (flags.json) console.log(JSON.stringify({ machine, ledgerRows: ROWS, steps }, null, 2));
    else {
      const titles = ['step', 'seconds', 'CPU seconds', 'peak RSS MB', 'file MB', 'rows'];
      const rows = steps.map(({ step, seconds, cpuSeconds, peakRssMb, megabytes, rows }) => [
        step,
        ...[seconds, cpuSeconds, peakRssMb, megabytes, rows].map(String),
      ]);
      console.log(`${machine.node}, ${machine.cores} × ${machine.cpu}, ${ROWS} ledger rows\n${table(titles, rows)}`);
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
}
