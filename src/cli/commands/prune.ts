/** `outcome-router prune`: old intents leave the ledger, what they contributed to the statistics stays. */
import type { Command } from 'commander';
import { formatCount, formatMoment } from '../../core/report/wording.ts';
import type { Pruned } from '../../contracts/store.ts';
import { useLedger, withLedger } from '../io/ledger.ts';
import { printResult, withJson } from '../io/output.ts';
import { startProgress } from '../io/progress.ts';
import { sinceMs } from './report.ts';

interface PruneFlags {
  readonly json?: boolean;
  readonly olderThan: string;
}

interface PruneResult extends Pruned {
  readonly beforeMs: number;
}

/** Adds `prune` to the program. */
export function register(program: Command): void {
  withJson(withLedger(program.command('prune')))
    .description('Remove the records of closed intents that are older than this; the statistics keep what they said.')
    .requiredOption('--older-than <duration>', 'nothing was recorded of the intent for this long: 90d')
    .action(async (ledger: string, flags: PruneFlags) => {
      const beforeMs = Date.now() - sinceMs(flags.olderThan, '--older-than');
      const progress = startProgress({ label: 'pruning: intents', silent: flags.json });
      try {
        const pruned = await useLedger(ledger, async store => store.prune(beforeMs, { progress: progress.reach }));
        progress.done();
        printResult({ beforeMs, ...pruned }, flags, renderPruned);
      } finally {
        progress.done();
      }
    });
}

function renderPruned({ beforeMs, intents, records }: PruneResult): string {
  if (intents === 0) return `No closed intent is older than ${formatMoment(beforeMs)} UTC.`;
  return (
    `${formatCount(intents)} intents with ${formatCount(records)} records, closed since ${formatMoment(beforeMs)} UTC, ` +
    'have left the ledger. The statistics still count them; their attempts, bills and replays are gone.'
  );
}
