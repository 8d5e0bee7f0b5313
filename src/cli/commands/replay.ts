/** `outcome-router replay`: what another policy would have cost on a ledger, with intervals. */
import type { Command } from 'commander';
import { planOfKey } from '../../core/ledger/vocabulary.ts';
import { RouterError } from '../../errors.ts';
import { renderOfflineReport } from '../../exports/html/offline-report.ts';
import { renamed, namedPolicy } from '../../replay/common/named-policies.ts';
import type { LedgerReplay } from '../../replay/ledger/replay-ledger.ts';
import { ledgerToReplay } from '../../replay/ledger/replay-ledger.ts';
import type { StoreView } from '../../contracts/store.ts';
import { shownLedger } from '../io/address.ts';
import type { ArchiveFlags } from '../io/archive.ts';
import { withArchiveOption } from '../io/archive.ts';
import { viewReadableRows, withSkipDamaged } from '../io/damaged-rows.ts';
import { withLedger } from '../io/ledger.ts';
import { parseUsd, withOffline } from '../io/offline-options.ts';
import { writeFileWhole } from '../io/output-file.ts';
import { printResult } from '../io/output.ts';
import { startProgress } from '../io/progress.ts';
import type { ResultSource } from '../io/result-source.ts';
import { resultSource } from '../io/result-source.ts';
import type { RangeFlags } from '../io/range.ts';
import { rangeOf, requireFeatures, withRange } from '../io/range.ts';
import type { ReplayResult } from '../text/replay-text.ts';
import { renderReplay, replayReport } from '../text/replay-text.ts';

interface ReplayFlags extends RangeFlags, ArchiveFlags {
  readonly policy?: readonly string[];
  readonly failureCost?: number;
  readonly perSuccess?: boolean;
  readonly seed: string;
  readonly html?: string;
  readonly skipDamaged?: boolean;
  readonly json?: boolean;
}

/** This prefix of a plan gives the name of the policy that always chooses the plan. */
const ALWAYS = 'always:';

/** Adds `replay` to the program. */
export function register(program: Command): void {
  withOffline(withRange(withSkipDamaged(withArchiveOption(withLedger(program.command('replay'))))))
    .description(
      'Estimate what another policy would have cost on the intents of a ledger, or say why the ledger does not allow it.',
    )
    .option('--failure-cost <usd>', 'instead of the failure cost each intent was decided with', parseUsd)
    .option('--per-success', 'the other policy minimises the cost per success')
    .action(async (ledger: string, flags: ReplayFlags, command: Command) => {
      const replayed = await viewReadableRows(ledger, flags, async view => run(view, shownLedger(ledger), flags));
      const result: ReplayResult = { ...replayed, ...resultSource(command) };
      printResult(result, flags, renderReplay);
      if (flags.html !== undefined) await writeFileWhole(flags.html, [renderOfflineReport(replayReport(result))]);
    });
}

async function run(
  store: StoreView,
  ledger: string,
  flags: ReplayFlags,
): Promise<Omit<ReplayResult, keyof ResultSource>> {
  const { feature, ...period } = rangeOf(flags);
  await requireFeatures(store, [flags.feature]);
  const reading = startProgress({ label: 'reading records', silent: flags.json });
  const read = await ledgerToReplay(store, {
    ...(feature === undefined ? {} : { feature }),
    progress: reading.reach,
  }).finally(reading.done);
  const known = read.plans;
  const keys = [...new Set([...known.values()].flatMap(plans => [...plans]))];
  const plans = keys.map(planOfKey);
  if (plans.length === 0) {
    throw new RouterError('invalid-data', 'the ledger has no decisions', { path: feature ?? ledger });
  }
  const names = flags.policy ?? keys.map(key => `${ALWAYS}${key}`);
  const replays: LedgerReplay[] = [];
  for (const name of names) {
    const { policy } = namedPolicy(name, plans);
    const progress = startProgress({ label: `replaying ${name}`, silent: flags.json });
    try {
      const replay = await read.replay(renamed(name, policy), {
        seed: flags.seed,
        ...period,
        ...(flags.failureCost === undefined ? {} : { failureCostUsd: flags.failureCost }),
        ...(flags.perSuccess === true ? { objective: 'cost-per-success' } : {}),
        progress: progress.reach,
      });
      // Without --policy, every plan is compared; features without the plan are left out, because the user did not name it.
      const asked = ([feature]: readonly [string, unknown]): boolean =>
        flags.policy !== undefined || known.get(feature)?.has(name.slice(ALWAYS.length)) === true;
      replays.push({ ...replay, features: Object.fromEntries(Object.entries(replay.features).filter(asked)) });
    } finally {
      progress.done();
    }
  }
  return {
    ledger,
    ...(period.fromMs === undefined && period.toMs === undefined ? {} : { period }),
    ...(flags.failureCost === undefined ? {} : { failureCostUsd: flags.failureCost }),
    replays,
  };
}
