/** `outcome-router show`: everything that the ledger contains about one intent, or one session. */
import type { Command } from 'commander';
import { intentsOfSession } from '../../analysis/forget.ts';
import { sessionAccount } from '../../analysis/session-account.ts';
import { recordsLeft } from '../../contracts/archiving.ts';
import type { IntentSummary } from '../../analysis/intent-summary.ts';
import { summaryOf } from '../../analysis/intent-summary.ts';
import type { StoreView } from '../../contracts/store.ts';
import type { Intent } from '../../core/ledger/records.ts';
import { foldIntent } from '../../core/ledger/records.ts';
import type { SessionCacheCost } from '../../core/report/session-cache-cost.ts';
import { RouterError } from '../../errors.ts';
import { applicationAt, withConfig } from '../io/application.ts';
import type { ArchiveFlags } from '../io/archive.ts';
import { withArchiveOption } from '../io/archive.ts';
import { viewLedger, withSubject } from '../io/ledger.ts';
import type { LedgerPrices } from '../io/ledger-prices.ts';
import { ledgerPrices } from '../io/ledger-prices.ts';
import { printResult, withJson } from '../io/output.ts';
import { renderIntent, renderIntents } from '../text/intent-text.ts';
import { cacheLines, costOf, counted } from '../text/session-text.ts';

interface ShowFlags extends ArchiveFlags {
  readonly json?: boolean;
  readonly config?: string;
}

interface ShownSession {
  readonly session: string;
  /** The session's intents, in the order in which they were decided. */
  readonly intents: readonly IntentSummary[];
  /** Exact decimal USD of all intents: model spend + failure cost. */
  readonly totalUsd: string;
  readonly spendUsd: string;
  readonly failureUsd: string;
  /** Number of answers by another model than the one before. */
  readonly switches: number;
  readonly cache: SessionCacheCost;
}

/** Adds `show` to the program. */
export function register(program: Command): void {
  withJson(
    withConfig(withArchiveOption(withSubject(program.command('show'), '<id>', 'id of an intent, or of a session'))),
  )
    .description(
      'Show one intent: its decision, attempts, outcome and cost; or one session: its intents, cost and caches.',
    )
    .action(async (id: string, ledger: string, flags: ShowFlags) => {
      const prices = ledgerPrices({ application: await applicationAt(flags.config) });
      const shown = await viewLedger(ledger, async view => intentOrSession(view, id, prices), flags);
      if ('intents' in shown) printResult(shown, flags, renderSession);
      else printResult(shown, flags, renderIntent);
    });
}

async function intentOrSession(
  store: StoreView,
  id: string,
  { priceOf, cacheOf }: LedgerPrices,
): Promise<Intent | ShownSession> {
  const intent = foldIntent(await store.load(id));
  if (intent !== undefined) return intent;
  const ids = await intentsOfSession(store, id);
  const loaded = await Promise.all(ids.map(async each => foldIntent(await recordsLeft(store, each))));
  const intents = loaded.filter(each => each !== undefined);
  if (intents.length === 0)
    throw new RouterError('unknown-intent', `no intent and no session has the id "${id}"`, {
      path: 'id',
      accepted: 'an id that `outcome-router intents` lists',
    });
  const { totalUsd, spendUsd, failureUsd, switches, cache } = sessionAccount(id, intents, { priceOf, cacheOf });
  return { session: id, intents: intents.map(summaryOf), totalUsd, spendUsd, failureUsd, switches, cache };
}

function renderSession(shown: ShownSession): string {
  const { session, intents, switches, cache } = shown;
  const head = `Session ${session}: ${counted(intents.length, 'intent')}; the model changed ${counted(switches, 'time')}. ${costOf(shown)}.`;
  return [head, renderIntents(intents, false), ...cacheLines(cache)].join('\n');
}
