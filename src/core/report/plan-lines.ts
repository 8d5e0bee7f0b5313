/** What each plan costs at any failure cost, as it is believed now. */
import type { SampleTable } from '../choice/posterior-samples.ts';
import type { PlanSet } from '../ledger/plan-set.ts';
import { planIndexes } from '../ledger/plan-set.ts';
import type { PlanKey } from '../ledger/vocabulary.ts';
import { describePlan } from './wording.ts';

/** A plan and the figures that the decision depends on. */
export interface DecisionPlan {
  readonly plan: PlanKey;
  /** `mini, then premium if needed`. */
  readonly description: string;
  readonly success: number;
  /** Model spend per intent. */
  readonly spendUsd: number;
}

export interface DecisionInputs {
  /** Plans are compared by cost per success. */
  readonly perSuccess: boolean;
  /** Weight of a dollar of spend in the comparison. */
  readonly costMultiplier: number;
  readonly eligible: PlanSet;
  /** Keys of the plans, in the order of the table. */
  readonly plans: readonly PlanKey[];
}

/** The cost of a plan at a failure cost of h is `fixedUsd + h·failures`. */
export interface PlanLine {
  readonly own: DecisionPlan;
  readonly fixedUsd: number;
  readonly failures: number;
}

/** The lines of the eligible plans. */
export function planLines(
  table: SampleTable,
  { eligible, costMultiplier, perSuccess, plans }: DecisionInputs,
): readonly PlanLine[] {
  return planIndexes(eligible).map(k => {
    const success = 1 - (table.meanFail[k] as number);
    const spendUsd = table.meanCostUsd[k] as number;
    const per = perSuccess ? Math.max(1e-9, success) : 1;
    const plan = plans[k] as PlanKey;
    const own = { plan, description: describePlan(plan), success, spendUsd };
    return { own, fixedUsd: (costMultiplier * spendUsd) / per, failures: (1 - success) / per };
  });
}
