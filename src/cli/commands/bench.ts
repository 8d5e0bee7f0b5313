/** `outcome-router bench`: what each policy would have cost on a table of outcomes, learning online from no data. */
import type { Command } from 'commander';
import { renderOfflineReport } from '../../exports/html/offline-report.ts';
import type { Policy } from '../../contracts/policy.ts';
import { RouterError } from '../../errors.ts';
import { renamed, namedPolicy } from '../../replay/common/named-policies.ts';
import type { TableRead } from '../../replay/table/read-table.ts';
import { meanCosts } from '../../replay/table/table-setting.ts';
import type { TableReplay } from '../../replay/table/replay-table.ts';
import { replayTable } from '../../replay/table/replay-table.ts';
import type { ReplayVerdict } from '../../replay/table/table-setting.ts';
import { plansOf } from '../../replay/table/table-setting.ts';
import type { BenchResult } from '../text/bench-text.ts';
import { benchReport, renderBench } from '../text/bench-text.ts';
import { parseCount } from '../io/numbers.ts';
import type { FailureCost } from '../io/offline-options.ts';
import { parseFailureCost, parseVerdict, withOffline } from '../io/offline-options.ts';
import type { TableFlags } from '../io/outcome-table.ts';
import { readTable, withTable } from '../io/outcome-table.ts';
import { writeFileWhole } from '../io/output-file.ts';
import { printResult } from '../io/output.ts';
import { startProgress } from '../io/progress.ts';
import type { ResultSource } from '../io/result-source.ts';
import { resultSource } from '../io/result-source.ts';
import { planKey } from '../../core/ledger/vocabulary.ts';

interface BenchFlags extends TableFlags {
  readonly failureCost?: FailureCost;
  readonly perSuccess?: boolean;
  readonly policy?: readonly string[];
  readonly shuffles: number;
  readonly seed: string;
  readonly verdict?: ReplayVerdict;
  readonly context?: boolean;
  readonly html?: string;
}

const DEFAULT_POLICIES = ['thompson', 'epsilon-greedy', 'random-mix', 'commit-after-100'];
const DEFAULT_FAILURE_COST: FailureCost = { kind: 'times', amount: 10 };

/** Adds `bench` to the program. */
export function register(program: Command): void {
  withTable(withOffline(program.command('bench')))
    .description(
      'Replay policies over a table of outcomes (CSV or JSON lines, gzip too); each learns only from its own choices.',
    )
    .option(
      '--failure-cost <usd>',
      "USD, or a multiple of the most expensive model's mean cost: 2.5 or 10x (default: 10x)",
      parseFailureCost,
    )
    .option('--per-success', 'minimise the cost per success instead of the cost per intent')
    .option('--shuffles <n>', 'runs in shuffled order; 0: one run in the order of the rows', parseCount, 8)
    .option('--verdict <rates>', 'add plans that climb by a verdict: SENSITIVITY,SPECIFICITY[,USD]', parseVerdict)
    .option(
      '--context',
      'make segments from the context columns (`outcome-router help outcome-table`); of use with the policy `contextual`',
    )
    .action(async (file: string, flags: BenchFlags, command: Command) => {
      const read = await readTable(file, flags);
      const result: BenchResult = { ...run(file, read, flags), ...resultSource(command) };
      printResult(result, flags, renderBench);
      if (flags.html !== undefined) await writeFileWhole(flags.html, [renderOfflineReport(benchReport(result))]);
    });
}

function run(
  file: string,
  { table, badRows, firstBadRow }: TableRead,
  flags: BenchFlags,
): Omit<BenchResult, keyof ResultSource> {
  const cost = meanCosts(table);
  const candidates = flags.models ?? [...table.models].sort((x, y) => cost(x) - cost(y));
  const plans = plansOf(candidates, flags.verdict);
  const policies = (flags.policy ?? [...DEFAULT_POLICIES, ...plans.map(plan => `always:${planKey(plan)}`)]).map<Policy>(
    name => renamed(name, namedPolicy(name, plans).policy),
  );
  const { failureCost = DEFAULT_FAILURE_COST } = flags;
  const failureCostUsd =
    failureCost.kind === 'usd' ? failureCost.amount : failureCost.amount * cost(candidates.at(-1) ?? '');
  const progress = startProgress({
    label: 'replaying',
    total: table.ids.length * policies.length * Math.max(1, flags.shuffles),
    silent: flags.json,
  });
  try {
    const replay = replayTable(table, policies, {
      candidates,
      failureCostUsd,
      objective: flags.perSuccess === true ? 'cost-per-success' : 'cost-per-intent',
      shuffles: flags.shuffles,
      seed: flags.seed,
      useContext: flags.context === true,
      ...(flags.verdict === undefined ? {} : { verdict: flags.verdict }),
      onIntent: () => progress.advance(),
    });
    requireChoice(replay, file);
    return { table: file, badRows, ...(firstBadRow === undefined ? {} : { firstBadRow }), ...replay };
  } finally {
    progress.done();
  }
}

/** With a single candidate, every policy would make the same choices and would look as good as the best in hindsight. */
function requireChoice({ withChoice, candidates }: TableReplay, file: string): void {
  if (withChoice > 0) return;
  throw new RouterError(
    'invalid-data',
    `each request was answered by one of ${candidates.join(', ')} only: no policy has a choice`,
    {
      path: file,
      accepted:
        'replies of several models to the same requests. Of logs like these, `outcome-router priors` gives each model its success rate; and if ' +
        'chance decided which model answered, `outcome-router import LOGS router.db --assigned randomly` makes a ledger of them, of which ' +
        '`replay` and `report --baseline` estimate what another choice would have cost',
    },
  );
}
