/** Outcomes and spend by feature and node, over all segments, versions and hours: the input of pooled priors. */
import { NANO_PER_USD } from '../ledger/money.ts';
import type { CellKey, RoundedCell } from './cell.ts';
import { isServedByOther } from './served-version.ts';
import { typicalUsdOf, versionParts } from './version-parts.ts';
import type { NodeKey } from '../ledger/vocabulary.ts';
import { modelOfNode } from '../ledger/vocabulary.ts';

/**
 * Labelled outcomes of one node in one feature, and the successes among them: of all replies that the caller got, or only of
 * the accepted ones where some plan climbs on from the node, because there the verdict selects which intents end.
 */
export interface RateCell {
  readonly feature: string;
  readonly node: NodeKey;
  readonly n: number;
  readonly s: number;
  /** Only for a node from which some plan climbs on. */
  readonly verdict?: VerdictCounts;
  /**
   * Visits, and Σ cost and Σ cost² of them at the price that the model is expected to have, USD and USD². Costs are pooled only
   * where these are given.
   */
  readonly visits?: number;
  readonly costUsd?: number;
  readonly costUsd2?: number;
  /** The visits whose session's prefix was known, without the cost of that prefix. Absent: there are none. */
  readonly net?: { readonly visits: number; readonly costUsd: number };
  /** Expected cost of a visit before the first one (price × typical size), USD. */
  readonly priorCostUsd?: number;
  /**
   * Rank among the feature's candidates, from 0 (cheapest) to 1 (most expensive): a weak prior says that a more
   * expensive candidate succeeds at least as often.
   */
  readonly costRank?: number | undefined;
  /** The success rate expected from public evidence; used instead of the rank. */
  readonly expected?: ExpectedSuccess | undefined;
}

/** A success rate before any outcome of the application, and how many outcomes it counts as. */
export interface ExpectedSuccess {
  readonly success: number;
  readonly outcomes: number;
}

export interface VerdictCounts {
  /** Visits whose reply was rejected. */
  readonly rejected: number;
  /** Labels of rejected replies that the caller got, and the successes among them. */
  readonly returned: number;
  readonly returnedSuccesses: number;
}

/** The facts that are known of a feature's nodes before any outcome: a part of {@link LearnedFeature}. */
export interface ExpectedNodes {
  /** The nodes that plans start with, cheapest first, and the prior cost of each in USD. */
  readonly starts: ReadonlyMap<NodeKey, number>;
  /** The nodes that some plan climbs on from. */
  readonly climbing: ReadonlySet<NodeKey>;
  /** The success rates expected from public evidence, of the nodes that plans start with. */
  readonly expected?: ReadonlyMap<NodeKey, ExpectedSuccess> | undefined;
}

/**
 * Labelled outcomes and spend, by feature and node, of the given cells. Calls that another model served are left out.
 *
 * @param expected the nodes of a feature's plans, where they are known
 */
export function rateCells(
  cells: Iterable<RoundedCell>,
  expected?: ExpectedNodes & { readonly feature: string },
): readonly RateCell[] {
  const rates = growingRateCells();
  if (expected !== undefined) rates.expect(expected.feature, expected);
  rates.add(cells);
  return rates.cells();
}

/** {@link RateCell}s that grow. */
export interface GrowingRateCells {
  add(delta: Iterable<RoundedCell>): void;
  /**
   * Declares what is known of a feature's nodes. Call it before the feature's first outcome, because it decides which
   * labels count.
   */
  expect(feature: string, nodes: ExpectedNodes): void;
  /** Whether {@link expect} was called for the feature. */
  expects(feature: string): boolean;
  /** All sums so far, or those of one feature. They are not copied: read them before adding more. */
  cells(feature?: string): readonly RateCell[];
}

type Growing<Counts> = { -readonly [Name in keyof Counts]: Counts[Name] };
type GrowingRateCell = Growing<
  Omit<RateCell, 'verdict' | 'net'> & Required<Pick<RateCell, 'visits' | 'costUsd' | 'costUsd2'>>
> & {
  verdict?: Growing<VerdictCounts>;
  net?: Growing<NonNullable<RateCell['net']>>;
};

interface Place {
  readonly key: CellKey;
  readonly cell: GrowingRateCell;
  /** USD at the expected price for each nano-dollar. */
  readonly usd: number;
}

const isSamePlace = (one: CellKey, other: CellKey): boolean =>
  one.version === other.version && one.subject === other.subject && one.feature === other.feature;

export function growingRateCells(): GrowingRateCells {
  const byFeature = new Map<string, Map<NodeKey, GrowingRateCell>>();
  /** Typical costs by version, USD: there are few, and every delta names one. */
  const typical = new Map<string, number | undefined>();

  /** By feature and model, the expected cost of a typical request, USD. */
  const expectedUsd = new Map<string, ReadonlyMap<NodeKey, number>>();

  /** The model's expected price divided by the price of the cell. */
  function priceChange({ feature, subject, version }: CellKey): number {
    if (!typical.has(version)) typical.set(version, typicalUsdOf(versionParts(version).price));
    const [before, now = 0] = [typical.get(version), expectedUsd.get(feature)?.get(modelOfNode(subject))];
    return before === undefined || now <= 0 ? 1 : now / before;
  }

  function cellOf(feature: string, node: NodeKey) {
    let nodes = byFeature.get(feature);
    if (nodes === undefined) byFeature.set(feature, (nodes = new Map()));
    let cell = nodes.get(node);
    if (cell === undefined) {
      nodes.set(node, (cell = { feature, node, n: 0, s: 0, visits: 0, costUsd: 0, costUsd2: 0 }));
    }
    return cell;
  }

  const placeOf = (key: CellKey): Place => ({
    key,
    cell: cellOf(key.feature, key.subject),
    usd: priceChange(key) / NANO_PER_USD,
  });

  /** Most cells have the same place as the cell before. */
  let last: Place | undefined;
  return {
    add(delta) {
      for (const { key, sums } of delta) {
        if (key.scope !== 'node' || isServedByOther(key.version)) continue;
        if (last === undefined || !isSamePlace(last.key, key)) last = placeOf(key);
        const { cell, usd } = last;
        cell.n += Number(sums.labelled ?? 0n);
        cell.s += Number(sums.successes ?? 0n);
        if (cell.verdict !== undefined) {
          const returned = Number(sums.labelledRejected ?? 0n);
          const returnedSuccesses = Number(sums.successesRejected ?? 0n);
          cell.n -= returned;
          cell.s -= returnedSuccesses;
          cell.verdict.rejected += Number(sums.rejected ?? 0n);
          cell.verdict.returned += returned;
          cell.verdict.returnedSuccesses += returnedSuccesses;
        }
        cell.visits += Number(sums.n ?? 0n);
        cell.costUsd += Number(sums.cost ?? 0n) * usd;
        cell.costUsd2 += Number(sums.cost2 ?? 0n) * usd * usd;
        if (sums.withPrefix === undefined) continue;
        cell.net ??= { visits: 0, costUsd: 0 };
        cell.net.visits += Number(sums.withPrefix);
        cell.net.costUsd += Number(sums.netCost ?? 0n) * usd;
      }
    },
    expect(feature, { starts, climbing, expected }) {
      expectedUsd.set(feature, starts);
      last = undefined;
      for (const node of climbing) cellOf(feature, node).verdict = { rejected: 0, returned: 0, returnedSuccesses: 0 };
      let index = 0;
      for (const [node, priorCostUsd] of starts) {
        const cell = cellOf(feature, node);
        if (priorCostUsd > 0) cell.priorCostUsd = priorCostUsd;
        if (starts.size > 1) cell.costRank = index++ / (starts.size - 1);
        cell.expected = expected?.get(node);
      }
    },
    expects: feature => expectedUsd.has(feature),
    cells(feature) {
      const nodes = feature === undefined ? [...byFeature.values()] : [byFeature.get(feature)];
      return nodes.flatMap(each => [...(each?.values() ?? [])]);
    },
  };
}
