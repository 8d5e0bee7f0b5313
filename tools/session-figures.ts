/** The table of the benchmark of conversations and agents, from its saved results: each figure beside its bar. */
import type { SeededResult } from '../benchmarks/results.ts';
import { readResult } from '../benchmarks/results.ts';
import type { FigureBlock } from './figure-blocks.ts';
import { barsReached, figuresTable, groupsOf } from './statistics-figures.ts';

export const SESSION_FIGURES: Readonly<Record<string, FigureBlock>> = sessionFigures(readResult('sessions'));

export function sessionFigures(result: SeededResult): Readonly<Record<string, FigureBlock>> {
  const make = (): string => `${figuresTable(groupsOf(result.figures))}\n\n${barsReached(result)}`;
  return { sessions: { command: result.command, exact: true, make } };
}
