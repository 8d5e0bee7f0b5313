/** The first rows of a long list on a phone, and the button that shows the rest. A wider screen shows all. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

/** A list is cut only if it is at least this much longer: a button in place of one row would save nothing. */
const SPARE = 2;

export interface FirstRows<Row> {
  readonly rows: readonly Row[];
  /** Absent where all rows are shown. */
  readonly all: JSX.Element | undefined;
}

/** @param most rows on a phone */
export function useFirstRows<Row>(rows: readonly Row[], most: number, name: string): FirstRows<Row> {
  // Whether all rows are shown is decided once: turning a phone does not fold rows that are being read.
  const [isAll, setAll] = useState(() => !matchMedia('(max-width: 40rem)').matches);
  if (isAll || rows.length <= most + SPARE) return { rows, all: undefined };
  const all = (
    <p>
      <button
        type="button"
        onClick={event => {
          // The button disappears, and would lose the focus.
          const list = event.currentTarget.parentElement?.previousElementSibling;
          [...(list?.querySelectorAll('a') ?? [])].at(-1)?.focus({ preventScroll: true });
          setAll(true);
        }}
      >
        Show all {rows.length} {name}
      </button>
    </p>
  );
  return { rows: rows.slice(0, most), all };
}
