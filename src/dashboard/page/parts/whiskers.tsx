/** Figures with their intervals on one scale. Intervals that do not overlap differ; overlapping ones may or may not. */
import type { JSX } from 'preact';
import type { Figure } from '../../../core/math/interval.ts';
import { formatFigure } from '../../../core/report/wording.ts';

export interface WhiskerRow {
  readonly name: string;
  readonly colour: number;
  readonly figure: Figure;
}

/** The scale ends at this many times the largest figure at most. */
const CAP_PER_VALUE = 3;

export function Whiskers(props: {
  readonly title: string;
  readonly rows: readonly WhiskerRow[];
  readonly format: (value: number) => string;
}): JSX.Element {
  const { title, rows, format } = props;
  // The wide interval of a plan with few outcomes must not compress all others.
  const cap = CAP_PER_VALUE * Math.max(...rows.map(row => row.figure.value), 1e-12);
  const top = Math.min(cap, Math.max(...rows.map(row => row.figure.high), 1e-12));
  const positionOf = (value: number): number => (100 * Math.min(value, top)) / top;
  return (
    <ul class="whiskers" aria-label={title}>
      {rows.map(({ name, colour, figure }) => (
        <li key={name}>
          <span class="name">{name}</span>
          <span class="figure">{formatFigure(figure, format)}</span>
          <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
            <rect x="0" y="4.75" width="100" height=".5" class="rail" />
            <rect
              x={positionOf(figure.low)}
              y="3"
              width={Math.max(0.3, positionOf(figure.high) - positionOf(figure.low))}
              height="4"
              class={`fill${colour}`}
              opacity=".55"
            />
            <rect
              x={Math.max(0, positionOf(figure.value) - 0.3)}
              y="0"
              width=".6"
              height="10"
              class={`fill${colour}`}
            />
          </svg>
        </li>
      ))}
    </ul>
  );
}
