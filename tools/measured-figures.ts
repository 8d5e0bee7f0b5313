/** The tables of what a store measured in time, rates and memory, from saved results: commits, starts, large ledgers and archives. */
import type { MeasuredResult } from '../benchmarks/measured.ts';
import { MEASURED_HEAD, measuredRows, measuredSummary } from '../benchmarks/measured.ts';
import { readResult } from '../benchmarks/results.ts';
import type { FigureBlock } from './figure-blocks.ts';
import { markdownTable } from './figure-blocks.ts';

export const MEASURED_FIGURES: Readonly<Record<string, FigureBlock>> = {
  archive: measuredFigures(readResult('archive')),
  'million-intents': measuredFigures(readResult('million-intents')),
  postgres: measuredFigures(readResult('postgres')),
  start: measuredFigures(readResult('start')),
};

export function measuredFigures(result: MeasuredResult): FigureBlock {
  const make = (): string =>
    `${markdownTable(MEASURED_HEAD, measuredRows(result.figures))}\n\n${measuredSummary(result)}`;
  return { command: result.command, exact: true, make };
}
