/** The table of the overhead benchmark, from its saved results: what does routing add to a call? */
import type { OverheadResult, OverheadRow } from '../benchmarks/results.ts';
import { readResult } from '../benchmarks/results.ts';
import type { FigureBlock } from './figure-blocks.ts';
import { markdownTable } from './figure-blocks.ts';

export const OVERHEAD_FIGURES: Readonly<Record<string, FigureBlock>> = overheadFigures(readResult('overhead'));

export function overheadFigures(result: OverheadResult): Readonly<Record<string, FigureBlock>> {
  const { command, comparisons, decision, machine, rounds } = result;
  const us = (value: number): string => value.toFixed(1);
  const times = (value: number): string => `×${value.toFixed(2)}`;
  const table = markdownTable(
    ['what', 'direct µs', 'added µs (quartiles)', 'ratio', 'added when quiet', 'ratio when quiet', 'bar'],
    comparisons.map(row => [
      row.name,
      us(row.directUs),
      `${us(row.addedUs)} (${row.addedQuartilesUs.map(us).join(' … ')})`,
      times(row.ratio),
      us(row.addedQuietUs),
      times(row.quietRatio),
      barOf(row),
    ]),
  );
  const missed = comparisons.filter(({ ok }) => !ok).map(({ name }) => name);
  const summary =
    `Medians of ${rounds} rounds, and the lowest deciles (“when quiet”), on ${machine.cores} cores with Node ${machine.node}. ` +
    `${missed.length === 0 ? 'No bar is missed' : `Bars missed: ${missed.join('; ')}`}. ` +
    `One cached decision takes ${decision.ns.toFixed(0)} ns (bar: ${decision.maxNs} ns).`;
  return { overhead: { command, exact: true, make: () => `${table}\n\n${summary}` } };
}

function barOf({ maxAddedUs, maxRatio }: OverheadRow): string {
  if (maxRatio === undefined) return '';
  return `${maxAddedUs === undefined ? '' : `${maxAddedUs} µs, `}×${maxRatio}`;
}
