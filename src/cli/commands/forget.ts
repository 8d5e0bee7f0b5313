/** `outcome-router forget`: erases the records of a session or an intent, and keeps the sums. */
import type { Command } from 'commander';
import type { Forgotten, ForgottenUser } from '../../analysis/forget.ts';
import { forget } from '../../analysis/forget.ts';
import { formatCount } from '../../core/report/wording.ts';
import type { Store } from '../../contracts/store.ts';
import { RouterError } from '../../errors.ts';
import type { ErasedIntents } from '../../exports/archive/erase-archived.ts';
import { isAddress } from '../io/address.ts';
import type { ArchiveFlags } from '../io/archive.ts';
import { withArchiveOption } from '../io/archive.ts';
import { rewriteFile } from '../io/freed-pages.ts';
import { useLedger, withLedger } from '../io/ledger.ts';
import { printResult, withJson } from '../io/output.ts';
import { startProgress } from '../io/progress.ts';

interface ForgetFlags extends ArchiveFlags {
  readonly json?: boolean;
  readonly session?: string;
  readonly intent?: string;
}

/** Adds `forget` to the program. */
export function register(program: Command): void {
  withJson(withArchiveOption(withLedger(program.command('forget')), 'also erase them in'))
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
      const rewrite = (): void => {
        if (!isAddress(ledger)) rewriteFile(ledger);
      };
      const forgotten = await useLedger(ledger, async store =>
        flags.archive === undefined
          ? forget(store, user)
          : forgottenTogether(store, flags.archive, { ...user, silent: flags.json }),
      ).catch((error: unknown) => {
        // A command that ended before this point may have erased the records and left their text in freed pages.
        if (RouterError.isInstance(error) && error.code === 'unknown-intent') rewrite();
        throw error;
      });
      rewrite();
      printResult(forgotten, flags, renderForgotten);
    });
}

async function forgottenTogether(
  store: Store,
  folder: string,
  { silent, ...user }: ForgottenUser & { readonly silent: boolean | undefined },
): Promise<ErasedIntents> {
  const progress = startProgress({ label: 'forgetting: runs of the archive', silent });
  // Loaded only here: it needs a package that most commands do not need.
  const { forgetArchived } = await import('../../analysis/forget-archived.ts');
  try {
    return await forgetArchived(store, folder, { ...user, progress: progress.reach });
  } finally {
    progress.done();
  }
}

function renderForgotten({ intents, records, pending, files }: Forgotten & Partial<ErasedIntents>): string {
  return [
    `Erased ${formatCount(records)} records of ${formatCount(intents)} intents. The sums of the statistics are as before; the ids of ` +
      'the intents are remembered for a year, so that none is counted twice.',
    ...(pending === 0 ? [] : [`${formatCount(pending)} of them had no outcome yet, and will stay without one.`]),
    ...(files === undefined
      ? []
      : [`${formatCount(files)} files of the archive were written again, with new checksums.`]),
    `Exports, logs and traces outside the ledger${files === undefined ? '' : ', and copies of the archive,'} are not touched.`,
  ].join('\n');
}
