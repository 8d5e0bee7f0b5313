/** Drift: when the success or rejection rate of a node changed, and when the version of a model changed. */
import { changePoint } from '../math/change-point.ts';
import type { Figure } from '../math/interval.ts';
import { wilson } from '../math/interval.ts';
import { sumsBy } from '../cells/sums.ts';
import type { Cell, Sums } from '../cells/cell.ts';
import { BUCKET_MS } from '../cells/cell.ts';
import { isServedByOther, servedParts } from '../cells/served-version.ts';
import { versionId, versionParts } from '../cells/version-parts.ts';
import type { NodeKey } from '../ledger/vocabulary.ts';
import { modelOfNode } from '../ledger/vocabulary.ts';

/** A change point in a node's success rate, or in the rate at which its replies are rejected. */
export interface RateDrift {
  readonly kind: 'success' | 'rejection';
  /** Start of the first hour after the change; for an older change, of the first day or week. */
  readonly atMs: number;
  readonly node: NodeKey;
  readonly segment: string;
  /** The rate from the previous change point to this one, and from this one to the next. */
  readonly before: Figure;
  readonly after: Figure;
}

/** A model's first intent with another version (of the model, its price or its prompt), or its first intent that another model served. */
export interface VersionDrift {
  readonly kind: 'version';
  readonly atMs: number;
  readonly model: string;
  readonly from: string;
  readonly to: string;
}

export type DriftEvent = RateDrift | VersionDrift;

/** Sums per bucket, in order of time, of one node in one segment, with one model and prompt: a price changes no rate. */
interface NodeHistory {
  readonly node: NodeKey;
  readonly segment: string;
  readonly buckets: readonly { readonly bucket: number; readonly sums: Sums }[];
}

/**
 * Every drift event in the cells, oldest first. Rates are tested with {@link changePoint}, which also discards outdated
 * statistics for the policies; here it searches the whole history, and then each side of every change point.
 */
export function driftOf(cells: readonly Cell[]): readonly DriftEvent[] {
  const nodes = cells.filter(cell => cell.key.scope === 'node').sort((a, b) => a.key.bucket - b.key.bucket);
  const events = [...versionDrift(nodes), ...nodeHistories(nodes).flatMap(rateDrift)];
  return events.sort((a, b) => a.atMs - b.atMs);
}

function nodeHistories(nodes: readonly Cell[]): readonly NodeHistory[] {
  const groups = Map.groupBy(
    nodes,
    ({ key }) => `${key.segment}\t${key.subject}\t${versionParts(key.version).quality}`,
  );
  return [...groups.values()].map(own => {
    const { subject, segment } = (own[0] as Cell).key;
    const merged = sumsBy(own, { scope: 'node', by: cell => cell.key.bucket });
    return { node: subject, segment, buckets: [...merged].map(([bucket, sums]) => ({ bucket, sums })) };
  });
}

function rateDrift({ node, segment, buckets }: NodeHistory): readonly RateDrift[] {
  const counts = buckets.map(({ bucket, sums }) => {
    const get = (name: keyof Sums): number => Number(sums[name] ?? 0n);
    return {
      bucket,
      // Accepted replies only: intents that ended here with a rejected reply, because no candidate was left, have a
      // different success rate.
      success: [get('labelled') - get('labelledRejected'), get('successes') - get('successesRejected')],
      rejection: [get('n'), get('rejected')],
    } as const;
  });
  return (['success', 'rejection'] as const).flatMap(kind =>
    changePoints(counts.map(count => count[kind])).map(
      ({ index, before, after }): RateDrift => ({
        kind,
        node,
        segment,
        atMs: (counts[index] as (typeof counts)[number]).bucket * BUCKET_MS,
        before: wilson(before[1], before[0]),
        after: wilson(after[1], after[0]),
      }),
    ),
  );
}

type RateCount = readonly [n: number, s: number];

/** Binary segmentation: the most likely change point of the whole history, then those of both sides. In order of time. */
function changePoints(
  groups: readonly RateCount[],
): readonly { readonly index: number; readonly before: RateCount; readonly after: RateCount }[] {
  const indexes: number[] = [];
  const search = (from: number, to: number): void => {
    const found = changePoint(to - from, {
      labelled: g => (groups[from + g] as RateCount)[0],
      successes: g => (groups[from + g] as RateCount)[1],
    });
    if (found <= 0) return;
    search(from, from + found);
    indexes.push(from + found);
    search(from + found, to);
  };
  search(0, groups.length);
  const sum = (from: number, to: number): RateCount =>
    groups.slice(from, to).reduce<RateCount>((total, [n, s]) => [total[0] + n, total[1] + s], [0, 0]);
  return indexes.map((index, i) => ({
    index,
    before: sum(indexes[i - 1] ?? 0, index),
    after: sum(index, indexes[i + 1] ?? groups.length),
  }));
}

/**
 * One event per version of a model, at its first intent, and per other model that served in its place; its first version is not an event.
 * `nodes` in order of time.
 */
function versionDrift(nodes: readonly Cell[]): readonly VersionDrift[] {
  /**
   * By model: the first version of each quality and rates. A tariff that depends on the time of day counts as one
   * version.
   */
  const versions = new Map<string, Map<string, string>>();
  const events: VersionDrift[] = [];
  for (const { key } of nodes) {
    const model = modelOfNode(key.subject);
    const id = versionId(key.version);
    let known = versions.get(model);
    if (known === undefined) versions.set(model, (known = new Map()));
    if (known.has(id)) continue;
    const from = servedParts(key.version)?.asked ?? [...known.values()].findLast(version => !isServedByOther(version));
    if (from !== undefined)
      events.push({ kind: 'version', atMs: key.bucket * BUCKET_MS, model, from, to: key.version });
    known.set(id, key.version);
  }
  return events;
}
