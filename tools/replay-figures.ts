/** The tables of the replay benchmarks, from saved results: are the intervals correct, and how large may a table be? */
import type { MillionResult, OffPolicyResult } from '../benchmarks/results.ts';
import { readResult } from '../benchmarks/results.ts';
import { formatCount, formatPercent } from '../src/core/report/wording.ts';
import type { FigureBlock } from './figure-blocks.ts';
import { markdownTable } from './figure-blocks.ts';

export const REPLAY_FIGURES: Readonly<Record<string, FigureBlock>> = {
  ...offPolicyFigures(readResult('off-policy')),
  ...millionFigures(readResult('million')),
};

export function offPolicyFigures(result: OffPolicyResult): Readonly<Record<string, FigureBlock>> {
  const { rows, coverage, bar, ledgers, refused } = result;
  const answered = rows.reduce((sum, row) => sum + row.answered, 0);
  const below = rows.filter(row => row.coverage < bar);
  const table = markdownTable(
    ['world, and what is asked', 'answers', 'cost per intent', 'success', 'success, SNIPS', 'bias', 'width'],
    rows.map(row => [
      `${row.world}, ${row.target}`,
      formatCount(row.answered),
      ...[row.coverage, row.coverageOfSuccess, row.coverageOfSnips, row.bias, row.width].map(formatPercent),
    ]),
  );
  const alone = below.map(row => `${row.world}, ${row.target} (${formatPercent(row.coverage)})`).join('; ');
  const summary =
    `${formatCount(ledgers)} ledgers: ${formatPercent(coverage)} of ${formatCount(answered)} intervals for the cost per intent hold the truth ` +
    `(bar: at least ${formatPercent(bar)}, over all); ${refused === 0 ? 'none was' : `${formatCount(refused)} were`} refused. ` +
    (alone === '' ? 'No single row is below the bar.' : `Below the bar when taken alone: ${alone}.`);
  return { 'off-policy': { command: result.command, exact: true, make: () => `${table}\n\n${summary}` } };
}

export function millionFigures(result: MillionResult): Readonly<Record<string, FigureBlock>> {
  const { rows, intents, fileMb, bars, policies, machine } = result;
  const table = markdownTable(
    ['policy', 'seconds', 'of these, reading', 'CPU seconds', 'peak memory'],
    policies.map(({ policy, seconds, readSeconds, cpuSeconds, peakRssMb }) => [
      policy,
      seconds.toFixed(1),
      readSeconds.toFixed(1),
      cpuSeconds.toFixed(1),
      `${formatCount(peakRssMb)} MB`,
    ]),
  );
  const missed = policies.filter(({ passes }) => !passes).map(({ policy }) => policy);
  const summary =
    `${formatCount(rows)} rows (${formatCount(intents)} intents), ${fileMb.toFixed(1)} MB of gzip; each policy in a process of its own, on ${machine.cores} cores ` +
    `with Node ${machine.node}. Bars: ${bars.seconds} s and ${bars.peakRssMb} MB; ${missed.length === 0 ? 'none missed' : `missed by ${missed.join(', ')}`}.`;
  return { million: { command: result.command, exact: true, make: () => `${table}\n\n${summary}` } };
}
