/** A small line of a figure over time, without axes: it shows the shape; the figures beside it show the values. */
import type { JSX } from 'preact';

export function Spark(props: {
  readonly title: string;
  readonly values: readonly (number | null)[];
  readonly colour: number;
}): JSX.Element {
  const { title, values, colour } = props;
  const known = values.filter(value => value !== null);
  if (known.length < 2) return <span class="muted">too few days</span>;
  const top = Math.max(...known) || 1;
  const x = (i: number): number => (values.length < 2 ? 0 : (i / (values.length - 1)) * 98 + 1);
  const y = (value: number): number => 23 - (value / top) * 21;
  // A step without a figure interrupts the line.
  const path = values
    .map((value, i) =>
      value === null ? '' : `${(values[i - 1] ?? null) === null ? 'M' : 'L'}${x(i).toFixed(1)} ${y(value).toFixed(1)}`,
    )
    .join('');
  return (
    <svg class="spark" viewBox="0 0 100 24" preserveAspectRatio="none" role="img" aria-label={title}>
      <line x1="0" x2="100" y1="23.5" y2="23.5" class="base" />
      <path d={path} fill="none" class={`line${colour}`} />
    </svg>
  );
}
