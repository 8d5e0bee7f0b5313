/** The tables of the context benchmark, from its saved results: what does the use of context save, and what does it cost? */
import type { ContextResult, Points } from '../benchmarks/results.ts';
import { readResult } from '../benchmarks/results.ts';
import { formatCount } from '../src/core/report/wording.ts';
import type { FigureBlock } from './figure-blocks.ts';
import { markdownTable } from './figure-blocks.ts';

export const CONTEXT_FIGURES: Readonly<Record<string, FigureBlock>> = contextFigures(readResult('context'));

export function contextFigures({ command, cells, checks }: ContextResult): Readonly<Record<string, FigureBlock>> {
  const shown = (points: Points | undefined): string =>
    points === undefined ? '' : `${points.mean.toFixed(2)} ± ${points.error.toFixed(2)}`;
  const table = markdownTable(
    ['world, segments', 'context', 'runs', 'without', 'contextual', 'lost', 'lost to thompson per segment'],
    cells.map(cell => [
      `${cell.on}, ${cell.segments}`,
      cell.kind,
      formatCount(cell.runs),
      shown(cell.plain),
      shown(cell.contextual),
      shown(cell.lost),
      shown(cell.lostToSegments),
    ]),
  );
  const bars = markdownTable(
    ['bar', 'points', 'at most (95 %)', 'allowed'],
    checks.map(({ what, points, atMost, passes }) => [
      what,
      shown(points),
      (points.mean + 1.96 * points.error).toFixed(2),
      `${atMost}${passes ? '' : ' (missed)'}`,
    ]),
  );
  const missed = checks.filter(({ passes }) => !passes).length;
  const summary = `${checks.length - missed} of ${checks.length} bars are reached. A bar compares the mean; where “at most” is above the allowed value, there are too few runs to rule out a miss.`;
  return { context: { command, exact: true, make: () => `${table}\n\n${bars}\n\n${summary}` } };
}
