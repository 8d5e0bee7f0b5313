/** `outcome-router prune`: removes the records of old intents and keeps their contribution to the statistics. */
import type { Command } from 'commander';
import { formatCount, formatMoment } from '../../core/report/wording.ts';
import type { PruneResult } from '../../contracts/store.ts';
import { useLedger, withLedger } from '../io/ledger.ts';
import { printResult, withJson } from '../io/output.ts';
import { startProgress } from '../io/progress.ts';
import { parseDuration } from '../io/period.ts';
import { REMEMBER, rememberedFrom } from '../io/range.ts';

interface PruneFlags {
  readonly json?: boolean;
  readonly olderThan: string;
  readonly remember?: string;
}

interface PruneOutput extends PruneResult {
  readonly beforeMs: number;
}

/** Adds `prune` to the program. */
export function register(program: Command): void {
  withJson(withLedger(program.command('prune')))
    .description('Remove the records of old, closed intents. The statistics keep counting them.')
    .requiredOption('--older-than <duration>', 'only intents without a record for this long: 90d')
    .option('--remember <duration>', REMEMBER)
    .action(async (ledger: string, flags: PruneFlags) => {
      const nowMs = Date.now();
      const beforeMs = nowMs - parseDuration(flags.olderThan, '--older-than');
      const progress = startProgress({ label: 'pruning: intents', silent: flags.json });
      try {
        const options = { ...rememberedFrom(flags, nowMs), progress: progress.reach };
        const pruned = await useLedger(ledger, async store => store.prune(beforeMs, options));
        progress.done();
        printResult({ beforeMs, ...pruned }, flags, renderPruned);
      } finally {
        progress.done();
      }
    });
}

function renderPruned({ beforeMs, intents, records }: PruneOutput): string {
  if (intents === 0) return `No closed intent is older than ${formatMoment(beforeMs)} UTC.`;
  return (
    `Removed ${formatCount(intents)} intents with ${formatCount(records)} records; the latest of them is older than ${formatMoment(beforeMs)} UTC. ` +
    'The statistics still count them; their receipts are gone, and they cannot be replayed any more.'
  );
}
