/** `outcome-router demo`: the router learns within a minute, over real HTTP and without an API key. */
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { loadClients } from '../../demo/clients.ts';
import { runDemo } from '../../demo/drive.ts';
import { summarise } from '../../demo/summary.ts';
import { RouterError } from '../../errors.ts';
import type { Store } from '../../contracts/store.ts';
import type { DemoResult } from '../text/demo-text.ts';
import { renderDemo } from '../text/demo-text.ts';
import { isAddress, shownLedger } from '../io/address.ts';
import { outputFile } from '../io/files.ts';
import { openStore } from '../io/ledger.ts';
import { parsePositiveCount } from '../io/numbers.ts';
import { printResult, withJson } from '../io/output.ts';
import { startProgress } from '../io/progress.ts';

interface DemoFlags {
  readonly intents: number;
  readonly seed: string;
  readonly db?: string;
  readonly json?: boolean;
  readonly dashboard?: boolean;
}

const DEFAULT_INTENTS = 3_000;

/** Adds `demo` to the program. */
export function register(program: Command): void {
  withJson(program.command('demo'))
    .description(
      'Route a few thousand intents to a fake provider, show what was learnt, and check the ledger against its bill.',
    )
    .option('--intents <n>', 'number of intents', parsePositiveCount, DEFAULT_INTENTS)
    .option('--seed <text>', 'another seed draws other tasks and outcomes', '1')
    .option(
      '--db <ledger>',
      'new SQLite file for the ledger (default: in a temporary folder), or an empty postgres://…',
      ledgerName,
    )
    .addOption(new Option('--dashboard', 'open the ledger in the browser afterwards').conflicts('json'))
    .action(async (flags: DemoFlags) => {
      const startedMs = performance.now();
      const clients = await loadClients();
      const db = ledgerFile(flags.db);
      const progress = startProgress({ label: 'routing', total: flags.intents, silent: flags.json });
      try {
        const run = await runDemo({
          ...flags,
          store: await emptyStore(db),
          clients,
          advance: () => progress.advance(),
        });
        const seconds = Math.round(performance.now() - startedMs) / 1_000;
        progress.done();
        finish({ seed: flags.seed, seconds, db: shownLedger(db), ...summarise(run), report: run.report }, flags);
      } finally {
        progress.done();
      }
      if (flags.dashboard === true) await showDashboard(db);
    });
}

/** The `dashboard` command on that ledger. */
async function showDashboard(db: string): Promise<void> {
  const program = new Command();
  (await import('./dashboard.ts')).register(program);
  await program.parseAsync(['dashboard', db], { from: 'user' });
}

/** Prints the result. The exit code is 1 if the ledger differs from the provider's bill. */
export function finish(result: DemoResult, flags: { readonly json?: boolean }): void {
  printResult(result, flags, renderDemo);
  if (!result.bill.equal) process.exitCode = 1;
}

function ledgerFile(db: string | undefined): string {
  if (db === undefined) return join(mkdtempSync(join(tmpdir(), 'outcome-router-demo-')), 'router.db');
  if (isAddress(db) || !existsSync(db)) return db;
  throw new RouterError('store-unusable', 'the file exists, and the demo needs an empty ledger', {
    path: db,
    accepted: 'the name of a new file',
  });
}

function ledgerName(db: string): string {
  return isAddress(db) ? db : outputFile(db);
}

async function emptyStore(db: string): Promise<Store> {
  const store = await openStore(db, { create: true });
  if ((await store.features()).length === 0) return store;
  await store.close();
  throw new RouterError('store-unusable', 'the demo needs an empty ledger', {
    path: shownLedger(db),
    accepted: 'a schema of its own: add ?schema=demo to the address',
  });
}
