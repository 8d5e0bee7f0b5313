/** Plots of the offline report, as SVG text: what was spent against what succeeded, and what was lost over time. */
import { escapeHtml } from './html-text.ts';
import type { Part } from './svg-plots.ts';
import { ticks } from './svg-plots.ts';

const WIDTH = 720;
const HEIGHT = 300;
const LEFT = 64;
const BOTTOM = 44;
const TOP = 14;
const RIGHT = 16;

const fixed = (value: number): string => value.toFixed(1);

interface Axis {
  readonly from: number;
  readonly to: number;
  readonly title: string;
  readonly format: (value: number) => string;
}

function figure(title: string, content: string): string {
  const name = escapeHtml(title);
  return (
    `<div class="scroll" tabindex="0" role="region" aria-label="${name}, plot">` +
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${name}">${content}</svg></div>`
  );
}

function place({ from, to }: Axis, pixels: readonly [number, number]): (value: number) => number {
  const width = to > from ? to - from : 1;
  return value => pixels[0] + ((value - from) / width) * (pixels[1] - pixels[0]);
}

function axes(
  x: Axis,
  y: Axis,
): { readonly x: (v: number) => number; readonly y: (v: number) => number; readonly grid: string } {
  const atX = place(x, [LEFT, WIDTH - RIGHT]);
  const atY = place(y, [HEIGHT - BOTTOM, TOP]);
  const bottom = HEIGHT - BOTTOM;
  const vertical = ticksBetween(x).map(
    tick =>
      `<line class="grid" x1="${fixed(atX(tick))}" x2="${fixed(atX(tick))}" y1="${TOP}" y2="${bottom}"/>` +
      `<text class="tick" x="${fixed(atX(tick))}" y="${bottom + 16}" text-anchor="middle">${escapeHtml(x.format(tick))}</text>`,
  );
  const horizontal = ticksBetween(y).map(
    tick =>
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${fixed(atY(tick))}" y2="${fixed(atY(tick))}"/>` +
      `<text class="tick" x="${LEFT - 6}" y="${fixed(atY(tick) + 4)}" text-anchor="end">${escapeHtml(y.format(tick))}</text>`,
  );
  const titles =
    `<text class="tick" x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 6}" text-anchor="middle">${escapeHtml(x.title)}</text>` +
    `<text class="tick" x="4" y="${TOP - 2}">${escapeHtml(y.title)}</text>`;
  return { x: atX, y: atY, grid: vertical.join('') + horizontal.join('') + titles };
}

function ticksBetween({ from, to }: Axis): readonly number[] {
  return ticks(to - from, 5)
    .map(tick => from + tick)
    .filter(tick => tick <= to + 1e-12);
}

/** Limits a little outside of the values, on round numbers. */
function around(values: readonly number[]): readonly [number, number] {
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

/** Dots nobody beats on both counts: less on x, more on y; from the left. */
export function paretoFront<Point extends { readonly x: number; readonly y: number }>(
  dots: readonly Point[],
): readonly Point[] {
  const front: Point[] = [];
  for (const dot of [...dots].sort((a, b) => a.x - b.x || b.y - a.y)) {
    if (front.length === 0 || dot.y > (front.at(-1) as Point).y) front.push(dot);
  }
  return front;
}

/** Spend to the right, success upwards; the line joins those that nobody beats on both. */
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
  const [xFrom, xTo] = around(known.map(({ x }) => x));
  const [yFrom, yTo] = around(known.map(({ y }) => y));
  const at = axes(
    { from: Math.max(0, xFrom), to: xTo, title: 'spend per intent', format: formats.x },
    { from: Math.max(0, yFrom), to: Math.min(1, yTo), title: 'success', format: formats.y },
  );
  const front = paretoFront(known)
    .map(({ x, y }) => `${fixed(at.x(x))},${fixed(at.y(y))}`)
    .join(' ');
  const placed: { readonly x: number; readonly y: number }[] = [];
  const marks = known.map(({ name, colour, x, y }) => {
    const [cx, cy] = [at.x(x), at.y(y)];
    // Names that would lie on each other move down.
    let textY = cy - 8;
    while (placed.some(other => Math.abs(other.x - cx) < 110 && Math.abs(other.y - textY) < 12)) textY += 12;
    placed.push({ x: cx, y: textY });
    const end = cx > WIDTH - 150;
    return (
      `<circle cx="${fixed(cx)}" cy="${fixed(cy)}" r="5" fill="var(--c${colour})"><title>${escapeHtml(name)}</title></circle>` +
      `<text x="${fixed(end ? cx - 8 : cx + 8)}" y="${fixed(textY + 8)}" text-anchor="${end ? 'end' : 'start'}">${escapeHtml(name)}</text>`
    );
  });
  return figure(
    title,
    `${at.grid}<polyline points="${front}" fill="none" stroke="var(--muted)" stroke-dasharray="5 4"/>${marks.join('')}`,
  );
}

export interface Line extends Part {
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** Lines over time, each with its name at its end. */
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
  const at = axes(
    { from: 0, to: Math.max(...points.map(({ x }) => x)), title: labels.x, format: labels.formatX },
    { from: least, to: top, title: labels.y, format: labels.formatY },
  );
  const drawn = all.map(({ name, colour, points: own }, i) => {
    const path = own.map(({ x, y }) => `${fixed(at.x(x))},${fixed(at.y(y))}`).join(' ');
    // Beyond the palette, dashes tell lines of one colour apart.
    const dash = i >= 8 ? ' stroke-dasharray="4 3"' : '';
    return `<polyline points="${path}" fill="none" stroke="var(--c${colour})" stroke-width="2"${dash}><title>${escapeHtml(name)}</title></polyline>`;
  });
  return figure(title, at.grid + drawn.join(''));
}
