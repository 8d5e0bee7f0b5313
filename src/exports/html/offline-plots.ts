/** Plots of the offline report as SVG text: spend against success, and regret over time. */
import { escapeHtml } from './html-text.ts';
import type { Part } from './svg-figure.ts';
import { figure, px, ticks, WIDTH } from './svg-figure.ts';

const HEIGHT = 300;
const LEFT = 64;
const BOTTOM = 44;
const TOP = 14;
const RIGHT = 16;

interface Axis {
  readonly from: number;
  readonly to: number;
  readonly title: string;
  readonly format: (value: number) => string;
}

/** A function from values to pixels. */
function scale({ from, to }: Axis, pixels: readonly [number, number]): (value: number) => number {
  const width = to > from ? to - from : 1;
  return value => pixels[0] + ((value - from) / width) * (pixels[1] - pixels[0]);
}

function axes(
  x: Axis,
  y: Axis,
): { readonly x: (v: number) => number; readonly y: (v: number) => number; readonly grid: string } {
  const xOf = scale(x, [LEFT, WIDTH - RIGHT]);
  const yOf = scale(y, [HEIGHT - BOTTOM, TOP]);
  const bottom = HEIGHT - BOTTOM;
  const vertical = ticksBetween(x).map(
    tick =>
      `<line class="grid" x1="${px(xOf(tick))}" x2="${px(xOf(tick))}" y1="${TOP}" y2="${bottom}"/>` +
      `<text class="tick" x="${px(xOf(tick))}" y="${bottom + 16}" text-anchor="middle">${escapeHtml(x.format(tick))}</text>`,
  );
  const horizontal = ticksBetween(y).map(
    tick =>
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${px(yOf(tick))}" y2="${px(yOf(tick))}"/>` +
      `<text class="tick" x="${LEFT - 6}" y="${px(yOf(tick) + 4)}" text-anchor="end">${escapeHtml(y.format(tick))}</text>`,
  );
  const titles =
    `<text class="tick" x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 6}" text-anchor="middle">${escapeHtml(x.title)}</text>` +
    `<text class="tick" x="4" y="${TOP - 2}">${escapeHtml(y.title)}</text>`;
  return { x: xOf, y: yOf, grid: vertical.join('') + horizontal.join('') + titles };
}

function ticksBetween({ from, to }: Axis): readonly number[] {
  return ticks(to - from, 5)
    .map(tick => from + tick)
    .filter(tick => tick <= to + 1e-12);
}

/** Axis limits: round numbers a little outside the values. */
function limitsAround(values: readonly number[]): readonly [number, number] {
  const least = Math.min(...values);
  const most = Math.max(...values);
  const margin = most > least ? 0.08 * (most - least) : Math.abs(most) * 0.1 || 1;
  const step = 10 ** Math.floor(Math.log10(most - least + 2 * margin) - 0.5);
  return [Math.floor((least - margin) / step) * step, Math.ceil((most + margin) / step) * step];
}

export interface Dot extends Part {
  readonly x: number;
  readonly y: number;
}

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

/** A scatter plot of spend (x) and success (y), with the Pareto front as a line. */
export function costAgainstSuccess(
  title: string,
  dots: readonly Dot[],
  formats: {
    readonly x: (value: number) => string;
    readonly y: (value: number) => string;
  },
): string {
  const known = dots.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  if (known.length === 0) return '';
  const [xFrom, xTo] = limitsAround(known.map(({ x }) => x));
  const [yFrom, yTo] = limitsAround(known.map(({ y }) => y));
  const plot = axes(
    { from: Math.max(0, xFrom), to: xTo, title: 'spend per intent', format: formats.x },
    { from: Math.max(0, yFrom), to: Math.min(1, yTo), title: 'success', format: formats.y },
  );
  const front = paretoFront(known)
    .map(({ x, y }) => `${px(plot.x(x))},${px(plot.y(y))}`)
    .join(' ');
  const placed: { readonly x: number; readonly y: number }[] = [];
  const marks = known.map(({ name, colour, x, y }) => {
    const [cx, cy] = [plot.x(x), plot.y(y)];
    // Moves a name down while it would overlap another.
    let textY = cy - 8;
    while (placed.some(other => Math.abs(other.x - cx) < 110 && Math.abs(other.y - textY) < 12)) textY += 12;
    placed.push({ x: cx, y: textY });
    const end = cx > WIDTH - 150;
    return (
      `<circle cx="${px(cx)}" cy="${px(cy)}" r="5" fill="var(--c${colour})"><title>${escapeHtml(name)}</title></circle>` +
      `<text x="${px(end ? cx - 8 : cx + 8)}" y="${px(textY + 8)}" text-anchor="${end ? 'end' : 'start'}">${escapeHtml(name)}</text>`
    );
  });
  return figure(
    title,
    HEIGHT,
    `${plot.grid}<polyline points="${front}" fill="none" stroke="var(--muted)" stroke-dasharray="5 4"/>${marks.join('')}`,
  );
}

export interface Line extends Part {
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** One line per series. */
export function lines(
  title: string,
  all: readonly Line[],
  labels: {
    readonly x: string;
    readonly y: string;
    readonly formatX: (value: number) => string;
    readonly formatY: (value: number) => string;
  },
): string {
  const points = all.flatMap(line => line.points);
  if (points.length === 0) return '';
  const top = Math.max(...points.map(({ y }) => y), 1e-12);
  const least = Math.min(...points.map(({ y }) => y), 0);
  const plot = axes(
    { from: 0, to: Math.max(...points.map(({ x }) => x)), title: labels.x, format: labels.formatX },
    { from: least, to: top, title: labels.y, format: labels.formatY },
  );
  const drawn = all.map(({ name, colour, points: own }, i) => {
    const path = own.map(({ x, y }) => `${px(plot.x(x))},${px(plot.y(y))}`).join(' ');
    // The palette has 8 colours; from the ninth line on, dashes distinguish lines of one colour.
    const dash = i >= 8 ? ' stroke-dasharray="4 3"' : '';
    return `<polyline points="${path}" fill="none" stroke="var(--c${colour})" stroke-width="2"${dash}><title>${escapeHtml(name)}</title></polyline>`;
  });
  return figure(title, HEIGHT, plot.grid + drawn.join(''));
}
