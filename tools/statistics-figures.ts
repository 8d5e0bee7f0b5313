/** The tables of the statistics benchmark, from its saved results: each figure beside its bar and its rivals. */
import type { JudgedFigure, SeededResult, StatisticsResult } from '../benchmarks/results.ts';
import { readResult } from '../benchmarks/results.ts';
import type { Figure } from '../benchmarks/statistics/check.ts';
import { figureDigits, figureText } from '../benchmarks/statistics/check.ts';
import type { FigureBlock } from './figure-blocks.ts';
import { markdownTable } from './figure-blocks.ts';

/** A figure, its bars, and the figures for comparison, which come after it with indented names. */
interface Group {
  readonly head: JudgedFigure;
  readonly bars: readonly string[];
  readonly beside: readonly JudgedFigure[];
}

export function statisticsFigures(result: StatisticsResult): Readonly<Record<string, FigureBlock>> {
  const groups = groupsOf(result.figures);
  const regret = groups.filter(({ head }) => head.name.startsWith('regret: '));
  const block = (make: () => string): FigureBlock => ({ command: result.command, exact: true, make });
  return {
    'statistics-regret': block(() => `${regretTable(regret)}\n\n${verdictOn(regret)}`),
    statistics: block(
      () =>
        `${figuresTable(groups.filter(group => !regret.includes(group)))}\n\n${barsReached(result, ', those of the regret among them')}`,
    ),
  };
}

export const STATISTICS_FIGURES: Readonly<Record<string, FigureBlock>> = statisticsFigures(readResult('statistics'));

/** Each figure with the figures that follow it. */
export function groupsOf(figures: readonly JudgedFigure[]): readonly Group[] {
  const groups: Group[] = [];
  for (const figure of figures) {
    const last = groups.at(-1);
    if (figure.name.startsWith(' ') && last !== undefined) {
      groups[groups.length - 1] = { ...last, beside: [...last.beside, { ...figure, name: figure.name.trim() }] };
    } else if (last?.head.name === figure.name) {
      // A figure that must be between two bars is listed once for each bar.
      groups[groups.length - 1] = { ...last, bars: [...last.bars, ...barOf(figure)] };
    } else groups.push({ head: figure, bars: barOf(figure), beside: [] });
  }
  return groups;
}

function barOf({ bar }: Figure): readonly string[] {
  return bar === undefined ? [] : [`${bar.is === 'at most' ? '≤' : '≥'} ${bar.value}`];
}

function withError(figure: Figure): string {
  const { standardError = 0 } = figure;
  return standardError === 0 ? figureText(figure) : `${figureText(figure)} ± ${figureDigits(figure, standardError)}`;
}

function worldOf({ head }: Group): string {
  return head.name.slice(head.name.indexOf(': ') + 2);
}

/** One row for each world, with a column for each rival. */
function regretTable(groups: readonly Group[]): string {
  const rivals = [...new Set(groups.flatMap(({ beside }) => beside.map(({ name }) => name)))];
  return markdownTable(
    ['world', 'router', 'bar', ...rivals],
    groups.map(group => {
      const lowest = Math.min(group.head.value, ...group.beside.map(({ value }) => value));
      const cell = (figure: Figure | undefined): string => {
        if (figure === undefined) return '';
        const text = `${figureDigits(figure)} ± ${figureDigits(figure, figure.standardError ?? 0)}`;
        return figure.value === lowest && group.beside.length > 0 ? `**${text}**` : text;
      };
      const others = rivals.map(rival => group.beside.find(({ name }) => name === rival));
      return [worldOf(group), cell(group.head), group.bars.join(', '), ...others.map(cell)];
    }),
  );
}

function verdictOn(groups: readonly Group[]): string {
  const compared = groups.filter(({ beside }) => beside.length > 0);
  const lost = compared.flatMap(group => {
    const lower = group.beside.filter(({ value }) => value < group.head.value);
    const told = lower.map(figure => `${figure.name} ${figureText(figure)}${isClose(figure, group.head)}`);
    return lower.length === 0 ? [] : [`- **${worldOf(group)}** (${figureText(group.head)}): ${told.join(', ')}`];
  });
  const verdict = `The router's regret is the lowest in ${compared.length - lost.length} of ${compared.length} worlds with rivals`;
  return lost.length === 0 ? `${verdict}.` : `${verdict}. Lower is\n\n${lost.join('\n')}`;
}

function isClose(x: Figure, y: Figure): string {
  const near = Math.abs(x.value - y.value) < 2 * Math.hypot(x.standardError ?? 0, y.standardError ?? 0);
  return near ? ' (within two standard errors)' : '';
}

function besideText(figure: JudgedFigure): string {
  const bar = barOf(figure).map(text => ` (bar ${text})`);
  return `${figure.name} ${withError(figure)}${bar.join('')}`;
}

export function figuresTable(groups: readonly Group[]): string {
  return markdownTable(
    ['figure', 'value', 'bar', 'beside it'],
    groups.map(({ head, bars, beside }) => [
      head.name,
      `${withError(head)}${head.note === undefined ? '' : ` (${head.note})`}`,
      bars.join(', '),
      beside.map(besideText).join('; '),
    ]),
  );
}

/** The number of bars that are reached, and the bars that are not. */
export function barsReached({ figures, seeds }: SeededResult, which = ''): string {
  const missed = figures.filter(({ passes }) => !passes);
  const bars = figures.filter(({ bar }) => bar !== undefined).length;
  const nameOf = (figure: JudgedFigure): string => {
    const head = groupsOf(figures.slice(0, figures.indexOf(figure) + 1)).at(-1)?.head ?? figure;
    return figure.name.startsWith(' ') ? `${head.name} – ${figure.name.trim()}` : figure.name;
  };
  const items = missed.map(
    figure => `- missed: ${nameOf(figure)} (${figureText(figure)}, bar ${barOf(figure).join()})`,
  );
  return [`${bars - missed.length} of ${bars} bars reached${which}; ${seeds} seeds.`, ...items].join('\n');
}
