/** Models that are one provider model at several efforts: neighbours on that axis succeed nearly as often. */
import type { BetaShape, NodePrior } from './posterior.ts';
import type { RateCounts } from './rate-counts.ts';
import { endedCounts } from './rate-counts.ts';
import type { RoutingSums } from './routing-sums.ts';
import type { NodeKey } from '../ledger/vocabulary.ts';

/** One provider model, and the position of its effort among all: neighbours differ by 1. */
export interface EffortPlace {
  readonly family: string;
  readonly position: number;
}

/** Places by model; a model without an effort has none. */
export type EffortAxes = Readonly<Record<string, EffortPlace>>;

/** What a sibling has done, and how far it is on the axis. */
export interface SiblingCounts {
  readonly distance: number;
  readonly counts: RateCounts;
}

/**
 * κ of neighbours: their rates are Beta(κm, κ(1−m)) around a common one. Chosen on `bench:statistics --only "effort arms"`, seeds
 * below 1,000,000. At a tenth the siblings teach a third less; at three times as much, an effort that is a mistake is found later.
 */
const NEIGHBOUR_STRENGTH = 100;

/** The average size of a family; 1 without axes. */
export function modelsPerFamily(axes: EffortAxes = {}): number {
  const places = Object.values(axes);
  return places.length === 0 ? 1 : places.length / new Set(places.map(({ family }) => family)).size;
}

/**
 * The prior of a model that is asked first, with what its siblings have done. Where other features say what to expect of it, that
 * is better evidence than its siblings.
 */
export function withSiblings(
  prior: NodePrior,
  {
    axes = {},
    node,
    sumsOf,
  }: {
    readonly axes: EffortAxes | undefined;
    readonly node: NodeKey;
    readonly sumsOf: (sibling: NodeKey) => RoutingSums;
  },
): NodePrior {
  const own = axes[node];
  if (own === undefined || prior.likeness !== undefined) return prior;
  const siblings = Object.entries(axes).flatMap(([name, { family, position }]) =>
    name === node || family !== own.family
      ? []
      : [{ distance: Math.max(1, Math.abs(position - own.position)), counts: endedCounts(sumsOf(name)) }],
  );
  return { ...prior, success: priorFromSiblings(prior.success, siblings) };
}

/**
 * A sibling at distance d has κ/d: its n outcomes say as much about the common rate as n(κ/d + 1)/(κ/d + n) of one's own
 * would. The model's own rate differs from that as much as from the nearest sibling's. First two moments only.
 */
export function priorFromSiblings(base: BetaShape, siblings: readonly SiblingCounts[]): BetaShape {
  let { a, b } = base;
  let nearest = Number.POSITIVE_INFINITY;
  for (const { distance, counts } of siblings) {
    const { n, s } = counts;
    if (n <= 0) continue;
    const strength = NEIGHBOUR_STRENGTH / distance;
    const part = (strength + 1) / (strength + Math.max(1, n));
    a += part * Math.max(0, s);
    b += part * Math.max(0, n - s);
    nearest = Math.min(nearest, distance);
  }
  if (nearest === Number.POSITIVE_INFINITY) return base;
  const strength = NEIGHBOUR_STRENGTH / nearest;
  const kept = strength / (a + b + strength + 1);
  return { a: kept * a, b: kept * b };
}
