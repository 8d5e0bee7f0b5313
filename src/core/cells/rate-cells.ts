/** Outcomes and spend by feature and node, over all segments, versions and hours: the input of pooled priors. */
import { NANO_PER_USD } from '../ledger/money.ts';
import type { Cell } from './cell.ts';
import { isServedByOther } from './served-version.ts';
import type { NodeKey } from '../ledger/vocabulary.ts';

/** Labelled outcomes of accepted replies of one node in one feature, and the successes among them. */
export interface RateCell {
  readonly feature: string;
  readonly node: NodeKey;
  readonly n: number;
  readonly s: number;
  /** Visits, and Σ cost and Σ cost² of them, USD and USD². Costs are pooled only where these are given. */
  readonly visits?: number;
  readonly costUsd?: number;
  readonly costUsd2?: number;
  /** Expected cost of a visit before the first one (price × typical size), USD. */
  readonly priorCostUsd?: number;
  /**
   * Rank among the feature's candidates, from 0 (cheapest) to 1 (most expensive): a weak prior says that a more
   * expensive candidate succeeds at least as often.
   */
  readonly costRank?: number;
}

/**
 * Labelled outcomes of accepted replies and spend, by feature and node, of the given cells. Calls that another model served
 * are left out.
 *
 * @param expected the nodes that a feature's plans start with (`learned.starts`), where they are known
 */
export function rateCells(
  cells: Iterable<Cell>,
  expected?: { readonly feature: string; readonly starts: ReadonlyMap<NodeKey, number> },
): readonly RateCell[] {
  const rates = growingRateCells();
  if (expected !== undefined) rates.setStarts(expected.feature, expected.starts);
  rates.add(cells);
  return rates.cells();
}

/** {@link RateCell}s that grow. */
export interface GrowingRateCells {
  add(delta: Iterable<Cell>): void;
  /**
   * The nodes that the feature's plans start with, cheapest first, and their prior costs, USD: known before any
   * outcome.
   */
  setStarts(feature: string, starts: ReadonlyMap<NodeKey, number>): void;
  /** All sums so far. They are not copied: read them before adding more. */
  cells(): readonly RateCell[];
}

type GrowingRateCell = { -readonly [Name in keyof RateCell]: RateCell[Name] } & Required<
  Pick<RateCell, 'visits' | 'costUsd' | 'costUsd2'>
>;

export function growingRateCells(): GrowingRateCells {
  const byFeature = new Map<string, Map<NodeKey, GrowingRateCell>>();

  function cellOf(feature: string, node: NodeKey) {
    let nodes = byFeature.get(feature);
    if (nodes === undefined) byFeature.set(feature, (nodes = new Map()));
    let cell = nodes.get(node);
    if (cell === undefined) {
      nodes.set(node, (cell = { feature, node, n: 0, s: 0, visits: 0, costUsd: 0, costUsd2: 0 }));
    }
    return cell;
  }

  return {
    add(delta) {
      for (const { key, sums } of delta) {
        if (key.scope !== 'node' || isServedByOther(key.version)) continue;
        const cell = cellOf(key.feature, key.subject);
        cell.n += Number(sums.labelled ?? 0n) - Number(sums.labelledRejected ?? 0n);
        cell.s += Number(sums.successes ?? 0n) - Number(sums.successesRejected ?? 0n);
        cell.visits += Number(sums.n ?? 0n);
        cell.costUsd += Number(sums.cost ?? 0n) / NANO_PER_USD;
        cell.costUsd2 += Number(sums.cost2 ?? 0n) / NANO_PER_USD ** 2;
      }
    },
    setStarts(feature, starts) {
      let index = 0;
      for (const [node, priorCostUsd] of starts) {
        const cell = cellOf(feature, node);
        if (priorCostUsd > 0) cell.priorCostUsd = priorCostUsd;
        if (starts.size > 1) cell.costRank = index++ / (starts.size - 1);
      }
    },
    cells: () => [...byFeature.values()].flatMap(nodes => [...nodes.values()]),
  };
}
