/** `outcome-router import`: reads a ledger export into a new ledger. */
import { createReadStream, existsSync, rmSync } from 'node:fs';
import type { Command } from 'commander';
import type { ResolvedConfig } from '../../config/resolved.ts';
import { formatCount } from '../../core/report/wording.ts';
import { dueAtMs } from '../../engine/state/silence.ts';
import type { Imported } from '../../exports/ledger/import-ledger.ts';
import { importLedger } from '../../exports/ledger/import-ledger.ts';
import { applicationAt, withConfig } from '../io/application.ts';
import { relocated } from '../io/failure.ts';
import { inputFile } from '../io/files.ts';
import { isAddress, shownLedger } from '../io/address.ts';
import { openStore, withLedger } from '../io/ledger.ts';
import { printResult, withJson } from '../io/output.ts';
import { startProgress } from '../io/progress.ts';

interface ImportFlags {
  readonly json?: boolean;
  readonly config?: string;
}

interface ImportResult extends Imported {
  readonly ledger: string;
  /** Whether silence will label pending intents. */
  readonly silence: 'from-configuration' | 'none';
}

/** Adds `import` to the program. */
export function register(program: Command): void {
  withJson(
    withConfig(
      withLedger(program.command('import').argument('<file>', 'the output of export; - for stdin', exportFile)),
    ),
  )
    .description('Read an export (JSON lines) into a new or empty ledger, with its statistics.')
    .action(async (file: string, ledger: string, flags: ImportFlags) => {
      const application = await applicationAt(flags.config);
      const progress = startProgress({ label: 'importing: records', silent: flags.json });
      try {
        const imported = await importInto(file, ledger, { application, progress: progress.reach });
        progress.done();
        const silence = application === undefined ? 'none' : 'from-configuration';
        printResult(
          { ...imported, ledger: shownLedger(ledger), silence } satisfies ImportResult,
          flags,
          renderImported,
        );
      } finally {
        progress.done();
      }
    });
}

function exportFile(path: string): string {
  return path === '-' ? path : inputFile(path);
}

interface Into {
  readonly application: ResolvedConfig | undefined;
  readonly progress: (records: number) => void;
}

async function importInto(file: string, ledger: string, { application, progress }: Into): Promise<Imported> {
  const isNew = !isAddress(ledger) && !existsSync(ledger);
  const store = await openStore(ledger, { create: true });
  let isWhole = false;
  try {
    const imported = await importLedger(textOf(file), store, {
      progress,
      ...(application === undefined ? {} : { dueAtMs: intent => dueAtMs(application, intent) }),
    });
    isWhole = true;
    return imported;
  } catch (error) {
    const name = file === '-' ? 'stdin' : file;
    throw relocated(error, path =>
      path?.startsWith('line ') === true ? `${name}, ${path}` : (path ?? shownLedger(ledger)),
    );
  } finally {
    await store.close();
    // A partial ledger would look like a complete one, so a new file is deleted.
    if (isNew && !isWhole) for (const part of ['', '-wal', '-shm']) rmSync(`${ledger}${part}`, { force: true });
  }
}

/** Opens the file when the first chunk is wanted, so that no file is left open if the ledger is refused. */
async function* textOf(file: string): AsyncGenerator<string> {
  yield* (file === '-' ? process.stdin.setEncoding('utf8') : createReadStream(file, 'utf8')) as AsyncIterable<string>;
}

function renderImported({ records, intents, ledger, silence }: ImportResult): string {
  const done = `${formatCount(records)} records of ${formatCount(intents)} intents are in ${ledger}.`;
  if (silence === 'from-configuration') return done;
  return `${done} Intents without an outcome stay pending until one is recorded; with --config, silence labels them as in the application.`;
}
