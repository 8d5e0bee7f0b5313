/** Outcomes and spend by feature and node, over all segments, versions and hours: what priors are learnt from. */
import { NANO_PER_USD } from '../ledger/money.ts';
import type { Cell } from './cell.ts';
import type { NodeKey } from '../ledger/vocabulary.ts';

/** Labelled outcomes of one node in one feature, and the successes among them. */
export interface RateCell {
  readonly feature: string;
  readonly node: NodeKey;
  readonly n: number;
  readonly s: number;
  /** Visits, and Σ cost and Σ cost² of them in USD; costs are pooled where they are given. */
  readonly visits?: number;
  readonly costUsd?: number;
  readonly costUsd2?: number;
  /** What a visit was expected to cost before any was seen (price × typical size), USD. */
  readonly priorCostUsd?: number;
  /**
   * Place among the feature's candidates, from 0 (cheapest) to 1 (dearest): a dearer candidate is expected, weakly, to
   * succeed at least as often.
   */
  readonly place?: number;
}

/**
 * Accepted labels and spend by feature and node, over all segments, versions and buckets of the given cells.
 *
 * @param expected which nodes a feature starts with (`learned.starts`), where that is known
 */
export function rateCells(
  cells: Iterable<Cell>,
  expected?: { readonly feature: string; readonly starts: ReadonlyMap<NodeKey, number> },
): readonly RateCell[] {
  const evidence = sumEvidence();
  if (expected !== undefined) evidence.expect(expected.feature, expected.starts);
  evidence.add(cells);
  return evidence.cells();
}

/** {@link RateCell}s that grow. */
export interface EvidenceSums {
  add(delta: Iterable<Cell>): void;
  /** Says which nodes a feature starts with, cheapest first, with their prior costs in USD: known before any outcome. */
  expect(feature: string, starts: ReadonlyMap<NodeKey, number>): void;
  /** All sums so far. They are not copied: read them before more is added. */
  cells(): readonly RateCell[];
}

export function sumEvidence(): EvidenceSums {
  const byFeature = new Map<string, Map<NodeKey, { -readonly [Key in keyof RateCell]: RateCell[Key] }>>();

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
        if (key.scope !== 'node') continue;
        const cell = cellOf(key.feature, key.subject);
        cell.n += Number(sums.labelled ?? 0n) - Number(sums.labelledRejected ?? 0n);
        cell.s += Number(sums.successes ?? 0n) - Number(sums.successesRejected ?? 0n);
        cell.visits = (cell.visits ?? 0) + Number(sums.n ?? 0n);
        cell.costUsd = (cell.costUsd ?? 0) + Number(sums.cost ?? 0n) / NANO_PER_USD;
        cell.costUsd2 = (cell.costUsd2 ?? 0) + Number(sums.cost2 ?? 0n) / NANO_PER_USD ** 2;
      }
    },
    expect(feature, starts) {
      let index = 0;
      for (const [node, priorCostUsd] of starts) {
        const cell = cellOf(feature, node);
        if (priorCostUsd > 0) cell.priorCostUsd = priorCostUsd;
        if (starts.size > 1) cell.place = index++ / (starts.size - 1);
      }
    },
    cells: () => [...byFeature.values()].flatMap(nodes => [...nodes.values()]),
  };
}
