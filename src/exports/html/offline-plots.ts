/** Lines over time of the offline report as SVG text: regret. */
import { escapeHtml } from './html-text.ts';
import { axes } from './svg-axes.ts';
import type { Part } from './svg-figure.ts';
import { figure, px, roundStep, WIDTH } from './svg-figure.ts';

const HEIGHT = 300;

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
  const step = roundStep(top - least, 5);
  const plot = axes(
    { from: 0, to: Math.max(...points.map(({ x }) => x)), title: labels.x, format: labels.formatX },
    {
      from: Math.floor(least / step + 1e-9) * step,
      to: Math.ceil(top / step - 1e-9) * step,
      title: labels.y,
      format: labels.formatY,
    },
    { width: WIDTH, height: HEIGHT },
  );
  const drawn = all.map(({ name, colour, points: own }, i) => {
    const path = own.map(({ x, y }) => `${px(plot.x(x))},${px(plot.y(y))}`).join(' ');
    // The palette has 8 colors; from the ninth line on, dashes distinguish lines of one color.
    const dash = i >= 8 ? ' stroke-dasharray="4 3"' : '';
    return `<polyline points="${path}" fill="none" stroke="var(--c${colour})" stroke-width="2"${dash}><title>${escapeHtml(name)}</title></polyline>`;
  });
  return figure(title, HEIGHT, plot.grid + drawn.join(''));
}
