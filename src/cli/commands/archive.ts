/** `outcome-router archive`: moves old, closed intents into Parquet files, and keeps their contribution to the statistics. */
import type { Command } from 'commander';
import { formatCount, formatMoment } from '../../core/report/wording.ts';
import type { ArchiveResult } from '../../exports/archive/archive-ledger.ts';
import { outputFolder } from '../io/files.ts';
import { useLedger, withLedger } from '../io/ledger.ts';
import { printResult, withJson } from '../io/output.ts';
import { startProgress } from '../io/progress.ts';
import { parseDuration } from '../io/period.ts';
import { REMEMBER, rememberedFrom } from '../io/range.ts';

interface ArchiveCommandFlags {
  readonly json?: boolean;
  readonly olderThan: string;
  readonly to: string;
  readonly remember?: string;
}

/** The JSON that the command prints. */
interface ArchiveOutput extends ArchiveResult {
  readonly beforeMs: number;
  readonly to: string;
}

/** Adds `archive` to the program. */
export function register(program: Command): void {
  withJson(withLedger(program.command('archive')))
    .description(
      'Move the records of old, closed intents into files of Parquet (`outcome-router help archive.md`). The statistics keep counting them.',
    )
    .requiredOption('--older-than <duration>', 'only intents without a record for this long: 90d')
    .requiredOption('--to <folder>', 'folder of the archive, made by the first run', outputFolder)
    .option('--remember <duration>', REMEMBER)
    .action(async (ledger: string, flags: ArchiveCommandFlags) => {
      const nowMs = Date.now();
      const beforeMs = nowMs - parseDuration(flags.olderThan, '--older-than');
      const progress = startProgress({ label: 'archiving: intents', silent: flags.json });
      // Loaded only here: it needs a package that most commands do not need.
      const { archiveLedger } = await import('../../exports/archive/archive-ledger.ts');
      try {
        const options = { beforeMs, ...rememberedFrom(flags, nowMs), progress: progress.reach };
        const archived = await useLedger(ledger, async store => archiveLedger(store, flags.to, options));
        progress.done();
        printResult({ beforeMs, to: flags.to, ...archived }, flags, renderArchived);
      } finally {
        progress.done();
      }
    });
}

function renderArchived({ beforeMs, to, intents, records, runs, bytes }: ArchiveOutput): string {
  if (intents === 0) return `No closed intent is older than ${formatMoment(beforeMs)} UTC.`;
  const files = `${formatCount(2 * runs)} files with ${formatCount(bytes)} bytes`;
  return (
    `Moved ${formatCount(intents)} intents with ${formatCount(records)} records to ${to}: ${files}. ` +
    'The statistics still count them; report, sessions and the other commands that read records have them with --archive.'
  );
}
