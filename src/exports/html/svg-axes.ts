/** The two axes of a plot as SVG text: scales from values to pixels, and a grid with labels at round numbers. */
import { escapeHtml } from './html-text.ts';
import { labelBelow, px, tickLabels, ticksIn } from './svg-figure.ts';

const LEFT = 64;
const BOTTOM = 44;
const TOP = 28;
const RIGHT = 30;

export interface Axis {
  readonly from: number;
  readonly to: number;
  readonly title: string;
  readonly format: (value: number) => string;
}

/** Pixels. */
export interface PlotSize {
  readonly width: number;
  readonly height: number;
}

export interface Axes {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  readonly grid: string;
  /** The area for marks, pixels. */
  readonly frame: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };
}

export function axes(x: Axis, y: Axis, { width, height }: PlotSize): Axes {
  const frame = { left: LEFT, right: width - RIGHT, top: TOP, bottom: height - BOTTOM };
  const xOf = scale(x, [frame.left, frame.right]);
  const yOf = scale(y, [frame.bottom, frame.top]);
  const { bottom } = frame;
  const [xTicks, yTicks] = [ticksIn(x.from, x.to, width < 500 ? 4 : 6), ticksIn(y.from, y.to, 5)];
  const [xLabels, yLabels] = [tickLabels(xTicks, x.format), tickLabels(yTicks, y.format)];
  const vertical = xTicks.map(
    (tick, i) =>
      `<line class="grid" x1="${px(xOf(tick))}" x2="${px(xOf(tick))}" y1="${TOP}" y2="${bottom}"/>` +
      labelBelow(xLabels[i] ?? '', { x: xOf(tick), y: bottom + 16, width }),
  );
  const horizontal = yTicks.map(
    (tick, i) =>
      `<line class="grid" x1="${LEFT}" x2="${frame.right}" y1="${px(yOf(tick))}" y2="${px(yOf(tick))}"/>` +
      `<text class="tick" x="${LEFT - 6}" y="${px(yOf(tick) + 4)}" text-anchor="end">${escapeHtml(yLabels[i] ?? '')}</text>`,
  );
  const titles =
    `<text class="tick" x="${(LEFT + frame.right) / 2}" y="${height - 6}" text-anchor="middle">${escapeHtml(x.title)}</text>` +
    `<text class="tick" x="4" y="${TOP - 16}">${escapeHtml(y.title)}</text>`;
  return { x: xOf, y: yOf, grid: vertical.join('') + horizontal.join('') + titles, frame };
}

function scale({ from, to }: Axis, pixels: readonly [number, number]): (value: number) => number {
  const width = to > from ? to - from : 1;
  return value => pixels[0] + ((value - from) / width) * (pixels[1] - pixels[0]);
}
