/** Links to the sections of a long page, on a phone. The address does not change, because it names the page. */
import type { JSX } from 'preact';

export function Jump({ to }: { readonly to: readonly (readonly [id: string, name: string])[] }): JSX.Element {
  return (
    <nav class="jump" aria-label="On this page">
      {to.map(([id, name]) => (
        <button key={id} type="button" onClick={() => reveal(id)}>
          {name}
        </button>
      ))}
    </nav>
  );
}

/** Scrolls to the heading with this id, opens its folded section, and moves the focus there. */
function reveal(id: string): void {
  const heading = document.getElementById(id);
  if (heading === null) return;
  const fold = heading.closest('details');
  if (fold !== null) fold.open = true;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  heading.scrollIntoView({ block: 'start' });
}
