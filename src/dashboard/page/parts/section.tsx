/** A section of a page with the period of its figures. On a phone it is folded until the reader opens it. */
import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';

export function Section(props: {
  readonly id: string;
  readonly title: string;
  /** The time of its figures: a period, or now. */
  readonly of: string;
  /** Open on a phone too. */
  readonly isFirst?: boolean;
  readonly children: ComponentChildren;
}): JSX.Element {
  const { id, title, of, isFirst = false, children } = props;
  // Whether the section is open is decided once: turning a phone does not fold a section that is being read.
  const [isOpen, setOpen] = useState(() => isFirst || !matchMedia('(max-width: 40rem)').matches);
  return (
    <details class="section" open={isOpen} onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>
        <h2 id={id}>
          {title} <span class="of">{of}</span>
        </h2>
      </summary>
      {isOpen && children}
    </details>
  );
}
