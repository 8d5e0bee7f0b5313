/**
 * What another policy (the target) would have cost, from a log with propensities: plan by plan, in strata of the facts known at
 * the decision. A weight that keeps the variance low (1/√propensity) is unbiased only if all decisions have the same expected
 * cost. Within one period of a stratum they nearly do, and strata and periods count by their intents and not by these weights.
 */
import type { Figure } from '../../core/math/interval.ts';
import type { PlanKey } from '../../core/ledger/vocabulary.ts';
import { describePlan, formatCount, formatPercent, formatUsd } from '../../core/report/wording.ts';
import type { AuditShift } from './audit-shifts.ts';
import { auditShifts } from './audit-shifts.ts';
import type { Allowed, PlanPart } from './missing-allowance.ts';
import { allowingFor, Total } from './missing-allowance.ts';
import type { MissingBounds } from './missing-bounds.ts';
import type { Stratum } from './strata.ts';
import { strataOf } from './strata.ts';
import type { DecisionLog } from './decision-log.ts';
import { exploreMore } from './explore-more.ts';
import type { PlanLevel, Reach, StratumEstimate } from './stratum-estimate.ts';
import { stratumEstimateOf } from './stratum-estimate.ts';
import type { PlanPeriod, PlanSums, RateSums } from './plan-sums.ts';
import { planSumsOf } from './plan-sums.ts';

/** Fraction of the intents that may get a plan which the log never chose in their stratum. Larger: much of the answer is a guess. */
const MAX_NEVER_CHOSEN = 0.01;

/**
 * There is no estimate if missing outcomes leave the failure rate so open that its largest possible value exceeds its smallest one by more
 * than this ratio and this difference. Larger: estimates that say nearly nothing. Smaller: fewer logs with outcomes that are missing at
 * random have an estimate.
 */
const MAX_RATIO = 5;
const MAX_DIFFERENCE = 0.05;

/** The estimates of a target's cost, as means per intent. */
export interface Stratified {
  readonly costUsd: Figure;
  readonly spendUsd: Figure;
  readonly failed: Figure;
  /** How much of the distance to the limits of `failed` allows for missing outcomes. */
  readonly missing: { readonly below: number; readonly above: number };
  readonly loggedUsd: number;
  readonly loggedFailed: number;
  /** `loggedUsd` less `costUsd`. */
  readonly savedUsd: Figure;
}

/** @returns the reason if audits did not cover a plan of the target, or the log never chose, in a stratum with many intents, what the target would have chosen there */
export function stratified(log: DecisionLog, missing?: MissingBounds): Stratified | string {
  const intents = log.length;
  const audits = auditShifts(log);
  if (typeof audits === 'string') return audits;
  const levels = planLevels(log);
  const [cost, spend, failed, excess] = [new Total(), new Total(), new Total(), new Total()];
  const parts: PlanPart[] = [];
  for (const stratum of strataOf(log)) {
    for (const [plan, sums] of planSumsOf(log, stratum)) {
      const level = levels.get(plan) as PlanLevel;
      const wanted = sums.periods.reduce((sum, period) => sum + period.failed.target, 0);
      if (sums.n === 0 && wanted > MAX_NEVER_CHOSEN * intents) return neverChosen(log, stratum, plan);
      const found = sums.n > 0 ? stratumEstimateOf(sums, level, intents) : guessOf(sums, level, intents);
      cost.add(found.loss, found.spend);
      spend.add(found.spend);
      failed.add(found.failed);
      excess.add(found.excess.loss, found.excess.spend);
      if (missing !== undefined) parts.push(partOf(log, stratum, plan, { sums, found }));
    }
  }
  const plain = { costUsd: cost.figure(), failed: failed.figure(), excess: excess.figure() };
  const allowed = missing === undefined ? undefined : allowingFor(missing, parts, plain);
  if (missing !== undefined && allowed !== undefined && isUnknown(allowed)) return unknownRate(missing, allowed);
  const { failed: most } = allowed ?? plain;
  return {
    ...withAudits(audits, { ...loggedOf(log), ...(allowed ?? plain), spendUsd: spend.figure() }),
    missing: { below: plain.failed.low - most.low, above: most.high - plain.failed.high },
  };
}

function withAudits(
  audits: readonly AuditShift[],
  {
    loggedUsd,
    loggedFailed,
    spendUsd,
    ...plain
  }: Pick<Allowed, 'costUsd' | 'failed' | 'excess'> & Pick<Stratified, 'loggedUsd' | 'loggedFailed' | 'spendUsd'>,
): Omit<Stratified, 'missing'> {
  const sum = (of: (shift: AuditShift) => number): number => audits.reduce((total, shift) => total + of(shift), 0);
  const shifted = (figure: Figure, of: (shift: AuditShift) => Reach): Figure => {
    const total = new Total();
    total.add(reachOf(figure), ...audits.map(of));
    return total.figure();
  };
  const costUsd = shifted(plain.costUsd, ({ loss }) => loss);
  const { value, low, high } = shifted(plain.excess, ({ excess }) => excess);
  const logged = loggedUsd + sum(({ loggedLossUsd }) => loggedLossUsd);
  return {
    // A shifted rate of failures has no limit of its own at 0.
    costUsd: audits.length === 0 ? costUsd : { ...costUsd, low: Math.max(costUsd.low, spendUsd.low) },
    spendUsd,
    failed: shifted(plain.failed, ({ failed }) => failed),
    loggedUsd: logged,
    loggedFailed: loggedFailed + sum(({ loggedFailed: own }) => own),
    savedUsd: { value: logged - value, low: logged - high, high: logged - low },
  };
}

function reachOf({ value, low, high }: Figure): Reach {
  return { value, below2: (value - low) ** 2, above2: (high - value) ** 2 };
}

function loggedOf({
  length,
  billedUsd,
  failureUsd,
  failed,
}: DecisionLog): Pick<Stratified, 'loggedUsd' | 'loggedFailed'> {
  let [usd, failures] = [0, 0];
  for (let i = 0; i < length; i++) {
    usd = usd + (billedUsd[i] as number) + (failureUsd[i] as number);
    failures += failed[i] as number;
  }
  return { loggedUsd: usd / length, loggedFailed: failures / length };
}

function partOf(
  { length, plans, segments }: DecisionLog,
  { segment }: Stratum,
  plan: PlanKey,
  { sums, found }: { readonly sums: PlanSums; readonly found: StratumEstimate },
): PlanPart {
  const sum = (of: (period: PlanPeriod) => number): number => sums.periods.reduce((total, one) => total + of(one), 0);
  const weight = sum(({ loss }) => loss.weight);
  return {
    segment: segments.indexOf(segment),
    plan: plans.indexOf(plan),
    estimate: found,
    target: { loss: sum(({ loss }) => loss.target) / length, failed: sum(period => period.failed.target) / length },
    logged: {
      loss: sum(({ loss }) => loss.unit) / length,
      rate: weight > 0 ? Math.min(1, sum(({ loss }) => loss.observed) / weight) : 0,
    },
  };
}

/** True where missing outcomes leave the failure rate open. */
function isUnknown({ leastFailed, mostFailed }: Allowed): boolean {
  return mostFailed > MAX_RATIO * leastFailed && mostFailed - leastFailed > MAX_DIFFERENCE;
}

function unknownRate({ withoutOutcome, intents }: MissingBounds, { leastFailed, mostFailed }: Allowed): string {
  return (
    `${formatCount(withoutOutcome)} of ${formatCount(intents)} intents have no outcome (${formatPercent(withoutOutcome / intents)}), and the log does ` +
    'not show whether failed ones lack it more often or less often than successful ones: the other policy may fail in anything from ' +
    `${formatPercent(leastFailed)} to ${formatPercent(mostFailed)} of the intents. Record every outcome, or choose a period of which all ` +
    'outcomes have arrived'
  );
}

/**
 * For a plan that the log never chose in a stratum, three cases: it performs as in the other strata; it never fails; it always
 * fails.
 */
function guessOf({ periods }: PlanSums, { fail, spendUsd }: PlanLevel, intents: number): StratumEstimate {
  const targetOf = (of: (period: PlanPeriod) => RateSums): number =>
    periods.reduce((sum, period) => sum + of(period).target, 0) / intents;
  const rate = (whole: number): Reach => ({
    value: fail * whole,
    below2: (fail * whole) ** 2,
    above2: ((1 - fail) * whole) ** 2,
  });
  const loss = rate(targetOf(period => period.loss));
  const usd = spendUsd * targetOf(period => period.spend);
  const spend = { value: usd, below2: usd ** 2, above2: usd ** 2 };
  return { loss, spend, failed: rate(targetOf(period => period.failed)), excess: { loss, spend } };
}

function neverChosen(log: DecisionLog, { segment, rows }: Stratum, plan: PlanKey): string {
  let [min, max] = [Number.POSITIVE_INFINITY, 0];
  for (const i of rows) {
    const usd = log.failureCostUsd[i] as number;
    [min, max] = [Math.min(min, usd), Math.max(max, usd)];
  }
  const [least, most] = [formatUsd(min), formatUsd(max)];
  const users = `${segment === '' ? '' : `of the segment ${segment} `}with a failure cost of ${least === most ? least : `${least} to ${most}`}`;
  return (
    `the log never chose ${describePlan(plan)} for the ${formatCount(rows.length)} intents ${users}, and the other policy would: ` +
    exploreMore(log, rows.length / log.length)
  );
}

/** The whole log's figures for every plan that was chosen or is in a target. */
function planLevels({ plans, plan, failed, spendUsd }: DecisionLog): ReadonlyMap<PlanKey, PlanLevel> {
  const sums = plans.map(() => ({ n: 0, failures: 0, spendUsd: 0 }));
  for (let i = 0; i < plan.length; i++) {
    const own = sums[plan[i] as number] as { n: number; failures: number; spendUsd: number };
    own.n++;
    own.spendUsd += spendUsd[i] as number;
    own.failures += failed[i] as number;
  }
  return new Map(
    sums.map(({ n, failures, spendUsd: usd }, index) => [
      plans[index] as PlanKey,
      { fail: (failures + 0.5) / (n + 1), spendUsd: n > 0 ? usd / n : 0 },
    ]),
  );
}
