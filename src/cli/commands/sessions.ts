/** `outcome-router sessions`: what the conversations of a ledger cost, what prompt caches saved, and what changing the model lost. */
import type { Command } from 'commander';
import { Option } from 'commander';
import type { SessionAccount } from '../../analysis/session-account.ts';
import type { SessionsReport } from '../../analysis/sessions.ts';
import { sessionIn, sessionsReport } from '../../analysis/sessions.ts';
import { RouterError } from '../../errors.ts';
import { applicationAt, withConfig } from '../io/application.ts';
import type { ArchiveFlags } from '../io/archive.ts';
import { withArchiveOption } from '../io/archive.ts';
import { refuseDamaged } from '../io/damaged-rows.ts';
import { viewLedger, withLedger } from '../io/ledger.ts';
import { ledgerPrices } from '../io/ledger-prices.ts';
import { printResult, withJson } from '../io/output.ts';
import { startProgress } from '../io/progress.ts';
import type { RangeFlags } from '../io/range.ts';
import { rangeOf, requireFeatures, withRange } from '../io/range.ts';
import type { RemovedIntents } from '../io/removed-intents.ts';
import { removedIntents, renderRemoved } from '../io/removed-intents.ts';
import { renderSession, renderSessions } from '../text/session-text.ts';

interface SessionsFlags extends RangeFlags, ArchiveFlags {
  readonly json?: boolean;
  readonly config?: string;
  readonly session?: string;
}

const PARTS = ['from', 'to', 'month', 'last', 'feature'];

/** Adds `sessions` to the program. */
export function register(program: Command): void {
  withJson(withRange(withConfig(withArchiveOption(withLedger(program.command('sessions'))))))
    .description('Show what conversations cost, what prompt caches saved, and what it cost to change the model.')
    .addOption(
      // From a part of a conversation, the command could not tell which prefixes the caches already had from the rest.
      new Option('--session <id>', 'one session, intent by intent').conflicts(PARTS),
    )
    .action(async (ledger: string, flags: SessionsFlags) => {
      const { priceOf, cacheOf } = ledgerPrices({ application: await applicationAt(flags.config) });
      const { session } = flags;
      const range = rangeOf(flags);
      let removed: RemovedIntents | undefined;
      const progress = startProgress({ label: 'reading sessions', silent: flags.json });
      const found = await viewLedger(
        ledger,
        async (view): Promise<SessionAccount | SessionsReport> => {
          await requireFeatures(view, [range.feature]);
          removed = await removedIntents(view, range, flags);
          if (session === undefined)
            return sessionsReport(view, { priceOf, cacheOf, progress: count => progress.reach(count), ...range });
          return (await sessionIn(view, session, { priceOf, cacheOf })) ?? unknownSession(session, removed);
        },
        { ...flags, setAside: refuseDamaged },
      ).finally(() => progress.done());
      if (removed !== undefined) process.stderr.write(`${renderRemoved(removed, 'these figures')}\n`);
      const isPart = removed !== undefined || Object.keys(range).length > 0;
      printResult(found, flags, result =>
        'session' in result ? renderSession(result) : renderSessions(result, isPart),
      );
    });
}

function unknownSession(session: string, removed: RemovedIntents | undefined): never {
  const name = 'the name of a session that an intent was given: intent({ session })';
  throw new RouterError('invalid-value', `this ledger has no intent of the session "${session}"`, {
    path: '--session',
    accepted: removed?.mayBeArchived === true ? `${name}; with --archive FOLDER, also one that is archived` : name,
  });
}
