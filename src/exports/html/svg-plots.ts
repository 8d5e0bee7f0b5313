/** Plots of the reports as SVG text, each with a label and colors for both schemes. Tables repeat the figures. */
import { escapeHtml } from './html-text.ts';
import { shortName } from './label-places.ts';
import type { Part } from './svg-figure.ts';
import { figure, labelBelow, px, roundStep, tickLabels, ticks, ticksIn, WIDTH } from './svg-figure.ts';

/**
 * One bar of parts that add up to the whole. Use {@link legend} for their names and amounts.
 *
 * @param scale the length of the bar, if bars are compared: 1 for the longest
 */
export function stackedBar(
  title: string,
  parts: readonly (Part & { readonly fraction: number; readonly label: string })[],
  scale = 1,
): string {
  const shown = parts.filter(part => part.fraction > 0);
  let x = 0;
  const bars = shown.map(({ name, colour, fraction, label }) => {
    const width = fraction * WIDTH * scale;
    const bar =
      `<rect x="${px(x)}" y="0" width="${px(Math.max(width - 1, 0.5))}" height="28" fill="var(--c${colour})">` +
      `<title>${escapeHtml(`${name}: ${label}`)}</title></rect>`;
    x += width;
    return bar;
  });
  return (
    `<svg class="bar" viewBox="0 0 ${WIDTH} 28" preserveAspectRatio="none" role="img" aria-label="${escapeHtml(title)}">` +
    `${bars.join('')}</svg>`
  );
}

/** The legend: names beside squares in their colors. */
export function legend(parts: readonly (Part & { readonly label?: string })[]): string {
  const items = parts.map(
    ({ name, colour, label }) =>
      `<li><span class="swatch c${colour}"></span>${escapeHtml(name)}${label === undefined ? '' : ` ${escapeHtml(label)}`}</li>`,
  );
  return `<ul class="legend">${items.join('')}</ul>`;
}

export interface Whisker extends Part {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** The figure as text, formatted as in the tables. */
  readonly label: string;
}

const ROW = 36;
/** Room for the dot of a figure at an end of the scale, and for half of the last tick's label. */
const ROOM = { left: 8, right: 30 };

/**
 * Draws each row as a dot with its interval, all on one scale from 0 to a round number. An interval that extends beyond the scale
 * ends in an arrow.
 */
export function whiskers(
  title: string,
  rows: readonly Whisker[],
  format: (value: number) => string,
  width = WIDTH,
): string {
  const bottom = rows.length * ROW;
  const known = rows.filter(row => Number.isFinite(row.value));
  // The scale ends at three times the largest figure: one very wide interval would make all others unreadable.
  const cap = 3 * Math.max(...known.map(row => row.value), 1e-12);
  const most = Math.min(
    cap,
    Math.max(...rows.map(row => (Number.isFinite(row.high) ? row.high : row.value || 0)), 1e-12),
  );
  const step = roundStep(most, width < 500 ? 3 : 5);
  const top = Math.ceil(most / step - 1e-9) * step;
  const scale = (value: number): number => ROOM.left + (Math.min(value, top) / top) * (width - ROOM.left - ROOM.right);
  const values = ticksIn(0, top, width < 500 ? 3 : 5);
  const labels = tickLabels(values, format);
  const grid = values.map(
    (tick, i) =>
      `<line class="grid" x1="${px(scale(tick))}" x2="${px(scale(tick))}" y1="0" y2="${bottom}"/>` +
      (tick === 0
        ? `<text class="tick" x="${px(scale(tick))}" y="${bottom + 14}">${escapeHtml(labels[i] ?? '')}</text>`
        : labelBelow(labels[i] ?? '', { x: scale(tick), y: bottom + 14, width })),
  );
  const marks = rows.map((row, i) => {
    const y = i * ROW + 26;
    const name = `<text class="label" x="${ROOM.left}" y="${y - 11}">${escapeHtml(`${shortName(row.name)}: ${row.label}`)}</text>`;
    if (!Number.isFinite(row.value)) return name;
    const x2 = scale(Number.isFinite(row.high) ? row.high : top);
    const arrow =
      row.high > top
        ? `<polygon class="cut" points="${px(x2)},${y - 5} ${px(x2 + 8)},${y} ${px(x2)},${y + 5}" fill="var(--c${row.colour})"><title>the interval goes on</title></polygon>`
        : '';
    return (
      `${name}<line x1="${px(scale(row.low))}" x2="${px(x2)}" y1="${y}" y2="${y}" stroke="var(--c${row.colour})" stroke-width="3"/>${arrow}` +
      `<circle cx="${px(scale(row.value))}" cy="${y}" r="5" fill="var(--c${row.colour})"/>`
    );
  });
  return figure(title, bottom + 20, grid.join('') + marks.join(''), width);
}

const PLOT_HEIGHT = 150;
/** Pixels left of a value axis, equal for plots below each other unless their labels are longer. */
const AXIS = 56;
/** Pixels between a value axis and its labels, and pixels per character of these labels. */
const GAP = 6;
const CHARACTER = 7;

/** The x axis: positions of the time steps from `left` on, with dates below. */
function timeAxis(
  moments: readonly number[],
  { format, left, whole }: { readonly format: (atMs: number) => string; readonly left: number; readonly whole: number },
) {
  const width = (whole - left) / Math.max(1, moments.length);
  const every = Math.max(1, Math.ceil(moments.length / (whole < 500 ? 4 : 6)));
  const labels = moments
    .map((atMs, i) => ({ atMs, i }))
    .filter(({ i }) => i % every === 0)
    .map(
      ({ atMs, i }) =>
        `<text class="tick" x="${px(left + i * width)}" y="${PLOT_HEIGHT + 14}"${isNearEnd(left + i * width, whole) ? ' text-anchor="end"' : ''}>${escapeHtml(format(atMs))}</text>`,
    );
  return { width, labels: labels.join(''), x: (i: number): number => left + i * width };
}

/** Whether a label that begins here would be cut by the frame. */
function isNearEnd(x: number, whole: number): boolean {
  return x > whole - LABEL;
}

/** Width of the longest label of a time, in pixels: `2026-11-27`, `11-27 14:00`. */
const LABEL = 76;

function valueAxis(
  top: number,
  format: (value: number) => string,
  whole: number,
): { left: number; y: (value: number) => number; grid: string } {
  const y = (value: number): number => 6 + (1 - Math.min(1, value / top)) * (PLOT_HEIGHT - 6);
  const values = ticks(top, 3);
  const labels = tickLabels(values, format);
  const left = Math.max(AXIS, GAP + CHARACTER * Math.max(...labels.map(label => label.length)));
  const lines = values.map(
    (tick, i) =>
      `<line class="grid" x1="${left}" x2="${whole}" y1="${px(y(tick))}" y2="${px(y(tick))}"/>` +
      `<text class="tick" x="${left - GAP}" y="${px(y(tick) + 4)}" text-anchor="end">${escapeHtml(labels[i] ?? '')}</text>`,
  );
  return { left, y, grid: lines.join('') };
}

/** One column per time step, of parts that add up to 100 %. */
export function stackedColumns(
  title: string,
  steps: readonly { readonly fromMs: number; readonly fractions: readonly number[] }[],
  {
    parts,
    format,
    width = WIDTH,
  }: { readonly parts: readonly Part[]; readonly format: (atMs: number) => string; readonly width?: number },
): string {
  const { left, y, grid } = valueAxis(1, value => `${Math.round(value * 100)} %`, width);
  const axis = timeAxis(
    steps.map(step => step.fromMs),
    { format, left, whole: width },
  );
  const columns = steps.map(({ fractions }, i) => {
    let below = 0;
    return fractions
      .map((fraction, k) => {
        if (!(fraction > 0)) return '';
        const from = y(below);
        below += fraction;
        const height = from - y(below);
        return `<rect x="${px(axis.x(i))}" y="${px(y(below))}" width="${px(axis.width + 0.3)}" height="${px(height)}" fill="var(--c${parts[k]?.colour ?? 0})"/>`;
      })
      .join('');
  });
  return figure(title, PLOT_HEIGHT + 20, columns.join('') + grid + axis.labels, width);
}

/** Draws a figure over time as a line, and its interval as a band. A time step without a figure is a gap. */
export function band(
  title: string,
  steps: readonly { readonly fromMs: number; readonly value: number; readonly low: number; readonly high: number }[],
  {
    format,
    formatMoment,
    width = WIDTH,
  }: {
    readonly format: (value: number) => string;
    readonly formatMoment: (atMs: number) => string;
    readonly width?: number;
  },
): string {
  const known = steps.filter(step => Number.isFinite(step.value));
  if (known.length === 0) return '';
  const values = known.map(step => step.value).sort((a, b) => a - b);
  const typical = values[Math.floor(values.length / 2)] ?? 0;
  const top = Math.max(...values, Math.min(4 * typical, Math.max(...known.map(step => step.high)))) * 1.05;
  const { left, y, grid } = valueAxis(top, format, width);
  const axis = timeAxis(
    steps.map(step => step.fromMs),
    { format: formatMoment, left, whole: width },
  );
  const marks = steps.map(({ value, low, high }, i) => {
    if (!Number.isFinite(value)) return '';
    const x = axis.x(i) + axis.width / 2;
    const bar = Math.max(2, axis.width - 1);
    // An interval that extends beyond the scale ends in an arrow.
    const arrow =
      high > top
        ? `<polygon class="cut" points="${px(x - 3)},6 ${px(x + 3)},6 ${px(x)},1" fill="var(--c0)"><title>the interval goes on</title></polygon>`
        : '';
    return (
      `<rect class="interval" x="${px(x - bar / 2)}" y="${px(y(high))}" width="${px(bar)}" height="${px(Math.max(1, y(low) - y(high)))}"/>` +
      `<circle class="dot" cx="${px(x)}" cy="${px(y(value))}" r="2.5"/>${arrow}`
    );
  });
  return figure(title, PLOT_HEIGHT + 20, grid + marks.join('') + axis.labels, width);
}
