/** The frame of every plot, as SVG text: its width, its name for screen readers, its colors and its ticks. */
import { escapeHtml } from './html-text.ts';

/** A part of a plot: its name, and its color as an index into the palette (`--c0` … of the page's style). */
export interface Part {
  readonly name: string;
  readonly colour: number;
}

export const WIDTH = 720;

/**
 * A plot of the given size. A plot of {@link WIDTH} scrolls sideways on a narrow screen instead of shrinking; a plot of any other
 * size was made for its place.
 */
export function figure(title: string, height: number, content: string, width = WIDTH): string {
  const name = escapeHtml(title);
  const svg = `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${name}">${content}</svg>`;
  if (width !== WIDTH) return svg.replace('<svg', `<svg width="${width}" height="${height}"`);
  return `<div class="scroll" tabindex="0" role="region" aria-label="${name}, plot">${svg}</div>`;
}

/** A coordinate with one digit after the point. */
export function px(value: number): string {
  return value.toFixed(1);
}

/** Maximum width of a character of a label, in pixels, at a font size of 12 pixels. */
const CHARACTER = 8;

/** The label of a tick below an axis: centered on the tick, or as near to it as the text fits into the plot. */
export function labelBelow(
  text: string,
  { x, y, width }: { readonly x: number; readonly y: number; readonly width: number },
): string {
  const inside = Math.min(x, width - (text.length * CHARACTER) / 2);
  return `<text class="tick" x="${px(inside)}" y="${y}" text-anchor="middle">${escapeHtml(text)}</text>`;
}

/** Round numbers from 0 up to `top`, `maxSteps` steps at most. */
export function ticks(top: number, maxSteps = 4): readonly number[] {
  return ticksIn(0, top, maxSteps);
}

/** Round numbers in a range, `maxSteps` steps at most. */
export function ticksIn(from: number, to: number, maxSteps: number): readonly number[] {
  if (!(to > from) || !Number.isFinite(to - from)) return [from];
  const step = roundStep(to - from, maxSteps);
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/**
 * The labels of ticks: as `format` writes them, or with more digits if two labels would be equal, or if a label would differ from
 * the value of its line.
 */
export function tickLabels(values: readonly number[], format: (value: number) => string): readonly string[] {
  const texts = values.map(format);
  const step = Math.min(...values.slice(1).map((value, i) => value - (values[i] ?? 0)));
  const isExact = texts.every((text, i) => {
    const read = readNumber(text);
    return read === undefined || Math.abs(read.value - Math.abs(values[i] ?? 0)) <= 0.01 * step;
  });
  if (values.length < 2 || (isExact && new Set(texts).size === texts.length)) return texts;
  const scale = texts.some(text => text.includes('%')) ? 100 : 1;
  const digits = digitsOf(step * scale);
  return texts.map((text, i) =>
    values[i] === 0 ? text : text.replace(NUMBER, (Math.abs(values[i] ?? 0) * scale).toFixed(digits)),
  );
}

const NUMBER = /\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?/;

/** The number in a label, without its sign: `$1,250`, `2.5 %`; `undefined` if it has no number. */
function readNumber(text: string): { readonly value: number } | undefined {
  const [number] = NUMBER.exec(text) ?? [];
  if (number === undefined) return undefined;
  return { value: Number(number.replaceAll(',', '')) / (text.includes('%') ? 100 : 1) };
}

/** Digits after the point that a round step needs. */
function digitsOf(step: number): number {
  for (let digits = 0; digits < MAX_DIGITS; digits++)
    if (Math.abs(Number(step.toFixed(digits)) - step) < step * 1e-6) return digits;
  return MAX_DIGITS;
}

const MAX_DIGITS = 12;

/** The narrowest round step that divides a length into at most this many parts. */
export function roundStep(length: number, maxSteps: number): number {
  const raw = length / maxSteps;
  const power = 10 ** Math.floor(Math.log10(raw));
  return ([1, 2, 2.5, 5, 10].find(each => each * power >= raw * (1 - 1e-9)) ?? 10) * power;
}
