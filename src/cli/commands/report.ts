/** `outcome-router report`: cost and success of every feature, with intervals. */
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { Period } from '../../core/cells/period.ts';
import type { PlanKey } from '../../core/ledger/vocabulary.ts';
import { GROUPINGS } from '../../core/report/breakdown.ts';
import { breakdown } from '../../analysis/grouped-cells.ts';
import { reportOf } from '../../analysis/report.ts';
import { latestDecisionMs } from '../../analysis/stored-intents.ts';
import { RouterError } from '../../errors.ts';
import { renderReportHtml } from '../../exports/html/report-html.ts';
import type { StoreView } from '../../contracts/store.ts';
import { shownLedger } from '../io/address.ts';
import type { ArchiveFlags } from '../io/archive.ts';
import { withArchiveOption } from '../io/archive.ts';
import { atOption } from '../io/failure.ts';
import { outputFile } from '../io/files.ts';
import { viewReadableRows, withSkipDamaged } from '../io/damaged-rows.ts';
import { withLedger } from '../io/ledger.ts';
import { plansByFeature } from '../io/ledger-plans.ts';
import { ledgerPrices } from '../io/ledger-prices.ts';
import { parseNumber } from '../io/numbers.ts';
import { writeFileWhole } from '../io/output-file.ts';
import { printCsv, printResult, withFormats } from '../io/output.ts';
import { startProgress } from '../io/progress.ts';
import { resultSource } from '../io/result-source.ts';
import type { PeriodFlags } from '../io/period.ts';
import { parseDuration, periodOf, withPeriod } from '../io/period.ts';
import { requireFeatures } from '../io/range.ts';
import { BREAKDOWN_COLUMNS, breakdownCsv, PLAN_COLUMNS, planCsv } from '../text/breakdown-csv.ts';
import type { PrintedReport } from '../text/report-text.ts';
import { renderReport } from '../text/report-text.ts';

interface ReportFlags extends PeriodFlags, ArchiveFlags {
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly feature?: readonly string[];
  readonly by?: string;
  readonly against?: string;
  readonly precision?: number;
  readonly html?: string;
  readonly baseline?: string;
  readonly skipDamaged?: boolean;
}

/** Adds `report` to the program. */
export function register(program: Command): void {
  withFormats(withPeriod(withSkipDamaged(withArchiveOption(withLedger(program.command('report'))))))
    .description('Report the cost per intent and per success of every feature of a ledger, with intervals.')
    .option('--feature <names...>', 'only these features')
    .option('--by <what>', `group by ${GROUPINGS.join(', ')}, or a declared context: tenant`)
    .option(
      '--against <duration>',
      'compare with the time of this length just before the period: --last 7d --against 7d',
    )
    .option(
      '--precision <usd>',
      'print how many more outcomes are needed for this half-width of the cost per intent',
      parsePrecision,
    )
    .option('--baseline <plan>', 'estimate the savings against always choosing this plan: premium, or mini>premium')
    .option('--html <file>', 'also write the report as one self-contained HTML file', outputFile)
    .action(async (ledger: string, flags: ReportFlags, command: Command) => {
      const read = await viewReadableRows(ledger, flags, async view => reportWith(view, flags));
      const source = { ledger: shownLedger(ledger), ...resultSource(command), madeAtMs: read.madeAtMs };
      const report: PrintedReport = { ...read, ...source };
      if (flags.csv === true) printReportCsv(report);
      else printResult(report, flags, renderReport);
      if (flags.html !== undefined) await writeFileWhole(flags.html, [renderReportHtml(report, source)]);
    });
}

/** Prices and cache terms for the savings of caches: this command reads no configuration. */
const { priceOf, cacheOf } = ledgerPrices({ application: undefined });
const LIST_PRICES = { priceOf, cacheOf };

async function reportWith(store: StoreView, flags: ReportFlags): Promise<PrintedReport> {
  await requireFeatures(store, flags.feature);
  if (flags.baseline !== undefined) await requirePlan(store, flags.baseline, flags.feature);
  const nowMs = Date.now();
  const features = flags.feature === undefined ? {} : { features: flags.feature };
  const period = periodOf(flags, nowMs);
  const progress =
    flags.baseline === undefined ? undefined : startProgress({ label: 'replaying records', silent: flags.json });
  try {
    const report = await reportOf(store, {
      nowMs,
      period,
      ...againstOf(flags, period),
      ...features,
      ...(flags.precision === undefined ? {} : { halfWidthUsd: flags.precision }),
      ...(flags.baseline === undefined ? {} : { baseline: flags.baseline }),
      progress: records => progress?.reach(records),
    });
    const latestMs = report.intents > 0 ? undefined : await latestDecisionMs(store, report.features);
    return {
      ...report,
      ...(flags.by === undefined
        ? {}
        : {
            breakdown: await atOption('--by', breakdown(store, { by: flags.by, period, ...features, ...LIST_PRICES })),
          }),
      ...(latestMs === undefined ? {} : { latestDecisionMs: latestMs }),
    };
  } finally {
    progress?.done();
  }
}

/** A misspelled plan would give a report without savings. */
async function requirePlan(store: StoreView, plan: PlanKey, features: readonly string[] | undefined): Promise<void> {
  const known = [...(await plansByFeature(store, features)).values()].flatMap(plans => [...plans]);
  if (known.includes(plan)) return;
  throw new RouterError('invalid-value', `no intent of this ledger could have used the plan "${plan}"`, {
    path: '--baseline',
    accepted: [...new Set(known)].sort(),
    given: plan,
  });
}

function againstOf({ against }: ReportFlags, { fromMs }: Period): { readonly againstMs?: number } {
  if (against === undefined) return {};
  if (fromMs !== undefined) return { againstMs: parseDuration(against, '--against') };
  throw new RouterError('invalid-value', 'there is no period to compare with', {
    path: '--against',
    accepted: 'with the start of a period: --last 7d --against 7d',
  });
}

function printReportCsv({ breakdown: groups, features, period, coveredPeriod = period }: PrintedReport): void {
  if (groups === undefined) printCsv(PLAN_COLUMNS, planCsv(features, period));
  else printCsv(BREAKDOWN_COLUMNS, breakdownCsv(groups, coveredPeriod));
}

function parsePrecision(text: string): number {
  const usd = parseNumber(text);
  if (usd > 0) return usd;
  throw new InvalidArgumentError('Not an amount in USD above 0.');
}
