/** Plots over time by uPlot, with an accessible name, redrawn when the width or the colour scheme changes. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { formatMoment } from '../../../core/report/wording.ts';
import type { PlotLine } from './plot-line.ts';

export interface PlotProps {
  readonly title: string;
  /** Seconds since the epoch. */
  readonly times: readonly number[];
  readonly lines: readonly PlotLine[];
  readonly format: (value: number) => string;
  /** Top of the value axis; default: a little above the highest value. */
  readonly top?: number;
  /** Pairs of lines, by index; the area between them is shaded. */
  readonly bands?: readonly (readonly [number, number])[];
  /** Times to mark with a dashed line, seconds since the epoch. */
  readonly marks?: readonly number[];
}

const HEIGHT = 200;

export function Plot(props: PlotProps): JSX.Element {
  const container = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const { current } = container;
    if (current === null) return undefined;
    let plot: uPlot | undefined;
    const draw = (): void => {
      plot?.destroy();
      plot = new uPlot(optionsOf(props, current.clientWidth), dataOf(props), current);
    };
    draw();
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    const observer = new ResizeObserver(() => plot?.setSize({ width: current.clientWidth, height: HEIGHT }));
    observer.observe(current);
    return () => {
      observer.disconnect();
      scheme.removeEventListener('change', draw);
      plot?.destroy();
    };
  }, [props.times, props.lines, props.top, props.marks]);
  return <div class="plot" role="img" aria-label={props.title} ref={container} />;
}

function dataOf({ times, lines }: PlotProps): uPlot.AlignedData {
  return [[...times], ...lines.map(line => [...line.values])];
}

function optionsOf(props: PlotProps, width: number): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const axis = { stroke: colour('--muted'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false } };
  const { format, top, bands, marks = [] } = props;
  return {
    width,
    height: HEIGHT,
    tzDate: seconds => uPlot.tzDate(new Date(seconds * 1000), 'UTC'),
    cursor: { drag: { x: false, y: false } },
    legend: { live: true },
    scales: { y: { range: (_, __, high) => [0, top ?? (high > 0 ? high * 1.05 : 1)] } },
    axes: [
      { ...axis, values: (_, times) => datesOf(times) },
      { ...axis, size: 70, values: (_, values) => values.map(value => format(value)) },
    ],
    ...(bands === undefined
      ? {}
      : {
          bands: bands.map(([upper, lower]) => ({
            series: [upper + 1, lower + 1] as uPlot.Band.Bounds,
            fill: `${colour('--c0')}40`,
          })),
        }),
    series: [
      { label: 'UTC' },
      ...props.lines.map((line): uPlot.Series => {
        const stroke = colour(`--c${line.colour}`);
        return {
          label: line.name,
          stroke,
          width: line.points === true ? 0 : line.edge === true ? 0.5 : 1.5,
          points: line.points === true ? { show: true, size: 6, fill: stroke } : { show: false },
          ...(line.filled === true ? { fill: stroke } : {}),
          value: (_, value) => (value === null ? '–' : format(value)),
        };
      }),
    ],
    hooks: { draw: [plot => drawMarks(plot, marks, colour('--fg'))] },
  };
}

/** `03-01`, with the hour where the axis shows parts of days. */
function datesOf(times: readonly number[]): string[] {
  const areDays = times.every(time => time % 86_400 === 0);
  return times.map(time => formatMoment(time * 1000).slice(5, areDays ? 10 : 16));
}

/** A dashed line at each time. */
function drawMarks(plot: uPlot, times: readonly number[], colour: string): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
  for (const time of times) {
    const x = plot.valToPos(time, 'x', true);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}
