/**
 * Widens estimates by what intents without an outcome may change: every rate is replaced by the least and by the most that it may be, with
 * its limits.
 */
import type { Figure } from '../../core/math/interval.ts';
import type { MissingBounds, RateBound } from './missing-bounds.ts';
import type { Reach, StratumEstimate } from './stratum-estimate.ts';

/** A plan's estimate in one stratum. Amounts per intent of the log. */
export interface PlanPart {
  readonly segment: number;
  readonly plan: number;
  readonly estimate: StratumEstimate;
  /**
   * If all intents failed: the loss of the target's intents, and how many they are; the loss of the log's intents with this plan. `rate`:
   * the failure rate of those intents of the log.
   */
  readonly target: { readonly loss: number; readonly failed: number };
  readonly logged: { readonly loss: number; readonly rate: number };
}

/** Estimates with their extremes. */
export interface Allowed {
  readonly costUsd: Figure;
  readonly failed: Figure;
  /** As in `Stratified`, before it is subtracted from the log's cost. */
  readonly excess: Figure;
  /** The least and the greatest possible failure rate, without an interval for chance. */
  readonly leastFailed: number;
  readonly mostFailed: number;
}

/** A sum of independent estimates. */
export class Total {
  #value = 0;
  #below2 = 0;
  #above2 = 0;

  add(...parts: readonly Reach[]): void {
    for (const { value, below2, above2 } of parts) {
      this.#value += value;
      this.#below2 += below2;
      this.#above2 += above2;
    }
  }

  figure(): Figure {
    const value = this.#value;
    return { value, low: value - Math.sqrt(this.#below2), high: value + Math.sqrt(this.#above2) };
  }
}

/** @param others estimates that no missing outcome changes */
export function allowingFor(
  { least, most, shared }: Pick<MissingBounds, 'least' | 'most' | 'shared'>,
  parts: readonly PlanPart[],
  plain: Pick<Allowed, 'costUsd' | 'failed' | 'excess'>,
): Allowed {
  const cost = (bound: RateBound): Figure =>
    totalOf(parts, part => [part.estimate.spend, moved(part, part.estimate.loss, part.target.loss, bound)]);
  const failed = (bound: RateBound): Figure =>
    totalOf(parts, part => [moved(part, part.estimate.failed, part.target.failed, bound)]);
  const excess = (boundOf: (part: PlanPart) => RateBound): Figure =>
    totalOf(parts, part => [part.estimate.excess.spend, movedExcess(part, boundOf(part))]);
  const isMore = ({ target, logged }: PlanPart): boolean => target.loss > logged.loss;
  // Where plans may differ in what is missing, those that the target prefers may lack failures, and the others successes.
  const savings = shared?.map(bound => excess(() => bound)) ?? [
    excess(part => (isMore(part) ? most : least)),
    excess(part => (isMore(part) ? least : most)),
  ];
  const [leastFailed, mostFailed] = [failed(least), failed(most)];
  return {
    costUsd: around(plain.costUsd, [cost(least), cost(most)]),
    failed: around(plain.failed, [leastFailed, mostFailed]),
    excess: around(plain.excess, savings),
    leastFailed: leastFailed.value,
    mostFailed: mostFailed.value,
  };
}

function totalOf(parts: readonly PlanPart[], reachesOf: (part: PlanPart) => readonly Reach[]): Figure {
  const total = new Total();
  for (const part of parts) total.add(...reachesOf(part));
  return total.figure();
}

function moved(place: PlanPart, reach: Reach, whole: number, bound: RateBound): Reach {
  if (!(whole > 0)) return reach;
  const at = (rate: number): number => bound(place, clip(rate / whole));
  const rate = at(reach.value);
  const above = Math.sqrt(reach.above2);
  const wider = reach.above2 * moreVariance(rate, (reach.value + above / 2) / whole);
  return {
    value: whole * rate,
    below2: (whole * (rate - at(reach.value - Math.sqrt(reach.below2)))) ** 2,
    above2: Math.max(wider, (whole * (at(reach.value + above) - rate)) ** 2),
  };
}

/** The target's loss with a moved rate, less how much the log's own loss with the plan moves. */
function movedExcess(part: PlanPart, bound: RateBound): Reach {
  const { target, logged, estimate } = part;
  const { value, below2, above2 } = estimate.excess.loss;
  const rate = target.loss > 0 ? clip(value / target.loss) : logged.rate;
  const shift = (whole: number, from: number): number => whole * (bound(part, from) - from);
  const slope = (bound(part, Math.min(1, rate + STEP)) - bound(part, rate)) / STEP;
  const wider = Math.max(slope ** 2, moreVariance(bound(part, rate), rate + STEP));
  return {
    value: value + shift(target.loss, rate) - shift(logged.loss, logged.rate),
    below2: wider * below2,
    above2: wider * above2,
  };
}

/** Factor by which the variance of outcomes grows at a moved rate; at least 1. */
function moreVariance(rate: number, from: number): number {
  const before = from * (1 - from);
  return before > 0 ? Math.max(1, (rate * (1 - rate)) / before) : 1;
}

const STEP = 1e-3;

function around(plain: Figure, extremes: readonly Figure[]): Figure {
  return {
    value: plain.value,
    low: Math.min(plain.low, ...extremes.map(({ low }) => low)),
    high: Math.max(plain.high, ...extremes.map(({ high }) => high)),
  };
}

function clip(rate: number): number {
  return Math.min(1, Math.max(0, rate));
}
