/** How often a different model served than the one that was asked for. */
import type { Cell } from '../cells/cell.ts';
import { servedParts } from '../cells/served-version.ts';
import { modelOfNode } from '../ledger/vocabulary.ts';

/** Visits to a model that were served by another model in its place. */
export interface ServedByOther {
  readonly model: string;
  /** The provider's name of the model that served. */
  readonly servedBy: string;
  readonly visits: number;
  /** All visits where that model was asked. */
  readonly of: number;
}

/** Visits that another model served, computed from node cells; sorted by visits, most first. */
export function servedByOthers(cells: Iterable<Cell>): readonly ServedByOther[] {
  const all = new Map<string, number>();
  const others = new Map<string, { model: string; servedBy: string; visits: number }>();
  for (const { key, sums } of cells) {
    if (key.scope !== 'node') continue;
    const model = modelOfNode(key.subject);
    const visits = Number(sums.n ?? 0n);
    all.set(model, (all.get(model) ?? 0) + visits);
    const servedBy = servedParts(key.version)?.servedBy;
    if (servedBy === undefined) continue;
    const known = others.get(`${model}\t${servedBy}`);
    if (known === undefined) others.set(`${model}\t${servedBy}`, { model, servedBy, visits });
    else known.visits += visits;
  }
  return [...others.values()]
    .filter(({ visits }) => visits > 0)
    .sort((a, b) => b.visits - a.visits)
    .map(other => ({ ...other, of: all.get(other.model) ?? 0 }));
}
