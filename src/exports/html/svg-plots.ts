/** Plots as SVG text, without a script: labelled, readable in both colour schemes, and never the only place of a figure. */
import { escapeHtml } from './html-text.ts';

/** Something with a name and a place in the palette (`--c0` … of the page's style). */
export interface Part {
  readonly name: string;
  readonly colour: number;
}

const WIDTH = 720;

/** Round numbers that cover [0, top] in a few steps. */
export function ticks(top: number, most = 4): readonly number[] {
  if (!(top > 0) || !Number.isFinite(top)) return [0];
  const raw = top / most;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 2.5, 5, 10].find(each => each * power >= raw) ?? 10) * power;
  return Array.from({ length: Math.floor(top / step + 1e-9) + 1 }, (_, i) => Number((i * step).toPrecision(12)));
}

/** A plot that keeps its size on a phone, and can be moved sideways there. */
function figureOf(title: string, height: number, content: string): string {
  const name = escapeHtml(title);
  return (
    `<div class="scroll" tabindex="0" role="region" aria-label="${name}, plot">` +
    `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${name}">${content}</svg></div>`
  );
}

const fixed = (value: number): string => value.toFixed(1);

/** One bar of parts that add up to the whole, with the parts' names and amounts below it. */
export function stackedBar(
  title: string,
  parts: readonly (Part & { readonly share: number; readonly label: string })[],
): string {
  const shown = parts.filter(part => part.share > 0);
  let x = 0;
  const bars = shown.map(({ name, colour, share, label }) => {
    const width = share * WIDTH;
    const bar =
      `<rect x="${fixed(x)}" y="0" width="${fixed(Math.max(width - 1, 0.5))}" height="28" fill="var(--c${colour})">` +
      `<title>${escapeHtml(`${name}: ${label}`)}</title></rect>`;
    x += width;
    return bar;
  });
  return (
    `<svg class="bar" viewBox="0 0 ${WIDTH} 28" preserveAspectRatio="none" role="img" aria-label="${escapeHtml(title)}">` +
    `${bars.join('')}</svg>`
  );
}

/** Key to colours, as text beside squares. */
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
  /** The figure in words, as it is written everywhere else. */
  readonly label: string;
}

/** A dot with its interval per row, on one scale: figures are compared by whether their intervals meet. */
export function whiskers(title: string, rows: readonly Whisker[], format: (value: number) => string): string {
  const rowHeight = 36;
  const left = 4;
  const bottom = rows.length * rowHeight;
  const known = rows.filter(row => Number.isFinite(row.value));
  // One plan that nobody knows anything about must not squeeze all others into a corner.
  const cap = 3 * Math.max(...known.map(row => row.value), 1e-12);
  const top = Math.min(
    cap,
    Math.max(...rows.map(row => (Number.isFinite(row.high) ? row.high : row.value || 0)), 1e-12),
  );
  const scale = (value: number): number => left + (Math.min(value, top) / top) * (WIDTH - left - 12);
  const grid = ticks(top).map(
    tick =>
      `<line class="grid" x1="${fixed(scale(tick))}" x2="${fixed(scale(tick))}" y1="0" y2="${bottom}"/>` +
      `<text class="tick" x="${fixed(scale(tick))}" y="${bottom + 14}" text-anchor="${tick === 0 ? 'start' : 'middle'}">${escapeHtml(format(tick))}</text>`,
  );
  const marks = rows.map((row, i) => {
    const y = i * rowHeight + 26;
    const name = `<text class="label" x="${left + 2}" y="${y - 11}">${escapeHtml(`${row.name}: ${row.label}`)}</text>`;
    if (!Number.isFinite(row.value)) return name;
    const x2 = Number.isFinite(row.high) ? scale(row.high) : WIDTH;
    return (
      `${name}<line x1="${fixed(scale(row.low))}" x2="${fixed(x2)}" y1="${y}" y2="${y}" stroke="var(--c${row.colour})" stroke-width="3"/>` +
      `<circle cx="${fixed(scale(row.value))}" cy="${y}" r="5" fill="var(--c${row.colour})"/>`
    );
  });
  return figureOf(title, bottom + 20, grid.join('') + marks.join(''));
}

const PLOT_HEIGHT = 150;
const AXIS = 56;

/** Where steps of time lie, and their dates below. */
function timeAxis(moments: readonly number[], format: (atMs: number) => string) {
  const width = (WIDTH - AXIS) / Math.max(1, moments.length);
  const every = Math.max(1, Math.ceil(moments.length / 6));
  const labels = moments
    .map((atMs, i) => ({ atMs, i }))
    .filter(({ i }) => i % every === 0)
    .map(
      ({ atMs, i }) =>
        `<text class="tick" x="${fixed(AXIS + i * width)}" y="${PLOT_HEIGHT + 14}">${escapeHtml(format(atMs))}</text>`,
    );
  return { width, labels: labels.join(''), x: (i: number): number => AXIS + i * width };
}

function valueAxis(top: number, format: (value: number) => string): { y: (value: number) => number; grid: string } {
  const y = (value: number): number => 6 + (1 - Math.min(1, value / top)) * (PLOT_HEIGHT - 6);
  const lines = ticks(top, 3).map(
    tick =>
      `<line class="grid" x1="${AXIS}" x2="${WIDTH}" y1="${fixed(y(tick))}" y2="${fixed(y(tick))}"/>` +
      `<text class="tick" x="${AXIS - 6}" y="${fixed(y(tick) + 4)}" text-anchor="end">${escapeHtml(format(tick))}</text>`,
  );
  return { y, grid: lines.join('') };
}

/** What part of each step went where: columns of parts that add up to 100 %. */
export function shareColumns(
  title: string,
  steps: readonly { readonly fromMs: number; readonly shares: readonly number[] }[],
  { parts, format }: { readonly parts: readonly Part[]; readonly format: (atMs: number) => string },
): string {
  const axis = timeAxis(
    steps.map(step => step.fromMs),
    format,
  );
  const { y, grid } = valueAxis(1, value => `${Math.round(value * 100)} %`);
  const columns = steps.map(({ shares }, i) => {
    let below = 0;
    return shares
      .map((share, k) => {
        if (!(share > 0)) return '';
        const from = y(below);
        below += share;
        const height = from - y(below);
        return `<rect x="${fixed(axis.x(i))}" y="${fixed(y(below))}" width="${fixed(axis.width + 0.3)}" height="${fixed(height)}" fill="var(--c${parts[k]?.colour ?? 0})"/>`;
      })
      .join('');
  });
  return figureOf(title, PLOT_HEIGHT + 20, columns.join('') + grid + axis.labels);
}

/** A figure over time with its interval as a band; steps without a figure are gaps. */
export function band(
  title: string,
  steps: readonly { readonly fromMs: number; readonly value: number; readonly low: number; readonly high: number }[],
  {
    format,
    formatMoment,
  }: { readonly format: (value: number) => string; readonly formatMoment: (atMs: number) => string },
): string {
  const known = steps.filter(step => Number.isFinite(step.value));
  if (known.length === 0) return '';
  const values = known.map(step => step.value).sort((a, b) => a - b);
  const typical = values[Math.floor(values.length / 2)] ?? 0;
  const top = Math.max(...values, Math.min(4 * typical, Math.max(...known.map(step => step.high)))) * 1.05;
  const axis = timeAxis(
    steps.map(step => step.fromMs),
    formatMoment,
  );
  const { y, grid } = valueAxis(top, format);
  const marks = steps.map(({ value, low, high }, i) => {
    if (!Number.isFinite(value)) return '';
    const x = axis.x(i) + axis.width / 2;
    const width = Math.max(2, axis.width - 1);
    return (
      `<rect class="interval" x="${fixed(x - width / 2)}" y="${fixed(y(high))}" width="${fixed(width)}" height="${fixed(Math.max(1, y(low) - y(high)))}"/>` +
      `<circle class="dot" cx="${fixed(x)}" cy="${fixed(y(value))}" r="2.5"/>`
    );
  });
  return figureOf(title, PLOT_HEIGHT + 20, grid + marks.join('') + axis.labels);
}
