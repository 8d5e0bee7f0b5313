/** Which plan is preferred at which failure cost, where intents differ in what their failure costs. */
import type { SampleTable } from '../choice/posterior-samples.ts';
import { planIndexes } from '../ledger/plan-set.ts';
import type { PlanKey } from '../ledger/vocabulary.ts';
import type { FailureCosts } from './failure-costs.ts';
import { meanFailureCostUsd } from './failure-costs.ts';
import type { DecisionInputs, PlanLine } from './plan-lines.ts';
import { planLines } from './plan-lines.ts';

/** The intents for which one plan is preferred. */
export interface PreferredPart {
  readonly plan: PlanKey;
  readonly description: string;
  /** Fraction of the latest intents, 0 to 1. */
  readonly fraction: number;
  /** Mean failure cost of these intents. */
  readonly failureCostUsd: number;
  /** The failure costs at which the plan is the cheapest. Absent: from 0, or without an upper limit. */
  readonly fromUsd?: number;
  readonly toUsd?: number;
}

/** By ascending failure cost, one for each plan that is preferred for some of the intents. Empty without an eligible plan. */
export function preferredByFailureCost(
  table: SampleTable,
  inputs: DecisionInputs,
  costs: FailureCosts,
): readonly PreferredPart[] {
  const lines = planLines(table, inputs);
  if (planIndexes(inputs.eligible).length === 0) return [];
  const costAt = ({ fixedUsd, failures }: PlanLine, usd: number): number => fixedUsd + usd * failures;
  const parts = Map.groupBy(costs, ({ usd }) =>
    lines.reduce((best, line) => (costAt(line, usd) < costAt(best, usd) ? line : best)),
  );
  return [...parts].map(([line, own]) => {
    const fraction = own.reduce((sum, part) => sum + part.fraction, 0);
    const rivals = lines.filter(({ failures }) => failures !== line.failures);
    const equal = (rival: PlanLine): number => (rival.fixedUsd - line.fixedUsd) / (line.failures - rival.failures);
    const from = Math.max(0, ...rivals.filter(({ failures }) => failures > line.failures).map(equal));
    const to = Math.min(Infinity, ...rivals.filter(({ failures }) => failures < line.failures).map(equal));
    return {
      plan: line.own.plan,
      description: line.own.description,
      fraction,
      failureCostUsd: meanFailureCostUsd(own.map(({ usd, fraction: of }) => ({ usd, fraction: of / fraction }))),
      ...(from > 0 ? { fromUsd: from } : {}),
      ...(Number.isFinite(to) ? { toUsd: to } : {}),
    };
  });
}
