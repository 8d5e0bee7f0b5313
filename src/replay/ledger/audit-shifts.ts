/**
 * How far audits shift the failure rates of a log's plans. Labels may be wrong at another rate for each plan, so each plan's rate is
 * corrected by its own audits, at the same rate as in the report. The labels of a plan without audits may be wrong in any number, once
 * audits of another plan have shown that labels are.
 */
import type { PlanKey } from '../../core/ledger/vocabulary.ts';
import type { AuditCounts } from '../../core/math/prediction-powered.ts';
import { correctedRate } from '../../core/math/prediction-powered.ts';
import { wilson } from '../../core/math/interval.ts';
import { describePlan, formatCount } from '../../core/report/wording.ts';
import type { DecisionLog } from './decision-log.ts';
import { BEFORE_AUDIT } from './decision-log.ts';
import type { Reach } from './stratum-estimate.ts';

/** Fraction of the intents that may get a plan without audits. Larger: much of the answer rests on labels without a check. */
const MAX_UNAUDITED = 0.01;

/** What audits add to the sums over the plans. Means per intent, as in `Stratified`. */
export interface AuditShift {
  readonly loss: Reach;
  readonly failed: Reach;
  /** The value is that of the target; the distances are those of its difference from the log's own value, because audits shift both. */
  readonly excess: Reach;
  readonly loggedLossUsd: number;
  readonly loggedFailed: number;
}

/** Audited intents that have other evidence, and those where the two agree. */
export interface Audits {
  readonly audited: number;
  readonly agreed: number;
}

type PlanCounts = { -readonly [Name in keyof (AuditCounts & Audits)]: number };

/** The loss in USD if all intents of a plan failed, and their fraction of all intents: with the target, and in the log. */
interface Whole {
  targetUsd: number;
  target: number;
  loggedUsd: number;
  logged: number;
}

/** `undefined` without audits. */
export function auditsOf(log: DecisionLog): Audits | undefined {
  const counts = countsOf(log);
  const sum = (of: (one: PlanCounts) => number): number => counts.reduce((total, one) => total + of(one), 0);
  const audited = sum(one => one.audited);
  return audited === 0 ? undefined : { audited, agreed: sum(one => one.agreed) };
}

/** @returns one shift for each plan, or the reason why the target's cost cannot be corrected */
export function auditShifts(log: DecisionLog): readonly AuditShift[] | string {
  const audits = auditsOf(log);
  if (audits === undefined) return [];
  const counts = countsOf(log);
  const wholes = wholesOf(log);
  const shifts: AuditShift[] = [];
  for (const [index, own] of counts.entries()) {
    const whole = wholes[index] as Whole;
    if (own.audited === 0) {
      if (audits.agreed === audits.audited) continue;
      if (whole.target > MAX_UNAUDITED) return unaudited(log.plans[index] as PlanKey, audits);
    }
    shifts.push(shiftOf(own, whole));
  }
  return shifts;
}

function shiftOf(counts: PlanCounts, { targetUsd, target, loggedUsd, logged }: Whole): AuditShift {
  const recorded = counts.labelled > 0 ? 1 - counts.successes / counts.labelled : 0;
  const { rate, n } = correctedRate(counts);
  const { low, high } = counts.audited > 0 ? wilson(rate * n, n) : { low: 0, high: 1 };
  const value = 1 - rate - recorded;
  const times = (whole: number): Reach => {
    const [below2, above2] = [(whole * (high - rate)) ** 2, (whole * (rate - low)) ** 2];
    return { value: whole * value, below2: whole < 0 ? above2 : below2, above2: whole < 0 ? below2 : above2 };
  };
  return {
    loss: times(targetUsd),
    failed: times(target),
    excess: { ...times(targetUsd - loggedUsd), value: targetUsd * value },
    loggedLossUsd: loggedUsd * value,
    loggedFailed: logged * value,
  };
}

function countsOf({ length, plans, plan, failed, beforeAudit }: DecisionLog): readonly PlanCounts[] {
  const counts = plans.map(
    (): PlanCounts => ({
      labelled: 0,
      successes: 0,
      audited: 0,
      auditedSuccesses: 0,
      auditedProxySuccesses: 0,
      auditedBothSuccesses: 0,
      agreed: 0,
    }),
  );
  for (let i = 0; i < length; i++) {
    const own = counts[plan[i] as number] as PlanCounts;
    const success = 1 - (failed[i] as number);
    own.labelled++;
    own.successes += success;
    if (beforeAudit[i] === BEFORE_AUDIT.notAudited) continue;
    const before = beforeAudit[i] === BEFORE_AUDIT.success ? 1 : 0;
    own.audited++;
    own.auditedSuccesses += success;
    own.auditedProxySuccesses += before;
    own.auditedBothSuccesses += success * before;
    own.agreed += success === before ? 1 : 0;
  }
  return counts;
}

function wholesOf(log: DecisionLog): readonly Whole[] {
  const { length, plans, plan, failed, failureCostUsd, failureUsd, targetFrom, targetPlan, targetShare } = log;
  const wholes = plans.map((): Whole => ({ targetUsd: 0, target: 0, loggedUsd: 0, logged: 0 }));
  let [known, actual] = [0, 0];
  for (let i = 0; i < length; i++) {
    const usd = failureCostUsd[i] as number;
    const own = wholes[plan[i] as number] as Whole;
    own.loggedUsd += usd / length;
    own.logged += 1 / length;
    for (let t = targetFrom[i] as number; t < (targetFrom[i + 1] as number); t++) {
      const wanted = wholes[targetPlan[t] as number] as Whole;
      wanted.targetUsd += ((targetShare[t] as number) * usd) / length;
      wanted.target += (targetShare[t] as number) / length;
    }
    if (failed[i] === 1) [known, actual] = [known + usd, actual + (failureUsd[i] as number)];
  }
  // Failures may have cost more or less than was expected of them.
  const ratio = known > 0 ? actual / known : 1;
  return wholes.map(one => ({ ...one, targetUsd: ratio * one.targetUsd, loggedUsd: ratio * one.loggedUsd }));
}

function unaudited(plan: PlanKey, { audited, agreed }: Audits): string {
  return (
    `audits contradict the other labels of ${formatCount(audited - agreed)} of ${formatCount(audited)} intents, and none of them had ` +
    `${describePlan(plan)}: how often its labels are wrong is not known. Audit more intents, until some of them had it`
  );
}
