/** `outcome-router intents`: a list of intents by feature, outcome, session and time. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { storedIntents } from '../../analysis/stored-intents.ts';
import type { IntentFilter } from '../../analysis/intent-filter.ts';
import { isWanted } from '../../analysis/intent-filter.ts';
import type { IntentSummary } from '../../analysis/intent-summary.ts';
import { summaryOf } from '../../analysis/intent-summary.ts';
import type { StoreView } from '../../contracts/store.ts';
import type { Period } from '../../core/cells/period.ts';
import type { ArchiveFlags } from '../io/archive.ts';
import { withArchiveOption } from '../io/archive.ts';
import { viewReadableRows, withSkipDamaged } from '../io/damaged-rows.ts';
import { withLedger } from '../io/ledger.ts';
import { parsePositiveCount } from '../io/numbers.ts';
import { printCsv, printResult, withFormats } from '../io/output.ts';
import type { RangeFlags } from '../io/range.ts';
import { rangeOf, requireFeatures, withRange } from '../io/range.ts';
import { INTENT_COLUMNS, renderIntents } from '../text/intent-text.ts';

interface IntentsFlags extends RangeFlags, ArchiveFlags {
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly skipDamaged?: boolean;
  readonly session?: string;
  readonly limit: number;
  readonly failed?: boolean;
  readonly succeeded?: boolean;
  readonly pending?: boolean;
  readonly unknown?: boolean;
}

interface IntentsResult {
  readonly period: Period;
  /** The latest decision first. */
  readonly intents: readonly IntentSummary[];
  /** Whether there are more than `--limit`. */
  readonly isCut: boolean;
}

/** Adds `intents` to the program. */
export function register(program: Command): void {
  withFormats(withRange(withSkipDamaged(withArchiveOption(withLedger(program.command('intents'))))))
    .description('List intents, the latest decision first: by feature, outcome, session and time.')
    .option('--session <id>', 'only of this session')
    .addOption(outcomeOption('failed'))
    .addOption(outcomeOption('succeeded'))
    .addOption(outcomeOption('pending'))
    .addOption(outcomeOption('unknown'))
    .option('--limit <n>', 'intents listed at most', parsePositiveCount, 100)
    .action(async (ledger: string, flags: IntentsFlags) => {
      const result = await viewReadableRows(ledger, flags, async view => listed(view, flags));
      if (flags.csv === true)
        printCsv(
          INTENT_COLUMNS,
          result.intents.map(intent => ({ ...intent })),
        );
      else printResult(result, flags, ({ intents, isCut }) => renderIntents(intents, isCut));
    });
}

const OUTCOMES = { failed: 'failure', succeeded: 'success', pending: 'pending', unknown: 'unknown' } as const;

function outcomeOption(name: keyof typeof OUTCOMES): Option {
  const others = Object.keys(OUTCOMES).filter(other => other !== name);
  return new Option(`--${name}`, `only with the outcome ${OUTCOMES[name]}`).conflicts(others);
}

async function listed(store: StoreView, flags: IntentsFlags): Promise<IntentsResult> {
  const { feature, ...period } = rangeOf(flags);
  await requireFeatures(store, [feature]);
  const filter = filterOf(flags);
  const found: IntentSummary[] = [];
  for (const name of feature === undefined ? await store.features() : [feature]) {
    let own = 0;
    for await (const intent of storedIntents(store, { ...period, feature: name })) {
      if (!isWanted(intent, filter)) continue;
      found.push(summaryOf(intent));
      if (++own > flags.limit) break;
    }
  }
  found.sort((a, b) => b.decidedAt.localeCompare(a.decidedAt));
  return { period, intents: found.slice(0, flags.limit), isCut: found.length > flags.limit };
}

function filterOf(flags: IntentsFlags): IntentFilter {
  const asked = (Object.keys(OUTCOMES) as (keyof typeof OUTCOMES)[]).find(name => flags[name] === true);
  return {
    ...(flags.session === undefined ? {} : { session: flags.session }),
    ...(asked === undefined ? {} : { outcome: OUTCOMES[asked] }),
  };
}
