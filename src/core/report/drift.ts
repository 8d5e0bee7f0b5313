/** What changed, and when: rates that are not what they were, and new versions of a model, a price or a prompt. */
import { changePoint } from '../math/change-point.ts';
import type { Figure } from '../math/interval.ts';
import { wilson } from '../math/interval.ts';
import { tallyBy } from '../cells/period.ts';
import type { Cell, Sums } from '../cells/cell.ts';
import { BUCKET_MS } from '../cells/cell.ts';
import type { NodeKey } from '../ledger/vocabulary.ts';
import { modelOfNode } from '../ledger/vocabulary.ts';

/** A rate of one node that changed: how often it succeeds, or how often its replies are rejected. */
export interface RateChange {
  readonly kind: 'success' | 'rejection';
  readonly atMs: number;
  readonly node: NodeKey;
  readonly segment: string;
  readonly before: Figure;
  readonly after: Figure;
}

/** A model whose version is another from here on. */
export interface VersionChange {
  readonly kind: 'version';
  readonly atMs: number;
  readonly model: string;
  readonly from: string;
  readonly to: string;
}

export type DriftEvent = RateChange | VersionChange;

/** Sums of one node per bucket, in the order of time. */
interface History {
  readonly node: NodeKey;
  readonly segment: string;
  readonly buckets: readonly { readonly bucket: number; readonly sums: Sums }[];
}

/**
 * Every change that the cells show, oldest first: the test that cuts the statistics a policy decides from, applied to
 * the whole history and to both sides of what it finds.
 */
export function driftOf(cells: readonly Cell[]): readonly DriftEvent[] {
  const nodes = cells.filter(cell => cell.key.scope === 'node').sort((a, b) => a.key.bucket - b.key.bucket);
  const events = [...versionChanges(nodes), ...historiesOf(nodes).flatMap(rateChanges)];
  return events.sort((a, b) => a.atMs - b.atMs);
}

function historiesOf(nodes: readonly Cell[]): readonly History[] {
  const byPlace = new Map<string, Cell[]>();
  for (const cell of nodes) {
    const { subject, segment, version } = cell.key;
    const place = `${segment}\t${subject}\t${version}`;
    const known = byPlace.get(place);
    if (known === undefined) byPlace.set(place, [cell]);
    else known.push(cell);
  }
  return [...byPlace.values()].map(own => {
    const { subject, segment } = (own[0] as Cell).key;
    const merged = tallyBy(own, { scope: 'node', by: cell => cell.key.bucket });
    return { node: subject, segment, buckets: [...merged].map(([bucket, sums]) => ({ bucket, sums })) };
  });
}

function rateChanges({ node, segment, buckets }: History): readonly RateChange[] {
  const counts = buckets.map(({ bucket, sums }) => {
    const get = (name: keyof Sums): number => Number(sums[name] ?? 0n);
    return {
      bucket,
      success: [get('labelled') - get('labelledRejected'), get('successes') - get('successesRejected')],
      rejection: [get('n'), get('rejected')],
    } as const;
  });
  return (['success', 'rejection'] as const).flatMap(kind =>
    cutsOf(counts.map(count => count[kind])).map(
      ({ at, before, after }): RateChange => ({
        kind,
        node,
        segment,
        atMs: (counts[at] as (typeof counts)[number]).bucket * BUCKET_MS,
        before: wilson(before[1], before[0]),
        after: wilson(after[1], after[0]),
      }),
    ),
  );
}

type Count = readonly [n: number, s: number];

/** Cuts a history at its clearest change, then each side at its own. */
function cutsOf(groups: readonly Count[]): readonly { at: number; before: Count; after: Count }[] {
  const cuts: number[] = [];
  const search = (from: number, to: number): void => {
    const found = changePoint(to - from, {
      labelled: g => (groups[from + g] as Count)[0],
      successes: g => (groups[from + g] as Count)[1],
    });
    if (found <= 0) return;
    search(from, from + found);
    cuts.push(from + found);
    search(from + found, to);
  };
  search(0, groups.length);
  const sum = (from: number, to: number): Count =>
    groups.slice(from, to).reduce<Count>((total, [n, s]) => [total[0] + n, total[1] + s], [0, 0]);
  return cuts.map((at, i) => ({
    at,
    before: sum(cuts[i - 1] ?? 0, at),
    after: sum(at, cuts[i + 1] ?? groups.length),
  }));
}

/** Versions in the order in which they were first seen. */
function versionChanges(nodes: readonly Cell[]): readonly VersionChange[] {
  const seen = new Map<string, Set<string>>();
  const changes: VersionChange[] = [];
  for (const { key } of nodes) {
    const model = modelOfNode(key.subject);
    const known = seen.get(model);
    if (known === undefined) seen.set(model, new Set([key.version]));
    else if (!known.has(key.version)) {
      const from = [...known].at(-1) ?? '';
      changes.push({ kind: 'version', atMs: key.bucket * BUCKET_MS, model, from, to: key.version });
      known.add(key.version);
    }
  }
  return changes;
}
