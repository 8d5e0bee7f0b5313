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
  const { rows, coverage, bar, barOfEach, wrongSigns, byKind, ledgers, refused } = result;
  const fair = rows.filter(({ isByKind }) => !isByKind);
  const answered = fair.reduce((sum, row) => sum + row.answered, 0);
  const unfair = rows.filter(({ isByKind, answered: n }) => isByKind && n > 0);
  const heldByKind = (of: (row: (typeof rows)[number]) => number): number =>
    unfair.reduce((sum, row) => sum + of(row) * row.answered, 0) / unfair.reduce((sum, row) => sum + row.answered, 0);
  const below = fair.filter(row => row.answered > 0 && row.coverageOfSaving < barOfEach);
  const table = markdownTable(
    [
      'ledgers, and what is asked',
      'answers',
      'refused',
      'saving',
      'cost per intent',
      'success',
      'success, SNIPS',
      'bias',
      'width',
    ],
    rows.map(row => [
      `${row.world}, ${row.target}`,
      formatCount(row.answered),
      formatCount(row.refused),
      ...[row.coverageOfSaving, row.coverage, row.coverageOfSuccess, row.coverageOfSnips, row.bias, row.width].map(
        part => (row.answered === 0 ? '–' : formatPercent(part)),
      ),
    ]),
  );
  const alone = below.map(row => `${row.world}, ${row.target} (${formatPercent(row.coverageOfSaving)})`).join('; ');
  const summary =
    `${formatCount(ledgers)} ledgers: ${formatPercent(coverage)} of ${formatCount(answered)} intervals for the saving hold the truth ` +
    `(bar: at least ${formatPercent(bar)} over all, ${formatPercent(barOfEach)} each); ${formatCount(wrongSigns)} have the wrong sign; ` +
    `${refused === 0 ? 'no question was' : `${formatCount(refused)} questions were`} refused. ` +
    `Of ${formatCount(byKind.asked)} questions to ledgers whose outcomes are missing more often for failures or for successes, ${formatCount(byKind.refused)} were refused` +
    (unfair.length === 0
      ? '. '
      : `; of the answers to the others, ${formatPercent(heldByKind(row => row.coverageOfSaving))} hold the saving and ` +
        `${formatPercent(heldByKind(row => row.coverage))} the cost (bar: at least ${formatPercent(bar)}). `) +
    (alone === '' ? 'No single row is below the bar.' : `Below the bar of each: ${alone}.`);
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
