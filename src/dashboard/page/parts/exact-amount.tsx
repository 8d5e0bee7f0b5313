/** A line of a bill: an amount to its last digit. */
import type { JSX } from 'preact';

export function ExactAmount({
  name,
  usd,
  isTotal = false,
}: {
  readonly name: string;
  readonly usd: string;
  readonly isTotal?: boolean;
}): JSX.Element {
  return (
    <div class={isTotal ? 'total' : undefined}>
      <dt>{name}</dt>
      <dd>{usd.startsWith('-') ? `−$${usd.slice(1)}` : `$${usd}`}</dd>
    </div>
  );
}
