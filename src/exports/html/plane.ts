/** Cost against success rate as SVG text: dots with their intervals and shares, and the Pareto front. */
import { escapeHtml } from './html-text.ts';
import type { Box } from './label-places.ts';
import { labelPlaces, shortName } from './label-places.ts';
import type { Axes, PlotSize } from './svg-axes.ts';
import { axes } from './svg-axes.ts';
import type { Part } from './svg-figure.ts';
import { figure, px, roundStep, WIDTH } from './svg-figure.ts';

export interface Dot extends Part {
  readonly x: number;
  readonly y: number;
  /** 95 % intervals of both values, where they are known. */
  readonly xRange?: readonly [number, number];
  readonly yRange?: readonly [number, number];
  /** The fraction of the intents, 0 to 1, as the area of the dot. */
  readonly share?: number;
}

interface PlaneOptions extends Partial<PlotSize> {
  readonly x: (value: number) => string;
  readonly y: (value: number) => string;
  readonly xTitle?: string;
}

const HEIGHT = 300;

/** Points on the Pareto front (lower x, higher y), left to right. */
export function paretoFront<Point extends { readonly x: number; readonly y: number }>(
  dots: readonly Point[],
): readonly Point[] {
  const front: Point[] = [];
  for (const dot of [...dots].sort((a, b) => a.x - b.x || b.y - a.y)) {
    if (front.length === 0 || dot.y > (front.at(-1) as Point).y) front.push(dot);
  }
  return front;
}

/** A scatter plot of spend (x) and success (y), with the Pareto front as a dashed line. Empty if there are no dots. */
export function costAgainstSuccess(title: string, dots: readonly Dot[], options: PlaneOptions): string {
  const { width = WIDTH, height = HEIGHT, xTitle = 'model spend per intent' } = options;
  const known = dots.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  if (known.length === 0) return '';
  const [xFrom, xTo] = limitsAround(
    known.map(({ x }) => x),
    known.flatMap(({ xRange }) => xRange ?? []),
    6,
  );
  const [yFrom, yTo] = limitsAround(
    known.map(({ y }) => y),
    known.flatMap(({ yRange }) => yRange ?? []),
    5,
    LEAST_SUCCESS,
  );
  const plot = axes(
    { from: Math.max(0, xFrom), to: xTo, title: xTitle, format: options.x },
    { from: Math.max(0, yFrom), to: Math.min(1, yTo), title: 'success', format: options.y },
    { width, height },
  );
  const front = paretoFront(known)
    .map(({ x, y }) => `${px(plot.x(x))},${px(plot.y(y))}`)
    .join(' ');
  const places = labelPlaces(
    known.map(({ name, x, y, share }) => ({
      name: shortName(name),
      x: plot.x(x),
      y: plot.y(y),
      radius: radius(share),
    })),
    plot.frame,
    known.flatMap(dot => crossOf(dot, plot)),
  );
  const marks = known.map((dot, i) => {
    const [cx, cy] = [plot.x(dot.x), plot.y(dot.y)];
    const place = places[i] as (typeof places)[number];
    const leader = place.isFar
      ? `<line class="leader" x1="${px(cx)}" y1="${px(cy)}" x2="${px(place.x)}" y2="${px(place.y - 4)}"/>`
      : '';
    return (
      `${ranges(dot, plot)}${leader}` +
      `<circle cx="${px(cx)}" cy="${px(cy)}" r="${px(radius(dot.share))}" fill="var(--c${dot.colour})"><title>${escapeHtml(dot.name)}</title></circle>` +
      `<text class="name" x="${px(place.x)}" y="${px(place.y)}" text-anchor="${place.anchor}">${escapeHtml(shortName(dot.name))}</text>`
    );
  });
  return figure(
    title,
    height,
    `${plot.grid}<polyline points="${front}" fill="none" stroke="var(--muted)" stroke-dasharray="5 4"/>${marks.join('')}`,
    width,
  );
}

/** The share determines the area of the dot; a dot without a share is still visible. */
function radius(share: number | undefined): number {
  return share === undefined ? 5 : 3 + 9 * Math.sqrt(share);
}

/** The lines of both intervals, cut at the frame: as boxes that names avoid. */
function crossOf({ x, y, xRange, yRange }: Dot, { x: xOf, y: yOf, frame }: Axes): readonly Box[] {
  const inX = (value: number): number => Math.min(frame.right, Math.max(frame.left, xOf(value)));
  const inY = (value: number): number => Math.min(frame.bottom, Math.max(frame.top, yOf(value)));
  return [
    ...(xRange === undefined ? [] : [{ left: inX(xRange[0]), right: inX(xRange[1]), top: yOf(y), bottom: yOf(y) + 1 }]),
    ...(yRange === undefined ? [] : [{ left: xOf(x), right: xOf(x) + 1, top: inY(yRange[1]), bottom: inY(yRange[0]) }]),
  ];
}

function ranges(dot: Dot, plot: Axes): string {
  const lines = crossOf(dot, plot).map(({ left, right, top, bottom }) => {
    const isFlat = bottom - top === 1;
    const [x2, y2] = isFlat ? [right, top] : [left, bottom];
    return `<line class="range" x1="${px(left)}" y1="${px(top)}" x2="${px(x2)}" y2="${px(y2)}" stroke="var(--c${dot.colour})"/>`;
  });
  return lines.join('') + arrowsOf(dot, plot);
}

/** An interval that extends beyond the frame ends in an arrow there. */
function arrowsOf({ x, y, colour, xRange, yRange }: Dot, { x: xOf, y: yOf, frame }: Axes): string {
  const { left, right, top, bottom } = frame;
  const [cx, cy] = [xOf(x), yOf(y)];
  const arrow = (points: readonly (readonly [number, number])[]): string =>
    `<polygon class="cut" points="${points.map(([a, b]) => `${px(a)},${px(b)}`).join(' ')}" fill="var(--c${colour})"><title>the interval goes on</title></polygon>`;
  const sideways = (at: number, by: number): string =>
    arrow([
      [at, cy - ARROW],
      [at + by, cy],
      [at, cy + ARROW],
    ]);
  const upright = (at: number, by: number): string =>
    arrow([
      [cx - ARROW, at],
      [cx, at + by],
      [cx + ARROW, at],
    ]);
  return [
    xRange !== undefined && xOf(xRange[0]) < left - PIXEL ? sideways(left, -2 * ARROW) : '',
    xRange !== undefined && xOf(xRange[1]) > right + PIXEL ? sideways(right, 2 * ARROW) : '',
    yRange !== undefined && yOf(yRange[1]) < top - PIXEL ? upright(top, -2 * ARROW) : '',
    yRange !== undefined && yOf(yRange[0]) > bottom + PIXEL ? upright(bottom, 2 * ARROW) : '',
  ].join('');
}

/** Half of an arrow's width, pixels. */
const ARROW = 4;
/** An interval that is cut by less than this many pixels does not look cut. */
const PIXEL = 0.5;

/** The ends of intervals widen the axis by at most this many spreads of the values: a wide interval would compress all dots. */
const RANGE_PER_SPREAD = 1;

/** Smallest range of the axis: rates that differ by less are drawn as equal, because all ticks would have the same label. */
const LEAST_SUCCESS = 0.02;

/** Axis limits: round numbers a little outside the values. */
function limitsAround(
  values: readonly number[],
  ends: readonly number[],
  steps: number,
  leastSpread = 0,
): readonly [number, number] {
  const least = Math.min(...values);
  const most = Math.max(...values);
  const spread = Math.max(leastSpread, most > least ? most - least : Math.abs(most) * 0.2 || 1);
  const shown = ends.map(end =>
    Math.min(most + RANGE_PER_SPREAD * spread, Math.max(least - RANGE_PER_SPREAD * spread, end)),
  );
  const low = Math.min(least - 0.08 * spread, ...shown);
  const high = Math.max(most + 0.08 * spread, ...shown);
  const step = roundStep(high - low, steps);
  return [Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step];
}
