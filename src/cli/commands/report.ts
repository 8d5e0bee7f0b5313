/** `outcome-router report`: cost and success of every feature, with intervals. */
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { PlanKey } from '../../core/ledger/vocabulary.ts';
import type { RouterReport } from '../../core/report/router-report.ts';
import { reportOf } from '../../analysis/report.ts';
import { RouterError } from '../../errors.ts';
import { renderReportHtml } from '../../exports/html/report-html.ts';
import type { StoreView } from '../../contracts/store.ts';
import type { ArchiveFlags } from '../io/archive.ts';
import { withArchiveOption } from '../io/archive.ts';
import { outputFile } from '../io/files.ts';
import { viewReadableRows, withSkipDamaged } from '../io/damaged-rows.ts';
import { withLedger } from '../io/ledger.ts';
import { plansByFeature } from '../io/ledger-plans.ts';
import { parseNumber } from '../io/numbers.ts';
import { writeFileWhole } from '../io/output-file.ts';
import { printResult, withJson } from '../io/output.ts';
import { startProgress } from '../io/progress.ts';
import { parseSince, requireFeatures } from '../io/range.ts';
import { renderReport } from '../text/report-text.ts';

interface ReportFlags extends ArchiveFlags {
  readonly json?: boolean;
  readonly feature?: readonly string[];
  readonly since?: string;
  readonly against?: string;
  readonly precision?: number;
  readonly html?: string;
  readonly baseline?: string;
  readonly skipDamaged?: boolean;
}

/** Adds `report` to the program. */
export function register(program: Command): void {
  withJson(withSkipDamaged(withArchiveOption(withLedger(program.command('report')))))
    .description('Report the cost per intent and per success of every feature of a ledger, with intervals.')
    .option('--feature <names...>', 'only these features')
    .option('--since <duration>', 'only intents decided within this time: 30m, 12h, 7d')
    .option('--against <duration>', 'compare with the period of this length just before --since: 7d')
    .option(
      '--precision <usd>',
      'print how many more outcomes are needed for this half-width of the cost per intent',
      parsePrecision,
    )
    .option('--baseline <plan>', 'estimate the savings against always choosing this plan: premium, or mini>premium')
    .option('--html <file>', 'also write the report as one self-contained HTML file', outputFile)
    .action(async (ledger: string, flags: ReportFlags) => {
      const report = await viewReadableRows(ledger, flags, async view => reportWith(view, flags));
      printResult(report, flags, renderReport);
      if (flags.html !== undefined) await writeFileWhole(flags.html, [renderReportHtml(report)]);
    });
}

async function reportWith(store: StoreView, flags: ReportFlags): Promise<RouterReport> {
  await requireFeatures(store, flags.feature);
  if (flags.baseline !== undefined) await requirePlan(store, flags.baseline, flags.feature);
  const nowMs = Date.now();
  const features = flags.feature === undefined ? {} : { features: flags.feature };
  const period = flags.since === undefined ? {} : { fromMs: nowMs - parseSince(flags.since) };
  const progress =
    flags.baseline === undefined ? undefined : startProgress({ label: 'replaying records', silent: flags.json });
  try {
    return await reportOf(store, {
      nowMs,
      period,
      ...againstOf(flags),
      ...features,
      ...(flags.precision === undefined ? {} : { halfWidthUsd: flags.precision }),
      ...(flags.baseline === undefined ? {} : { baseline: flags.baseline }),
      progress: records => progress?.reach(records),
    });
  } finally {
    progress?.done();
  }
}

/** A misspelt plan would give a report without savings. */
async function requirePlan(store: StoreView, plan: PlanKey, features: readonly string[] | undefined): Promise<void> {
  const known = [...(await plansByFeature(store, features)).values()].flatMap(plans => [...plans]);
  if (known.includes(plan)) return;
  throw new RouterError('invalid-value', `no intent of this ledger could have used the plan "${plan}"`, {
    path: '--baseline',
    accepted: [...new Set(known)].sort(),
    given: plan,
  });
}

function againstOf({ since, against }: ReportFlags): { readonly againstMs?: number } {
  if (against === undefined) return {};
  if (since !== undefined) return { againstMs: parseSince(against, '--against') };
  throw new RouterError('invalid-value', 'there is no period to compare with', {
    path: '--against',
    accepted: 'with --since: --since 7d --against 7d',
  });
}

function parsePrecision(text: string): number {
  const usd = parseNumber(text);
  if (usd > 0) return usd;
  throw new InvalidArgumentError('Not an amount in USD above 0.');
}
