/** The decisions of a log as columns: a million of them take 80 MB, without an object for each. */
import type { PlanKey } from '../../core/ledger/vocabulary.ts';
import type { GrowingArray } from '../common/growing-array.ts';
import { growingFloats, growingUints } from '../common/growing-array.ts';
import type { LoggedDecision } from './logged-decision.ts';

export interface DecisionLog {
  readonly length: number;
  /** Every plan that was chosen or is in a target, and every segment: the columns contain their indexes. */
  readonly plans: readonly PlanKey[];
  readonly segments: readonly string[];
  readonly plan: Uint32Array;
  readonly segment: Uint32Array;
  readonly propensity: Float64Array;
  readonly failureCostUsd: Float64Array;
  readonly spendUsd: Float64Array;
  readonly billedUsd: Float64Array;
  readonly failureUsd: Float64Array;
  /** 1 for a failed intent. */
  readonly failed: Uint32Array;
  /** One of {@link BEFORE_AUDIT}. */
  readonly beforeAudit: Uint32Array;
  /** The target's plans and their probabilities: those of decision i are from `targetFrom[i]` to before `targetFrom[i + 1]`. */
  readonly targetFrom: Uint32Array;
  readonly targetPlan: Uint32Array;
  readonly targetShare: Float64Array;
}

/** Codes for what the other evidence of an audited intent says. */
export const BEFORE_AUDIT = { notAudited: 0, success: 1, failure: 2 } as const;

/** A log to which decisions are added. */
export interface GrowingLog {
  readonly length: number;
  push(decision: LoggedDecision): void;
  /** Adds the decision whose target was given to {@link addTarget}, by the indexes of its plan and segment. */
  add(row: DecisionRow): void;
  addTarget(plan: number, share: number): void;
  /** The index of a plan or segment, which is a new one for a name that the log does not have. */
  planIndex(plan: PlanKey): number;
  segmentIndex(segment: string): number;
  /** Removes all decisions, and keeps their memory for others: what {@link view} gave before is lost. */
  clear(): void;
  /** The log of all decisions that were added so far. */
  view(): DecisionLog;
}

/** A decision without its target, as the numbers of the log's columns. */
export interface DecisionRow {
  readonly plan: number;
  readonly segment: number;
  readonly propensity: number;
  readonly failureCostUsd: number;
  readonly spendUsd: number;
  readonly billedUsd: number;
  readonly failureUsd: number;
  readonly failed: boolean;
  /** One of {@link BEFORE_AUDIT}. */
  readonly beforeAudit: number;
}

export function growingLog(): GrowingLog {
  const [plans, segments] = [indexedNames(), indexedNames()];
  const columns = {
    plan: growingUints(),
    segment: growingUints(),
    failed: growingUints(),
    beforeAudit: growingUints(),
    targetPlan: growingUints(),
  };
  const amounts = {
    propensity: growingFloats(),
    failureCostUsd: growingFloats(),
    spendUsd: growingFloats(),
    billedUsd: growingFloats(),
    failureUsd: growingFloats(),
    targetShare: growingFloats(),
  };
  const targetFrom = growingUints();
  targetFrom.push(0);
  function add(row: DecisionRow): void {
    columns.plan.push(row.plan);
    columns.segment.push(row.segment);
    columns.failed.push(row.failed ? 1 : 0);
    columns.beforeAudit.push(row.beforeAudit);
    amounts.propensity.push(row.propensity);
    amounts.failureCostUsd.push(row.failureCostUsd);
    amounts.spendUsd.push(row.spendUsd);
    amounts.billedUsd.push(row.billedUsd);
    amounts.failureUsd.push(row.failureUsd);
    targetFrom.push(columns.targetPlan.length);
  }

  function addTarget(plan: number, share: number): void {
    columns.targetPlan.push(plan);
    amounts.targetShare.push(share);
  }

  return {
    get length() {
      return columns.plan.length;
    },
    push({ plan, target, segment = '', spendUsd, billedUsd = spendUsd, failedBeforeAudit, ...decision }) {
      const indexes = { plan: plans.indexOf(plan), segment: segments.indexOf(segment) };
      for (const wanted in target) addTarget(plans.indexOf(wanted), target[wanted] as number);
      add({ ...decision, ...indexes, spendUsd, billedUsd, beforeAudit: beforeAuditOf(failedBeforeAudit) });
    },
    add,
    addTarget,
    planIndex: plans.indexOf,
    segmentIndex: segments.indexOf,
    clear() {
      for (const names of [plans, segments]) names.clear();
      for (const column of [...Object.values(columns), ...Object.values(amounts), targetFrom]) column.clear();
      targetFrom.push(0);
    },
    view: () => ({
      length: columns.plan.length,
      plans: plans.names,
      segments: segments.names,
      ...viewsOf(columns),
      ...viewsOf(amounts),
      targetFrom: targetFrom.view(),
    }),
  };
}

function beforeAuditOf(failedBeforeAudit: boolean | undefined): number {
  if (failedBeforeAudit === undefined) return BEFORE_AUDIT.notAudited;
  return failedBeforeAudit ? BEFORE_AUDIT.failure : BEFORE_AUDIT.success;
}

export function decisionLog(decisions: readonly LoggedDecision[]): DecisionLog {
  const log = growingLog();
  for (const decision of decisions) log.push(decision);
  return log.view();
}

/** The decisions that a test keeps, in their order; the log itself if the test keeps all. */
export function logWhere(log: DecisionLog, keeps: (index: number) => boolean): DecisionLog {
  const rows = growingUints();
  for (let i = 0; i < log.length; i++) if (keeps(i)) rows.push(i);
  if (rows.length === log.length) return log;
  const kept = rows.view();
  const floats = (column: Float64Array): Float64Array => Float64Array.from(kept, i => column[i] as number);
  const uints = (column: Uint32Array): Uint32Array => Uint32Array.from(kept, i => column[i] as number);
  const [targetFrom, targetPlan, targetShare] = [growingUints(), growingUints(), growingFloats()];
  targetFrom.push(0);
  for (const i of kept) {
    for (let t = log.targetFrom[i] as number; t < (log.targetFrom[i + 1] as number); t++) {
      targetPlan.push(log.targetPlan[t] as number);
      targetShare.push(log.targetShare[t] as number);
    }
    targetFrom.push(targetPlan.length);
  }
  return {
    length: kept.length,
    plans: log.plans,
    segments: log.segments,
    plan: uints(log.plan),
    segment: uints(log.segment),
    propensity: floats(log.propensity),
    failureCostUsd: floats(log.failureCostUsd),
    spendUsd: floats(log.spendUsd),
    billedUsd: floats(log.billedUsd),
    failureUsd: floats(log.failureUsd),
    failed: uints(log.failed),
    beforeAudit: uints(log.beforeAudit),
    targetFrom: targetFrom.view(),
    targetPlan: targetPlan.view(),
    targetShare: targetShare.view(),
  };
}

interface IndexedNames {
  readonly names: readonly string[];
  indexOf(this: void, name: string): number;
  clear(): void;
}

function indexedNames(): IndexedNames {
  let names: string[] = [];
  const indexes = new Map<string, number>();
  return {
    get names() {
      return names;
    },
    indexOf(name) {
      let index = indexes.get(name);
      if (index === undefined) indexes.set(name, (index = names.push(name) - 1));
      return index;
    },
    clear() {
      names = [];
      indexes.clear();
    },
  };
}

type Views<Columns> = {
  readonly [Name in keyof Columns]: Columns[Name] extends GrowingArray<infer Values> ? Values : never;
};

function viewsOf<Columns extends Readonly<Record<string, GrowingArray<Uint32Array> | GrowingArray<Float64Array>>>>(
  columns: Columns,
): Views<Columns> {
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column.view()])) as Views<Columns>;
}
