/** The statistics learned from all intents of a feature together, whatever their segment: a report covers all of them. */
import { createLearnedFeature } from '../core/beliefs/learned-feature.ts';
import type { LearnedSegment } from '../core/beliefs/learned-segment.ts';
import type { Cell } from '../core/cells/cell.ts';
import type { FeatureState } from '../engine/state/feature-state.ts';

/**
 * The belief that a running router decides by, where no intent has a segment. Otherwise no decision uses the segments together, so they are
 * learned again from the cells, with the router's priors and versions.
 */
export function ofAllSegments(
  { learned, learning }: Pick<FeatureState, 'learned' | 'learning'>,
  versions: Readonly<Record<string, string>>,
  cells: readonly Cell[],
): LearnedSegment {
  if (cells.every(({ key }) => key.segment === '')) return learned.segment('');
  const { numbers: _, ...options } = learning;
  const all = createLearnedFeature({ ...options, versions });
  all.setPriors(...learned.priors());
  all.replace(nodesOfOneSegment(cells));
  return all.segment('');
}

/** The node cells, which are all that is learned from, as if no intent had a segment. */
export function nodesOfOneSegment(cells: readonly Cell[]): readonly Cell[] {
  const nodes = cells.filter(({ key }) => key.scope === 'node');
  return nodes.map(cell => (cell.key.segment === '' ? cell : { ...cell, key: { ...cell.key, segment: '' } }));
}
