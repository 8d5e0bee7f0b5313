/** The tables of a call's overhead, from saved results: what does routing add, and what do many features or intents add to it? */
import type { FeaturesResult, OverheadResult } from '../benchmarks/results.ts';
import { barOf, readResult } from '../benchmarks/results.ts';
import type { FigureBlock } from './figure-blocks.ts';
import { markdownTable } from './figure-blocks.ts';

export const OVERHEAD_FIGURES: Readonly<Record<string, FigureBlock>> = {
  ...overheadFigures(readResult('overhead')),
  ...featuresFigures(readResult('features')),
};

export function overheadFigures(result: OverheadResult): Readonly<Record<string, FigureBlock>> {
  const { command, comparisons, decision, machine, rounds } = result;
  const us = (value: number): string => value.toFixed(1);
  const times = (value: number): string => `×${value.toFixed(2)}`;
  const table = markdownTable(
    ['what', 'direct µs', 'added µs (quartiles)', 'ratio', 'added when quiet', 'ratio when quiet', 'self', 'bar'],
    comparisons.map(row => [
      row.name,
      us(row.directUs),
      `${us(row.addedUs)} (${row.addedQuartilesUs.map(us).join(' … ')})`,
      times(row.ratio),
      us(row.addedQuietUs),
      times(row.quietRatio),
      times(row.selfRatio),
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

export function featuresFigures(result: FeaturesResult): Readonly<Record<string, FigureBlock>> {
  const { command, costs, bars, callsPerSecond, load, machine, rounds } = result;
  const us = (value: number): string => value.toFixed(0);
  const ms = (value: number): string => value.toFixed(1);
  const times = (value: number): string => `×${value.toFixed(2)}`;
  const rate = `at ${callsPerSecond} per second`;
  const longest = ['longest call, ms', 'without a router', 'longest commit, ms'];
  const table = markdownTable(
    ['a call with', 'µs', 'ratio', `µs ${rate}`, `ratio ${rate}`, 'event loop p99, ms', ...longest],
    costs.map(cost => [
      cost.name,
      us(cost.cpuUs),
      times(cost.ratio),
      us(cost.pacedCpuUs),
      times(cost.pacedRatio),
      ms(cost.delayP99Ms),
      ...[cost.longestMs, cost.longestDirectMs, cost.longestCommitMs].map(each => (each === undefined ? '' : ms(each))),
    ]),
  );
  const missed = costs.filter(({ ok }) => !ok).map(({ name }) => name);
  const summary =
    `Thread CPU, medians of ${rounds} rounds, on ${machine.cores} cores with Node ${machine.node} at a load of ${load.map(ms).join(' to ')}. ` +
    `Bars: ×${bars.ratio}, ${bars.delayMs} ms and ${bars.pauseMs} ms. ` +
    (missed.length === 0 ? 'No bar is missed.' : `Missed with: ${missed.join('; ')}.`);
  return { features: { command, exact: true, make: () => `${table}\n\n${summary}` } };
}
