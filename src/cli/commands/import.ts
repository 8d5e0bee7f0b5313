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
import { missingCells } from '../../core/cells/differences.ts';
import { copyLedger, isSameRecord } from '../../exports/ledger/copy-ledger.ts';
import type { ImportOptions, ImportResult } from '../../exports/ledger/import-ledger.ts';
import { importLedger } from '../../exports/ledger/import-ledger.ts';
import { applicationAt, withConfig } from '../io/application.ts';
import { relocated } from '../io/failure.ts';
import { choice } from '../io/choice.ts';
import { inputFile, outputFile } from '../io/files.ts';
import type { LogFlags } from '../io/import-logs.ts';
import { importLogs, LOG_SOURCES, parseSuccessFrom } from '../io/import-logs.ts';
import { parseUsd } from '../io/offline-options.ts';
import { renderImportedLogs } from '../text/import-logs-text.ts';
import { isAddress, shownLedger } from '../io/address.ts';
import { openStore, useLedger, withLedger } from '../io/ledger.ts';
import { printResult, withJson } from '../io/output.ts';
import { startProgress } from '../io/progress.ts';

type ImportFlags = LogFlags;

interface ImportOutput extends ImportResult {
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
    .description(
      'Read an export (JSON lines) into a new or empty ledger, with its statistics. Run it again after a failure: it goes on. ' +
        'With --from or --map: the usable rows of logs of another product.',
    )
    .addOption(choice('--from <product>', 'the file is an export of this product', LOG_SOURCES))
    .option('--with <files...>', 'further files of the same export, such as scores', inputFiles)
    .option('--map <columns>', 'columns of a table of calls: feature=app,model=model,usd=cost,success=resolved')
    .option('--success <score>', 'the score that says whether an intent succeeded (default: the only one)')
    .option('--success-from <value>', 'from this value on it is a success (default: 0.5)', parseSuccessFrom)
    .option('--feature <name>', 'feature of the intents whose rows name none', 'imported')
    .option('--model <name=logged...>', 'names of models in your configuration: mini=gpt-5-mini')
    .option('--failure-cost <usd>', 'what one failed intent costs (default: as in --config, otherwise 0)', parseUsd)
    .addOption(choice('--assigned <how>', 'which model answered did not depend on the request', ['randomly']))
    .option('--table <file>', 'write a table of outcomes for priors, in place of a ledger', outputFile)
    .action(async (file: string, ledger: string, flags: ImportFlags, command: Command) => {
      if (flags.from !== undefined || flags.map !== undefined) {
        printResult(await importLogs(file, ledger, flags), flags, renderImportedLogs);
        return;
      }
      requireNoLogOptions(command);
      const application = await applicationAt(flags.config);
      const imported = await importInto(file, ledger, { application, silent: flags.json });
      const silence = application === undefined ? 'none' : 'from-configuration';
      printResult({ ...imported, ledger: shownLedger(ledger), silence } satisfies ImportOutput, flags, renderImported);
    });
}

/** Options on how the logs of another product are read. */
const LOG_OPTIONS = ['with', 'success', 'successFrom', 'feature', 'model', 'failureCost', 'assigned', 'table'];

/**
 * An export of a ledger already contains everything that these options would set. @throws RouterError `invalid-value` with the
 * option
 */
function requireNoLogOptions(command: Command): void {
  const given = command.options.find(
    option =>
      LOG_OPTIONS.includes(option.attributeName()) && command.getOptionValueSource(option.attributeName()) === 'cli',
  );
  if (given === undefined) return;
  throw new RouterError('invalid-value', 'it applies only to the logs of another product', {
    path: given.long ?? given.flags,
    accepted: 'with --from or --map',
  });
}

function inputFiles(path: string, before: readonly string[] = []): readonly string[] {
  return [...before, inputFile(path)];
}

function exportFile(path: string): string {
  return path === '-' ? path : inputFile(path);
}

interface Into {
  readonly application: ResolvedConfig | undefined;
  readonly silent: boolean | undefined;
}

async function importInto(file: string, ledger: string, into: Into): Promise<ImportResult> {
  if (!isAddress(ledger) && !existsSync(ledger)) return importNew(file, ledger, into);
  await requireUsable(ledger);
  // This command may not delete a ledger that it did not create, so it reads the whole export before it writes any of it there.
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
async function importNew(file: string, ledger: string, { application, silent }: Into): Promise<ImportResult> {
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

/** The ledger is checked before the export is read. Problems with a database are found when its tables are created. */
async function requireUsable(ledger: string): Promise<void> {
  if (isAddress(ledger)) return;
  const store = await openStore(ledger, { create: false });
  try {
    await store.features();
  } finally {
    await store.close();
  }
}

async function isPartOf(whole: Store, target: Store): Promise<boolean> {
  for await (const record of target.scan())
    if (!isSameRecord(record, (await whole.load(record.intentId))[record.revision])) return false;
  const base = await target.prunedCells();
  return base.length === 0 || missingCells(base, await whole.prunedCells()).length === 0;
}

/** An unfinished import of the same export is completed; two ledgers in one store could not be separated again. */
async function requirePartOf(whole: Store, target: Store): Promise<void> {
  if (await isPartOf(whole, target)) return;
  throw new RouterError('store-unusable', 'the store already has a ledger', {
    accepted: 'an empty store to import into, or one that has a part of this export from an import that failed',
  });
}

async function copyWhole(whole: string, ledger: string, { application, silent }: Into): Promise<void> {
  const progress = startProgress({ label: 'writing: records', silent });
  const target = await openStore(ledger, { create: true });
  let hasBegun = false;
  try {
    await useLedger(whole, async source => {
      await requirePartOf(source, target);
      hasBegun = true;
      await copyLedger(source, target, { progress: progress.reach, ...dueTimes(application) });
    });
  } catch (error) {
    throw hasBegun && RouterError.isInstance(error)
      ? new RouterError(error.code, `it may have a part of the export now: ${error.message}`, {
          path: shownLedger(ledger),
          accepted: 'the same import once more, which adds what is missing',
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

function renderImported({ records, intents, ledger, silence }: ImportOutput): string {
  const done = `${formatCount(records)} records of ${formatCount(intents)} intents are in ${ledger}.`;
  if (silence === 'from-configuration') return done;
  return `${done} Intents without an outcome stay pending until one is recorded; with --config, silence labels them as in the application.`;
}
