/**
 * The evidence on one node for as long as its model and prompt stay the same. A new price is not evidence on success, so only the cost
 * starts again: from the cost of visits at other prices, times the change of the price.
 */
import type { RoundedCell } from '../cells/cell.ts';
import { isSamePrice, typicalUsdOf } from '../cells/version-parts.ts';
import { MAX_OTHER_PRICE_VISITS } from './constants.ts';
import type { RoutingSums } from './routing-sums.ts';
import { netVisitsOf } from './routing-sums.ts';
import type { Series } from './series.ts';
import { createSeries } from './series.ts';

export interface QualityHistory {
  /** The series of all visits, whatever the price was. */
  readonly series: Series;
  /** {@link Series.add} for visits at a price. */
  add(price: string, delta: RoundedCell, moment?: number): number;
  /**
   * {@link Series.decayed} with the cost at one price.
   * @param price default: the price of the latest evidence
   */
  decayed(at: { readonly now: number; readonly halfLife: number }, price?: string): RoutingSums;
}

export function createQualityHistory(): QualityHistory {
  const series = createSeries();
  let latest = { price: '', bucket: Number.NEGATIVE_INFINITY };
  let first: string | undefined;
  /** The series of each price, from the second price on. Until then `series` has the only one. */
  let apart: Map<string, Series> | undefined;

  return {
    series,
    add(price, { key, sums }, moment) {
      if (key.bucket >= latest.bucket) latest = { price, bucket: key.bucket };
      first ??= price;
      if (apart === undefined && price !== first) apart = new Map([[first, series.copy()]]);
      if (apart !== undefined) {
        let spend = apart.get(price);
        if (spend === undefined) apart.set(price, (spend = createSeries()));
        spend.add(key, sums, moment);
      }
      return series.add(key, sums, moment);
    },
    decayed({ now, halfLife }, price = latest.price) {
      const sums = series.decayed(now, halfLife);
      if (apart === undefined && (first === undefined || isSamePrice(first, price))) return sums;
      const spends = [...(apart ?? new Map([[first ?? '', series]]))];
      return {
        ...sums,
        ...costAt(
          price,
          spends.map(([of, spend]) => [of, spend.decayed(now, halfLife)] as const),
        ),
      };
    },
  };
}

type Cost = Required<Pick<RoutingSums, 'costVisits' | 'cost' | 'cost2' | 'netVisits' | 'netCost'>>;
const NO_COST: Cost = Object.freeze({ costVisits: 0, cost: 0, cost2: 0, netVisits: 0, netCost: 0 });

/**
 * Visits at a price. Those at other prices are converted and count as a few, because each feature has its own mix of
 * tokens.
 */
function costAt(price: string, spends: readonly (readonly [price: string, spent: RoutingSums])[]): Cost {
  let own = NO_COST;
  let others = NO_COST;
  for (const [of, spent] of spends) {
    if (isSamePrice(of, price)) own = plus(own, spent, 1);
    else others = plus(others, spent, changeOf(of, price));
  }
  const weight = Math.min(1, MAX_OTHER_PRICE_VISITS / Math.max(1, others.costVisits));
  return {
    costVisits: own.costVisits + weight * others.costVisits,
    cost: own.cost + weight * others.cost,
    cost2: own.cost2 + weight * others.cost2,
    netVisits: own.netVisits + weight * others.netVisits,
    netCost: own.netCost + weight * others.netCost,
  };
}

function plus(sum: Cost, spent: RoutingSums, change: number | undefined): Cost {
  if (change === undefined) return sum;
  return {
    costVisits: sum.costVisits + spent.n,
    cost: sum.cost + change * spent.cost,
    cost2: sum.cost2 + change * change * spent.cost2,
    netVisits: sum.netVisits + netVisitsOf(spent),
    netCost: sum.netCost + change * spent.netCost,
  };
}

/** The cost at one price divided by that at another; `undefined` where one of the prices does not state its cost. */
function changeOf(from: string, to: string): number | undefined {
  const [before, after] = [typicalUsdOf(from), typicalUsdOf(to)];
  return before === undefined || after === undefined ? undefined : after / before;
}
