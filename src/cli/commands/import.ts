/** `outcome-router import`: reads a ledger export into a new ledger. */
import { createReadStream, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { ResolvedConfig } from '../../config/resolved.ts';
import { formatCount } from '../../core/report/wording.ts';
import { dueAtMs } from '../../engine/state/silence.ts';
import type { Store } from '../../contracts/store.ts';
import { RouterError } from '../../errors.ts';
import { copyLedger } from '../../exports/ledger/copy-ledger.ts';
import type { Imported, ImportOptions } from '../../exports/ledger/import-ledger.ts';
import { importLedger, requireEmpty } from '../../exports/ledger/import-ledger.ts';
import { applicationAt, withConfig } from '../io/application.ts';
import { relocated } from '../io/failure.ts';
import { inputFile } from '../io/files.ts';
import { isAddress, shownLedger } from '../io/address.ts';
import { openStore, useLedger, withLedger } from '../io/ledger.ts';
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
      const imported = await importInto(file, ledger, { application, silent: flags.json });
      const silence = application === undefined ? 'none' : 'from-configuration';
      printResult({ ...imported, ledger: shownLedger(ledger), silence } satisfies ImportResult, flags, renderImported);
    });
}

function exportFile(path: string): string {
  return path === '-' ? path : inputFile(path);
}

interface Into {
  readonly application: ResolvedConfig | undefined;
  readonly silent: boolean | undefined;
}

async function importInto(file: string, ledger: string, into: Into): Promise<Imported> {
  if (!isAddress(ledger) && !existsSync(ledger)) return importNew(file, ledger, into);
  await requireUnused(ledger);
  // This command may not delete a ledger that it has not made: it reads the whole export before it writes any of it there.
  const directory = mkdtempSync(join(tmpdir(), 'outcome-router-import-'));
  try {
    const whole = join(directory, 'whole.db');
    const imported = await importNew(file, whole, into);
    await copyWhole(whole, ledger, into);
    return imported;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** A partial ledger would look like a complete one, so the new file is deleted after a failure. */
async function importNew(file: string, ledger: string, { application, silent }: Into): Promise<Imported> {
  const progress = startProgress({ label: 'importing: records', silent });
  const store = await openStore(ledger, { create: true });
  let isWhole = false;
  try {
    const imported = await importLedger(textOf(file), store, { progress: progress.reach, ...dueTimes(application) });
    isWhole = true;
    return imported;
  } catch (error) {
    const name = file === '-' ? 'stdin' : file;
    throw relocated(error, path => (path?.startsWith('line ') === true ? `${name}, ${path}` : (path ?? ledger)));
  } finally {
    progress.done();
    await store.close();
    if (!isWhole) for (const part of ['', '-wal', '-shm']) rmSync(`${ledger}${part}`, { force: true });
  }
}

/** Before the export is read. A database without our tables is not used; any other fault of it is found when they are made. */
async function requireUnused(ledger: string): Promise<void> {
  const store = await openStore(ledger, { create: false });
  try {
    if (isAddress(ledger) && !(await hasTables(store))) return;
    await requireEmpty(store);
  } catch (error) {
    throw relocated(error, path => path ?? shownLedger(ledger));
  } finally {
    await store.close();
  }
}

async function hasTables(store: Store): Promise<boolean> {
  return store.features().then(
    () => true,
    () => false,
  );
}

async function copyWhole(whole: string, ledger: string, { application, silent }: Into): Promise<void> {
  const progress = startProgress({ label: 'writing: records', silent });
  const target = await openStore(ledger, { create: true });
  let hasBegun = false;
  try {
    await requireEmpty(target);
    hasBegun = true;
    await useLedger(whole, async source =>
      copyLedger(source, target, { progress: progress.reach, ...dueTimes(application) }),
    );
  } catch (error) {
    const rest = isAddress(ledger) ? 'drop its schema' : 'delete the file';
    throw hasBegun && RouterError.isInstance(error)
      ? new RouterError(error.code, `it may have a part of the export now: ${error.message}`, {
          path: shownLedger(ledger),
          accepted: `another ledger; ${rest} before you import into this one again`,
          cause: error,
        })
      : relocated(error, path => path ?? shownLedger(ledger));
  } finally {
    progress.done();
    await target.close();
  }
}

function dueTimes(application: ResolvedConfig | undefined): Pick<ImportOptions, 'dueAtMs'> {
  return application === undefined ? {} : { dueAtMs: intent => dueAtMs(application, intent) };
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
