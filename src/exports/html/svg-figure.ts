/** The frame of every plot, as SVG text: its width, its name for screen readers, its colours and its ticks. */
import { escapeHtml } from './html-text.ts';

/** A part of a plot: its name, and its colour as an index into the palette (`--c0` … of the page's style). */
export interface Part {
  readonly name: string;
  readonly colour: number;
}

export const WIDTH = 720;

/** A plot that scrolls sideways on a narrow screen instead of shrinking. */
export function figure(title: string, height: number, content: string): string {
  const name = escapeHtml(title);
  return (
    `<div class="scroll" tabindex="0" role="region" aria-label="${name}, plot">` +
    `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${name}">${content}</svg></div>`
  );
}

/** A coordinate with one digit after the point. */
export function px(value: number): string {
  return value.toFixed(1);
}

/** Round numbers from 0 up to `top`, `maxSteps` steps at most. */
export function ticks(top: number, maxSteps = 4): readonly number[] {
  if (!(top > 0) || !Number.isFinite(top)) return [0];
  const raw = top / maxSteps;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 2.5, 5, 10].find(each => each * power >= raw) ?? 10) * power;
  return Array.from({ length: Math.floor(top / step + 1e-9) + 1 }, (_, i) => Number((i * step).toPrecision(12)));
}
