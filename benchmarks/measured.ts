/** Times, rates and memory that a benchmark measured: each with its spread and its bar, as text and in the form that is saved. */
import { loadavg } from 'node:os';
import { table } from './report.ts';
import type { Origin } from './results.ts';
import { saveResult, thisMachine } from './results.ts';
import type { Figure } from './statistics/check.ts';
import { passes } from './statistics/check.ts';

export interface MeasuredFigure {
  readonly name: string;
  readonly value: number;
  /** `×` for a ratio; empty for a count whose unit is in its name. */
  readonly unit: 'µs' | 'ms' | 's' | 'MB' | 'per second' | '×' | '';
  /** Of the runs whose median is the value. */
  readonly quartiles?: readonly [number, number];
  readonly bar?: NonNullable<Figure['bar']>;
}

export interface MeasuredResult extends Origin {
  /** Load of the machine, before and after: other processes share its cores and caches. */
  readonly load: readonly number[];
  readonly figures: readonly MeasuredFigure[];
}

export const MEASURED_HEAD: readonly string[] = ['figure', 'value', 'bar'];

/** Name, value with unit and quartiles, and bar of each figure. */
export function measuredRows(figures: readonly MeasuredFigure[]): readonly (readonly string[])[] {
  return figures.map(figure => {
    const { bar, quartiles } = figure;
    const spread = quartiles === undefined ? '' : ` (${quartiles.map(digits).join(' … ')})`;
    const missed = passes(figure) ? '' : ' (missed)';
    const barText =
      bar === undefined ? '' : `${bar.is === 'at most' ? '≤' : '≥'} ${bar.value.toLocaleString('en-US')}${missed}`;
    return [figure.name, `${valueText(figure)}${spread}`, barText];
  });
}

function valueText({ value, unit }: MeasuredFigure): string {
  if (unit === '×') return `×${digits(value)}`;
  return unit === '' ? digits(value) : `${digits(value)} ${unit}`;
}

function digits(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** Where and when it was measured, and which bars were missed. */
export function measuredSummary({ figures, load, machine }: MeasuredResult): string {
  const missed = figures.filter(figure => !passes(figure)).map(({ name }) => name);
  const verdict = missed.length === 0 ? 'No bar is missed.' : `Bars missed: ${missed.join('; ')}.`;
  const loads = load.map(each => each.toFixed(1)).join(' to ');
  return `On ${machine.cores} cores with Node ${machine.node}, at a load of ${loads}. ${verdict}`;
}

/** The flags of such a benchmark. */
export const MEASURED_FLAGS = {
  json: { type: 'boolean', default: false },
  'no-bars': { type: 'boolean', default: false },
  save: { type: 'string' },
} as const;

/** Runs a benchmark, and prints and keeps what it measured. The exit code says whether the bars are reached. */
export async function report(
  command: string,
  flags: { readonly json: boolean; readonly 'no-bars': boolean; readonly save?: string | undefined },
  measure: () => Promise<readonly MeasuredFigure[]>,
): Promise<void> {
  const load = [loadavg()[0] ?? Number.NaN];
  const figures = await measure();
  load.push(loadavg()[0] ?? Number.NaN);
  const result: MeasuredResult = { command, machine: thisMachine(), seconds: performance.now() / 1000, load, figures };
  if (flags.save !== undefined) saveResult(flags.save, result);
  if (flags.json) console.log(JSON.stringify(result, null, 2));
  else console.log(`${table(MEASURED_HEAD, measuredRows(figures))}\n${measuredSummary(result)}`);
  if (!flags['no-bars'] && !figures.every(passes)) process.exitCode = 1;
}
