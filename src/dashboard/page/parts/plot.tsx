/** Plots over time by uPlot, with an accessible name, redrawn when the width or the color scheme changes. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { PlotLine, PlotMark } from './plot-line.ts';
import { timeLabels } from './time-labels.ts';

export interface PlotProps {
  readonly title: string;
  /** Seconds since the epoch. */
  readonly times: readonly number[];
  readonly lines: readonly PlotLine[];
  readonly format: (value: number) => string;
  /** The figures of one step in words. Without a pointer, those of the last step. */
  readonly words: (step: number) => string;
  /** Ends of the value axis; default: from 0 to a little above the highest value. */
  readonly from?: number;
  readonly top?: number;
  /** Pairs of lines, by index; the area between them is the 95 % interval. */
  readonly bands?: readonly (readonly [number, number])[];
  readonly marks?: readonly PlotMark[];
  readonly height?: number;
}

export function Plot(props: PlotProps): JSX.Element {
  const container = useRef<HTMLDivElement>(null);
  const readout = useRef<HTMLParagraphElement>(null);
  const pointer = useRef<Pointer | undefined>(undefined);
  const { title, lines, bands, height = 200 } = props;
  useEffect(() => {
    const { current } = container;
    if (current === null) return undefined;
    let plot: uPlot | undefined;
    const show = (step: number | null | undefined, at?: Pointer): void => {
      pointer.current = at;
      if (readout.current !== null) readout.current.textContent = props.words(step ?? props.times.length - 1);
    };
    const draw = (): void => {
      const at = pointer.current;
      plot?.destroy();
      plot = new uPlot({ ...optionsOf(props, show, at), width: current.clientWidth, height }, dataOf(props), current);
      show(undefined, at);
    };
    draw();
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    const observer = new ResizeObserver(() => plot?.setSize({ width: current.clientWidth, height }));
    observer.observe(current);
    return () => {
      observer.disconnect();
      scheme.removeEventListener('change', draw);
      plot?.destroy();
    };
  }, [props.times, props.lines, props.top, props.from, props.marks]);
  return (
    <div class="figure-block">
      <ul class="legend">
        {lines
          .filter(({ shape }) => shape !== 'edge')
          .toReversed()
          .map(({ name, colour }) => (
            <li key={name}>
              <span class={`swatch back${colour}`} aria-hidden="true" />
              {name}
            </li>
          ))}
        {bands !== undefined && (
          <li>
            <span class="swatch back0 pale" aria-hidden="true" />
            95 % interval
          </li>
        )}
      </ul>
      <div class="plot" role="img" aria-label={title} ref={container} />
      <p class="readout" aria-hidden="true" ref={readout} />
    </div>
  );
}

/** Where the pointer is on the plot, in pixels: a redrawn plot shows the figures of the step there. */
interface Pointer {
  readonly left: number;
  readonly top: number;
}

function dataOf({ times, lines }: PlotProps): uPlot.AlignedData {
  return [[...times], ...lines.map(line => [...line.values])];
}

/** Pixels per character of a tick's label, and of the space beside it. */
const TICK_WIDTH = 7;
const TICK_ROOM = 14;

function optionsOf(
  props: PlotProps,
  show: (step: number | null | undefined, at?: Pointer) => void,
  at: Pointer | undefined,
): Omit<uPlot.Options, 'width' | 'height'> {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const font = '12px system-ui, sans-serif';
  const axis = {
    font,
    stroke: colour('--muted'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  };
  const { format, from = 0, top, bands, marks = [] } = props;
  const longest = (values: readonly string[] | null): number => Math.max(0, ...(values ?? []).map(text => text.length));
  return {
    tzDate: seconds => uPlot.tzDate(new Date(seconds * 1000), 'UTC'),
    padding: [20, 24, 0, 0],
    cursor: { drag: { x: false, y: false }, points: { size: 7 } },
    legend: { show: false },
    scales: {
      // A single step is one hour wide: uPlot would make it a thousand days.
      x: { range: (plot, first, last) => [first, plot.data[0].length > 1 ? last : first + 3_600] },
      y: {
        range: (_, __, high) => {
          // A scale of zero length would be divided into endless ticks, and the page would hang.
          const end = top ?? (high > 0 ? high * 1.05 : 1);
          return [from < end ? from : 0, Math.max(end, Number.MIN_VALUE)];
        },
      },
    },
    axes: [
      { ...axis, size: 30, space: 64, values: (_, times) => [...timeLabels(times)] },
      {
        ...axis,
        space: 36,
        size: (_, values) => TICK_ROOM + TICK_WIDTH * longest(values),
        values: (_, values) => values.map(value => format(value)),
      },
    ],
    ...(bands === undefined
      ? {}
      : {
          bands: bands.map(([upper, lower]) => ({
            series: [upper + 1, lower + 1] as uPlot.Band.Bounds,
            fill: `${colour('--c0')}33`,
          })),
        }),
    series: [{}, ...props.lines.map(line => seriesOf(line, colour(`--c${line.colour}`)))],
    hooks: {
      draw: [plot => drawMarks(plot, marks, { colour: colour('--fg'), font })],
      ready: [plot => at !== undefined && plot.setCursor(at)],
      setCursor: [
        ({ cursor: { left = -1, top = -1, idx } }) => (left < 0 ? show(undefined) : show(idx, { left, top })),
      ],
    },
  };
}

function seriesOf({ name, shape, values }: PlotLine, stroke: string): uPlot.Series {
  const isBars = shape === 'bars';
  const isSparse = values.length <= 60 && shape === undefined;
  return {
    label: name,
    stroke,
    width: shape === 'edge' || isBars ? 0 : 2,
    points: isSparse ? { show: true, size: 5, fill: stroke } : { show: false },
    ...(shape === 'area' || isBars ? { fill: stroke } : {}),
    ...(isBars && uPlot.paths.bars !== undefined ? { paths: uPlot.paths.bars({ size: [0.8, 40], align: 1 }) } : {}),
  };
}

/** A dashed line at each time, with its label above the plot, unless labels would overlap. */
function drawMarks(
  plot: uPlot,
  marks: readonly PlotMark[],
  { colour, font }: { readonly colour: string; readonly font: string },
): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.lineWidth = ratio;
  ctx.font = font.replace('12px', `${12 * ratio}px`);
  ctx.setLineDash([4 * ratio, 4 * ratio]);
  let labelledTo = -Infinity;
  for (const { at, label } of marks) {
    const x = plot.valToPos(at, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const width = ctx.measureText(label).width;
    const left = Math.min(Math.max(x - width / 2, bbox.left), bbox.left + bbox.width - width);
    if (left < labelledTo) continue;
    // The label is written above that of the highest tick, half of which is above the plot.
    ctx.fillText(label, left, bbox.top - 8 * ratio);
    labelledTo = left + width + 6 * ratio;
  }
  ctx.restore();
}
