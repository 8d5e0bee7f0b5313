/** One figure over time with its 95 % interval, below its name: an amount, or a rate. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Figure } from '../../../core/math/interval.ts';
import { formatFigure, formatPercent, formatUsd, formatWhole } from '../../../core/report/wording.ts';
import type { PlotProps } from './plot.tsx';
import { Plot } from './plot.tsx';
import { INTERVAL_BAND, intervalLines } from './series.ts';

export interface FigurePlotProps<Step> extends Pick<PlotProps, 'times' | 'marks' | 'height'> {
  readonly name: string;
  /** A rate has an axis up to 100 %, amounts in USD have one from 0. */
  readonly kind: 'rate' | 'amount';
  /** The owner of the figure: `all features`. */
  readonly of: string;
  readonly steps: readonly Step[];
  readonly figureOf: (step: Step) => Figure;
  /** The time of a step, by its index. */
  readonly at: (step: number) => string;
}

export function FigurePlot<Step>(props: FigurePlotProps<Step>): JSX.Element {
  const { name, kind, of, steps, figureOf, at, ...rest } = props;
  const lines = useMemo(() => intervalLines(name, steps.map(figureOf)), [steps]);
  const isRate = kind === 'rate';
  const asWords = isRate ? formatPercent : formatUsd;
  return (
    <div>
      <h3>{name}</h3>
      <Plot
        {...rest}
        title={`${name}${isRate ? ' rate' : ''} of ${of} over time; the figures are in the table below`}
        lines={lines}
        bands={INTERVAL_BAND}
        format={isRate ? formatWhole : formatUsd}
        {...(isRate ? { from: tenthBelow(steps.map(figureOf)), top: 1 } : {})}
        words={step => `${at(step)}: ${formatFigure(figureOf(steps[step] as Step), asWords)}`}
      />
    </div>
  );
}

/** The next lower tenth below every displayed limit; 0 if there is none. */
function tenthBelow(rates: readonly Figure[]): number {
  const lows = rates.filter(({ value }) => !Number.isNaN(value)).map(({ low }) => low);
  return lows.length === 0 ? 0 : Math.max(0, Math.floor(Math.min(...lows) * 10) / 10);
}
