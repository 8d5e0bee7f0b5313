/** A log divided by what was known at its decisions: strata of one segment and one class of failure cost. */
import { failureCostCuts } from './failure-cost-classes.ts';
import type { KnownAtDecision, LoggedDecision } from './logged-decision.ts';

export interface Stratum {
  readonly segment: string;
  /** In the order of the log. */
  readonly decisions: readonly LoggedDecision[];
  /**
   * Failures may cost another amount than was known at the decision. For m, the one divided by the other, this is E[m²]/E[m]:
   * measured in this times the known cost, a loss has the variance of a failure that costs 1 or nothing (Bohm & Zech 2014).
   * 1 where no other amounts were recorded.
   */
  readonly costRatio: number;
}

export function strataOf(log: readonly LoggedDecision[]): readonly Stratum[] {
  const strata = Map.groupBy(log, stratumKeyIn(log));
  return [...strata.values()].map(decisions => ({
    segment: decisions[0]?.segment ?? '',
    decisions,
    costRatio: costRatioOf(decisions),
  }));
}

/** Names the stratum of each decision of a log. */
export function stratumKeyIn(decisions: readonly KnownAtDecision[]): (decision: KnownAtDecision) => string {
  const cuts = failureCostCuts(Float64Array.from(decisions, ({ failureCostUsd }) => failureCostUsd));
  return ({ segment = '', failureCostUsd }) => {
    let place = 0;
    while (place < cuts.length && failureCostUsd >= (cuts[place] as number)) place++;
    return `${place} ${segment}`;
  };
}

/** The loss that counts as 1 in the rate of a stratum's losses, USD. */
export function lossUnitUsd({ costRatio }: Stratum, decision: LoggedDecision): number {
  return costRatio * knownUsd(decision);
}

function costRatioOf(decisions: readonly LoggedDecision[]): number {
  let [sum, square, known] = [0, 0, 0];
  for (const decision of decisions) {
    const ratio = decision.failureUsd / knownUsd(decision);
    sum += ratio;
    square += ratio ** 2;
    known += decision.failureCostUsd;
  }
  // Without a loss, failures cost what was known, which may be nothing.
  return sum > 0 ? square / sum : Math.min(1, known);
}

/** Where a failure should have cost nothing, what it did cost is counted in dollars. */
function knownUsd({ failureCostUsd }: LoggedDecision): number {
  return failureCostUsd > 0 ? failureCostUsd : 1;
}
