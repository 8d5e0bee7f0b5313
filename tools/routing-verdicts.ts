/** Sentences about where the router wins and loses, generated from the figures. */
import type { Cell } from '../benchmarks/routing/measure.ts';
import { formatPercent } from '../src/core/report/wording.ts';
import { APART, isClose, labelOf, nameOf, ratioOf, ROUTER, rowOf } from './routing-cells.ts';

/** Counts the cases in which the router has the lowest cost, and lists the others. */
export function verdictOn(cells: readonly Cell[], rivals: readonly string[]): string {
  const lower = rivals.map(rival => ({
    rival,
    in: cells.filter(cell => ratioOf(cell, rival) < ratioOf(cell, ROUTER)),
  }));
  const lost = new Set(lower.flatMap(each => each.in));
  const won = cells.filter(cell => !lost.has(cell));
  const close = won.filter(cell => rivals.some(rival => isClose(rowOf(cell, ROUTER), rowOf(cell, rival))));
  const closely = close.length === 0 ? '' : `, of which ${close.length} by less than two standard errors`;
  const verdict = `the router has the lowest cost in ${won.length} of ${cells.length} cases${closely}`;
  if (lost.size === 0) return `${verdict}.`;
  const items = lower
    .filter(each => each.in.length > 0)
    .map(each => `- **${nameOf(each.rival)}**: ${each.in.map(cell => against(cell, each.rival, ROUTER)).join('; ')}`);
  return `${verdict}. It does not win against\n\n${items.join('\n')}`;
}

function against(cell: Cell, lower: string, higher: string): string {
  const close = isClose(rowOf(cell, lower), rowOf(cell, higher)) ? ', within two standard errors' : '';
  return `${labelOf(cell)} (${ratioOf(cell, lower).toFixed(3)} against ${ratioOf(cell, higher).toFixed(3)}${close})`;
}

/** With a verdict that is never wrong, climbing from the cheapest model up is hard to beat. */
export function climbing(cells: readonly Cell[]): string {
  const cascade = 'cascade, perfect verdict';
  const router = 'thompson, perfect verdict';
  const lower = cells.filter(cell => ratioOf(cell, cascade) < ratioOf(cell, router));
  const extra = lower.map(cell => ratioOf(cell, router) / ratioOf(cell, cascade) - 1);
  return (
    `Among all plans, with a verdict that is never wrong, the router costs less than always climbing in ${cells.length - lower.length} of ` +
    `${cells.length} cases${lower.length === 0 ? '.' : `; in the other ${lower.length} it costs ${formatPercent(Math.min(...extra))} to ${formatPercent(Math.max(...extra))} more, what learning to climb costs.`}`
  );
}

/** Where pooled priors save cost, and where they add cost. */
export function sharing(cells: readonly Cell[]): string {
  const worse = cells.filter(cell => ratioOf(cell, APART) < ratioOf(cell, ROUTER));
  const rest =
    worse.length === 0 ? '' : `; in the others it does: ${worse.map(cell => against(cell, APART, ROUTER)).join('; ')}`;
  return `Sharing priors between features costs no more than keeping them apart in ${cells.length - worse.length} of ${cells.length} cases${rest}.`;
}
