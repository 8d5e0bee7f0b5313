/** Divides a log by the facts known at its decisions: each stratum has one segment and one class of failure cost. */
import type { DecisionLog } from './decision-log.ts';
import { failureCostCuts } from './failure-cost-classes.ts';

export interface Stratum {
  readonly segment: string;
  /** Indexes of its decisions in the log, ascending. */
  readonly rows: Uint32Array;
  /**
   * Actual failure costs may differ from those known at the decision. With m = actual ÷ known, this is E[m²]/E[m]: measured in
   * units of this × the known cost, a loss has the variance of a failure that costs 1 or nothing (Bohm & Zech 2014). 1 if no
   * other amounts were recorded.
   */
  readonly costRatio: number;
}

/** The strata of a log, in the order of their first decisions. */
export function strataOf(log: DecisionLog): readonly Stratum[] {
  const strata = stratumOfEach(log);
  const sizes: number[] = [];
  for (const stratum of strata) sizes[stratum] = (sizes[stratum] ?? 0) + 1;
  const all = sizes.map(size => new Uint32Array(size));
  const filled = sizes.map(() => 0);
  for (let i = 0; i < strata.length; i++) {
    const stratum = strata[i] as number;
    const rows = all[stratum] as Uint32Array;
    rows[filled[stratum] as number] = i;
    filled[stratum] = (filled[stratum] as number) + 1;
  }
  return all.map(rows => ({
    segment: log.segments[log.segment[rows[0] as number] as number] as string,
    rows,
    costRatio: costRatioOf(log, rows),
  }));
}

/** The stratum number of each decision, numbered in the order of their first decisions. */
export function stratumOfEach({ length, segments, segment, failureCostUsd }: DecisionLog): Uint32Array {
  const cuts = failureCostCuts(failureCostUsd);
  const found = new Uint32Array(length);
  const numbers = new Map<number, number>();
  for (let i = 0; i < length; i++) {
    const usd = failureCostUsd[i] as number;
    let place = 0;
    while (place < cuts.length && usd >= (cuts[place] as number)) place++;
    const key = place * segments.length + (segment[i] as number);
    let number = numbers.get(key);
    if (number === undefined) numbers.set(key, (number = numbers.size));
    found[i] = number;
  }
  return found;
}

/** The loss that counts as 1 in the rate of a stratum's losses, USD. */
export function lossUnitUsd({ costRatio }: Pick<Stratum, 'costRatio'>, failureCostUsd: number): number {
  return costRatio * knownUsd(failureCostUsd);
}

function costRatioOf({ failureUsd, failureCostUsd }: DecisionLog, rows: Uint32Array): number {
  let [sum, square, known] = [0, 0, 0];
  for (const i of rows) {
    const cost = failureCostUsd[i] as number;
    const ratio = (failureUsd[i] as number) / knownUsd(cost);
    sum += ratio;
    square += ratio ** 2;
    known += cost;
  }
  // Without a loss, the known failure cost is used, which may be 0.
  return sum > 0 ? square / sum : Math.min(1, known);
}

/** If failures were expected to cost nothing, their actual cost is counted in dollars. */
function knownUsd(failureCostUsd: number): number {
  return failureCostUsd > 0 ? failureCostUsd : 1;
}
