/** The plans of each feature in a ledger, with their spend, from a first pass over its records. */
import { isStayAfterAlarm } from '../../core/beliefs/plan-graph.ts';
import type { LedgerRecord } from '../../core/ledger/records.ts';
import type { Plan, PlanKey } from '../../core/ledger/vocabulary.ts';
import { planKey, planOfKey } from '../../core/ledger/vocabulary.ts';

export interface ObservedPlans {
  /** Every plan that was chosen or eligible, with the number and the spend of its intents. */
  readonly plans: Map<PlanKey, { readonly plan: Plan; n: number; costNanoUsd: number }>;
  /** The feature's agents raise alarms when they are stuck. */
  hasAlarms: boolean;
}

/** Adds a record to the plans of its feature. @param planOf the plan of its intent, if it was decided before */
export function observePlans(
  features: Map<string, ObservedPlans>,
  record: LedgerRecord,
  planOf: () => PlanKey | undefined,
): void {
  let feature = features.get(record.feature);
  if (feature === undefined) features.set(record.feature, (feature = { plans: new Map(), hasAlarms: false }));
  if (record.kind === 'decided') {
    const chosen = planKey(record.decision.plan);
    for (const key of [chosen, ...record.decision.eligible]) {
      if (!feature.plans.has(key)) feature.plans.set(key, { plan: planOfKey(key), n: 0, costNanoUsd: 0 });
    }
    const plan = feature.plans.get(chosen);
    if (plan !== undefined) plan.n++;
  } else if (record.kind === 'attempted') {
    const plan = feature.plans.get(planOf() ?? '');
    if (plan !== undefined) plan.costNanoUsd += record.attempt.costNanoUsd;
    feature.hasAlarms ||= isStayAfterAlarm(record.attempt.node);
  }
}
