/** `outcome-router forget`: erases the records of a session or an intent, and keeps the sums. */
import type { Command } from 'commander';
import type { Forgotten } from '../../analysis/forget.ts';
import { forget } from '../../analysis/forget.ts';
import { formatCount } from '../../core/report/wording.ts';
import { RouterError } from '../../errors.ts';
import { isAddress } from '../io/address.ts';
import { rewriteFile } from '../io/freed-pages.ts';
import { useLedger, withLedger } from '../io/ledger.ts';
import { printResult, withJson } from '../io/output.ts';

interface ForgetFlags {
  readonly json?: boolean;
  readonly session?: string;
  readonly intent?: string;
}

/** Adds `forget` to the program. */
export function register(program: Command): void {
  withJson(withLedger(program.command('forget')))
    .description('Erase the records of one session or intent, where a person asks for it. Every sum stays as it is.')
    .option('--session <id>', 'all intents of this session, and its stored state')
    .option('--intent <id>', 'this intent alone')
    .action(async (ledger: string, { session, intent, ...flags }: ForgetFlags) => {
      if (session === undefined && intent === undefined)
        throw new RouterError('invalid-value', 'nothing is named to be forgotten', {
          path: '--session, --intent',
          accepted: 'the id of a session or of an intent, as `outcome-router intents` lists them',
        });
      const user = {
        ...(session === undefined ? {} : { session }),
        ...(intent === undefined ? {} : { intentId: intent }),
      };
      const forgotten = await useLedger(ledger, async store => forget(store, user));
      if (!isAddress(ledger)) rewriteFile(ledger);
      printResult(forgotten, flags, renderForgotten);
    });
}

function renderForgotten({ intents, records, pending, hasArchive }: Forgotten): string {
  return [
    `Erased ${formatCount(records)} records of ${formatCount(intents)} intents. The sums of the statistics are as before; the ids of ` +
      'the intents are remembered for a year, so that none is counted twice.',
    ...(pending === 0 ? [] : [`${formatCount(pending)} of them had no outcome yet, and will stay without one.`]),
    ...(hasArchive ? ['The files of the archive were not read: erase the records in them too.'] : []),
    'Exports, logs and traces outside the ledger are not touched.',
  ].join('\n');
}
