/** `outcome-router copy`: moves a ledger to another store, and compares both to the integer. */
import type { Command } from 'commander';
import { formatCount } from '../../core/report/wording.ts';
import type { Store } from '../../contracts/store.ts';
import type { Intent } from '../../core/ledger/records.ts';
import { dueAtMs } from '../../engine/state/silence.ts';
import { RouterError } from '../../errors.ts';
import type { CopyResult } from '../../exports/ledger/copy-ledger.ts';
import { copyLedger } from '../../exports/ledger/copy-ledger.ts';
import { isAddress, sameAddress, shownLedger } from '../io/address.ts';
import { applicationAt, withConfig } from '../io/application.ts';
import { refuseDamaged } from '../io/damaged-rows.ts';
import { copyCursor } from '../io/copy-cursor.ts';
import { isSameFile } from '../io/files.ts';
import { LEDGER_ARGUMENT, openStore, useLedger } from '../io/ledger.ts';
import { printResult, withJson } from '../io/output.ts';
import { startProgress } from '../io/progress.ts';

interface CopyFlags {
  readonly json?: boolean;
  readonly config?: string;
  readonly skipDamaged?: boolean;
}

/** The JSON that the command prints. */
interface CopyOutput extends CopyResult {
  readonly from: string;
  readonly to: string;
  /** File with the position at which the next copy continues. */
  readonly cursorFile: string;
  /** Whether silence will label pending intents. */
  readonly silence: 'from-configuration' | 'none';
}

/** Adds `copy` to the program. */
export function register(program: Command): void {
  withJson(withConfig(program.command('copy')))
    .description(
      'Copy a ledger to another store: records, statistics, switches and pins. Run it again to copy later records.',
    )
    .argument('<from>', LEDGER_ARGUMENT)
    .argument('<to>', 'the same; empty, or an earlier copy')
    .option('--skip-damaged', 'leave out damaged rows, and every intent with a damaged record; name each row on stderr')
    .action(async (from: string, to: string, flags: CopyFlags) => {
      if (isSameLedger(from, to))
        throw new RouterError('invalid-value', 'this is the ledger itself', {
          path: '<to>',
          accepted: 'another ledger',
        });
      const application = await applicationAt(flags.config);
      const cursor = copyCursor({ from, to });
      const progress = startProgress({ label: 'copying: records', silent: flags.json });
      const options = {
        ...(cursor.after === undefined ? {} : { after: cursor.after }),
        reached: cursor.keep,
        ...(flags.skipDamaged === true ? { damaged } : {}),
        progress: progress.reach,
        ...(application === undefined ? {} : { dueAtMs: (intent: Intent) => dueAtMs(application, intent) }),
      };
      try {
        const copyFrom = async (source: Store): Promise<CopyResult> => {
          const target = await openStore(to, { create: true });
          try {
            return await copyLedger(source, target, options);
          } finally {
            await target.close();
          }
        };
        const setAside = flags.skipDamaged === true ? damaged : refuseDamaged;
        const copied = await useLedger(from, copyFrom, { setAside });
        progress.done();
        if (copied.leftOut > 0) process.stderr.write(`${renderLeftOut(copied.leftOut)}\n`);
        const result: CopyOutput = {
          from: shownLedger(from),
          to: shownLedger(to),
          ...copied,
          cursorFile: cursor.file,
          silence: application === undefined ? 'none' : 'from-configuration',
        };
        printResult(result, flags, renderCopied);
      } finally {
        cursor.save();
        progress.done();
      }
    });
}

function damaged(error: unknown): void {
  process.stderr.write(`damaged: ${error instanceof Error ? error.message : String(error)}\n`);
}

function renderLeftOut(intents: number): string {
  const are = intents === 1 ? 'intent with a damaged record is' : 'intents with a damaged record are';
  return `${formatCount(intents)} ${are} left out, and count as pruned in the copy.`;
}

function isSameLedger(from: string, to: string): boolean {
  if (isAddress(from) !== isAddress(to)) return false;
  return isAddress(from) ? sameAddress(from) === sameAddress(to) : isSameFile(from, to);
}

function renderCopied({
  from,
  to,
  records,
  added,
  features,
  cells,
  controls,
  cursorFile,
  silence,
  removed,
  archive,
}: CopyOutput): string {
  const lines = [
    `${formatCount(records)} records were read from ${from}; ${formatCount(added)} of them are new in ${to}.`,
    `The statistics are equal on both sides: ${formatCount(cells)} cells of ${formatCount(features)} features.`,
    ...(controls === 0
      ? []
      : [`Switches, pins and holdouts copied, those that were lifted included: ${formatCount(controls)}.`]),
    `The next copy goes on from here: its place is in ${cursorFile}.`,
  ];
  if (silence === 'none' && added > 0)
    lines.push(
      'Intents without an outcome stay pending until one is recorded; with --config, silence labels them as in the application.',
    );
  if (removed > 0) lines.push(`The ids of pruned and archived intents are refused there too: ${formatCount(removed)}.`);
  if (archive !== undefined)
    lines.push(
      'The archive belongs to both ledgers now: go on archiving from one of them only, or from a copy of the folder.',
    );
  return lines.join('\n');
}
