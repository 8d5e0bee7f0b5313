/** `outcome-router check`: compares a ledger's figures with limits; its exit code is for cron and CI. */
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { dividedAt } from '../../analysis/divided-cells.ts';
import { reportOf } from '../../analysis/report.ts';
import type { StoreView } from '../../contracts/store.ts';
import type { Period } from '../../core/cells/period.ts';
import type { FeatureReport } from '../../core/report/feature-report.ts';
import type { FigureLimits, LimitCheck, LimitName } from '../../core/report/limit-check.ts';
import { checkLimits } from '../../core/report/limit-check.ts';
import { wilson } from '../../core/math/interval.ts';
import { RouterError } from '../../errors.ts';
import type { ArchiveFlags } from '../io/archive.ts';
import { withArchiveOption } from '../io/archive.ts';
import { viewReadableRows, withSkipDamaged } from '../io/damaged-rows.ts';
import { withLedger } from '../io/ledger.ts';
import { parseNumber } from '../io/numbers.ts';
import { printResult, withJson } from '../io/output.ts';
import type { PeriodFlags } from '../io/period.ts';
import { periodOf, withPeriod } from '../io/period.ts';
import { requireFeatures } from '../io/range.ts';
import type { CheckedLimits, NamedCheck } from '../text/check-text.ts';
import { renderChecks } from '../text/check-text.ts';

interface CheckFlags extends PeriodFlags, ArchiveFlags, Partial<Record<LimitName, readonly FeatureLimit[]>> {
  readonly json?: boolean;
  readonly skipDamaged?: boolean;
  readonly drift?: boolean;
  readonly strict?: boolean;
}

/** One limit as the user typed it: `support.reply=1.20`, or `1.20` for every feature. */
interface FeatureLimit {
  readonly feature?: string;
  readonly allowed: number;
}

/** Adds `check` to the program. */
export function register(program: Command): void {
  withJson(withPeriod(withSkipDamaged(withArchiveOption(withLedger(program.command('check'))))))
    .description('Compare figures with limits, for cron and CI: the exit code is 1 where one is exceeded.')
    .option('--max-cost-per-success <feature=usd...>', 'support.reply=1.20, or 1.20 for every feature', parseUsdLimit)
    .option('--max-cost-per-intent <feature=usd...>', 'the same for the cost per intent', parseUsdLimit)
    .option('--min-success <feature=rate...>', 'support.reply=90%, or 90% for every feature', parseRateLimit)
    .option('--max-spend <feature=usd...>', 'model spend of a feature, or without one of all together', parseUsdLimit)
    .option('--drift', 'the success rate of a model fell in the period')
    .option('--strict', 'exit code 1 also where the figures cannot tell')
    .action(async (ledger: string, flags: CheckFlags) => {
      const result = await viewReadableRows(ledger, flags, async view => checked(view, flags));
      printResult(result, flags, renderChecks);
      const failing = flags.strict === true ? ['exceeded', 'uncertain', 'unknown'] : ['exceeded'];
      if (result.checks.some(({ state }) => failing.includes(state))) process.exitCode = 1;
    });
}

const RATE_LIMITS = ['maxCostPerSuccess', 'maxCostPerIntent', 'minSuccess'] as const;

const OPTIONS: Readonly<Record<LimitName, string>> = {
  maxCostPerSuccess: '--max-cost-per-success',
  maxCostPerIntent: '--max-cost-per-intent',
  minSuccess: '--min-success',
  maxSpend: '--max-spend',
};

async function checked(store: StoreView, flags: CheckFlags): Promise<CheckedLimits> {
  const { maxSpend = [] } = flags;
  const named = [...RATE_LIMITS.flatMap(limit => flags[limit] ?? []), ...maxSpend];
  if (named.length === 0 && flags.drift !== true)
    throw new RouterError('invalid-value', 'there is nothing to check', {
      path: 'check',
      accepted: '--max-cost-per-success, --max-cost-per-intent, --min-success, --max-spend, --drift',
    });
  for (const limit of [...RATE_LIMITS, 'maxSpend'] as const)
    await requireFeatures(
      store,
      flags[limit]?.map(({ feature }) => feature),
      OPTIONS[limit],
    );
  const period = periodOf(flags);
  const report = await reportOf(dividedAt(store, period), { nowMs: Date.now(), period, brief: flags.drift !== true });
  const checks: NamedCheck[] = [];
  for (const feature of report.features) {
    const figures = { ...feature, spendUsd: feature.totalCost.spendUsd };
    for (const check of checkLimits(figures, limitsOf(flags, feature.feature)))
      checks.push({ feature: feature.feature, ...check });
    if (flags.drift === true) checks.push(...fallsOf(feature, period));
  }
  // A ledger without features cannot satisfy a limit of every feature: it may be the wrong ledger.
  if (report.features.length === 0) checks.push(...checkLimits(figuresOf('0'), limitsOf(flags, '')).map(asTotal));
  const total = maxSpend.findLast(({ feature }) => feature === undefined);
  if (total !== undefined)
    checks.push(...checkLimits(figuresOf(report.spendUsd), { maxSpend: total.allowed }).map(asTotal));
  const { coveredPeriod } = report;
  return { period, ...(coveredPeriod === undefined ? {} : { coveredPeriod }), checks };
}

/** The last limit typed for the feature takes precedence, then the last limit for every feature. */
function limitsOf(flags: CheckFlags, name: string): FigureLimits {
  const limits: Partial<Record<LimitName, number>> = {};
  for (const limit of RATE_LIMITS) {
    const given = flags[limit] ?? [];
    const own =
      given.findLast(({ feature }) => feature === name) ?? given.findLast(({ feature }) => feature === undefined);
    if (own !== undefined) limits[limit] = own.allowed;
  }
  const spend = flags.maxSpend?.findLast(({ feature }) => feature === name);
  return spend === undefined ? limits : { ...limits, maxSpend: spend.allowed };
}

/** Figures of spend without outcomes. */
function figuresOf(spendUsd: string): Parameters<typeof checkLimits>[0] {
  const none = wilson(0, 0);
  return { spendUsd, labelled: 0, success: none, costPerIntentUsd: none, costPerSuccessUsd: none };
}

function asTotal(check: LimitCheck): NamedCheck {
  return { feature: null, ...check };
}

/** Every drop of a success rate in the period. A change of a version or of a rejection rate alone is not a failed check. */
function fallsOf(
  { feature, drift }: FeatureReport,
  { fromMs = -Infinity, toMs = Infinity }: Period,
): readonly NamedCheck[] {
  return drift.flatMap(event => {
    if (event.kind !== 'success' || event.after.value >= event.before.value) return [];
    if (event.atMs < fromMs || event.atMs >= toMs) return [];
    const { node, atMs, before, after } = event;
    return [{ feature, limit: 'drift', node, atMs, allowed: before.value, figure: after, state: 'exceeded' } as const];
  });
}

function parseUsdLimit(text: string, before: readonly FeatureLimit[] = []): readonly FeatureLimit[] {
  return [...before, parseLimit(text)];
}

function parseRateLimit(text: string, before: readonly FeatureLimit[] = []): readonly FeatureLimit[] {
  const limit = parseLimit(text);
  if (limit.allowed <= 1) return [...before, limit];
  throw new RouterError('invalid-value', `${JSON.stringify(text)} is more than 100 %`, {
    path: '--min-success',
    accepted: 'support.reply=90%, or 0.9',
  });
}

function parseLimit(text: string): FeatureLimit {
  const equals = text.lastIndexOf('=');
  const allowed = parseNumber(text.slice(equals + 1));
  if (allowed < 0) throw new InvalidArgumentError('It is below 0.');
  return equals < 0 ? { allowed } : { feature: text.slice(0, equals), allowed };
}
