/** `outcome-router show`: everything that the ledger has of one intent, or of one session. */
import type { Command } from 'commander';
import { intentsOfSession } from '../../analysis/forget.ts';
import { recordsLeft } from '../../contracts/archiving.ts';
import type { IntentSummary } from '../../analysis/intent-summary.ts';
import { summaryOf } from '../../analysis/intent-summary.ts';
import type { StoreView } from '../../contracts/store.ts';
import { fromDecimalUsd, toDecimalUsd } from '../../core/ledger/money.ts';
import type { Intent } from '../../core/ledger/records.ts';
import { foldIntent } from '../../core/ledger/records.ts';
import { formatCount, formatTotal } from '../../core/report/wording.ts';
import { RouterError } from '../../errors.ts';
import type { ArchiveFlags } from '../io/archive.ts';
import { withArchiveOption } from '../io/archive.ts';
import { viewLedger, withSubject } from '../io/ledger.ts';
import { printResult, withJson } from '../io/output.ts';
import { renderIntent, renderIntents } from '../text/intent-text.ts';

interface ShowFlags extends ArchiveFlags {
  readonly json?: boolean;
}

interface ShownSession {
  readonly session: string;
  /** In the order in which they were decided. */
  readonly intents: readonly IntentSummary[];
  /** Exact decimal USD, of all of them. */
  readonly spendUsd: string;
  readonly failureUsd: string;
}

/** Adds `show` to the program. */
export function register(program: Command): void {
  withJson(withArchiveOption(withSubject(program.command('show'), '<id>', 'id of an intent, or of a session')))
    .description('Show one intent: its decision, attempts, outcome and cost; or the intents of one session.')
    .action(async (id: string, ledger: string, flags: ShowFlags) => {
      const shown = await viewLedger(ledger, async view => intentOrSession(view, id), flags);
      if ('intents' in shown) printResult(shown, flags, renderSession);
      else printResult(shown, flags, renderIntent);
    });
}

async function intentOrSession(store: StoreView, id: string): Promise<Intent | ShownSession> {
  const intent = foldIntent(await store.load(id));
  if (intent !== undefined) return intent;
  const ids = await intentsOfSession(store, id);
  const intents = await Promise.all(ids.map(async each => foldIntent(await recordsLeft(store, each))));
  const summaries = intents.flatMap(each => (each === undefined ? [] : [summaryOf(each)]));
  if (summaries.length === 0)
    throw new RouterError('unknown-intent', `no intent and no session has the id "${id}"`, {
      path: 'id',
      accepted: 'an id that `outcome-router intents` lists',
    });
  const sum = (of: (intent: IntentSummary) => string): string =>
    toDecimalUsd(summaries.reduce((nanoUsd, each) => nanoUsd + fromDecimalUsd(of(each)), 0n));
  return {
    session: id,
    intents: summaries,
    spendUsd: sum(each => each.spendUsd),
    failureUsd: sum(each => each.failureUsd),
  };
}

function renderSession({ session, intents, spendUsd, failureUsd }: ShownSession): string {
  const totals = `model spend ${formatTotal(spendUsd)}, failure cost ${formatTotal(failureUsd)}`;
  const more = `What its prompt caches saved: outcome-router sessions --session ${session}`;
  return `Session ${session}: ${formatCount(intents.length)} intents, ${totals}.\n${renderIntents(intents, false)}\n${more}`;
}
