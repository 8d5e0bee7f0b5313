/** The banner while the page's server does not answer: since when, and how to reconnect. Nothing can be changed until then. */
import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { LedgerVersion } from '../server.ts';

export function LiveState({
  ledger: { connected, lostSinceMs },
  isReadOnly,
}: {
  readonly ledger: LedgerVersion;
  readonly isReadOnly: boolean;
}): JSX.Element {
  const words = connected ? 'live' : lostSinceMs === undefined ? 'connecting' : 'not connected';
  return (
    <p class="live" role="status">
      <span class={connected ? 'dot on' : 'dot'} aria-hidden="true" />
      {words}
      {isReadOnly && ', read only'}
    </p>
  );
}

export function Disconnected(props: {
  readonly ledger: LedgerVersion;
  /** The command that starts this dashboard; absent where an application serves it. */
  readonly command: string | undefined;
}): JSX.Element | null {
  const { ledger, command } = props;
  if (ledger.lostSinceMs === undefined) return null;
  return (
    <p class="warn banner" role="alert" id="disconnected">
      <strong>Not connected since {timeOf(ledger.lostSinceMs)}.</strong> The figures are from that time, and nothing can
      be changed.{' '}
      {command === undefined ? (
        'The page connects again by itself; if it does not, reload it: you may have to sign in again.'
      ) : (
        <>
          Start <code>{command}</code> and open the new link.
        </>
      )}
    </p>
  );
}

/** The time by the reader's own clock, to the minute. */
function timeOf(atMs: number): string {
  return new Date(atMs).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}

/**
 * Every button, slider and field in it is disabled while the server does not answer, and the banner says why. A browser removes
 * the focus from a disabled element, so the focus is restored afterwards.
 */
export function Controllable({
  isLost,
  children,
}: {
  readonly isLost: boolean;
  readonly children: ComponentChildren;
}): JSX.Element {
  const had = useRef<Element | null>(null);
  // The focused element is read before the elements are disabled, which removes the focus.
  const { activeElement: before } = document;
  useLayoutEffect(() => {
    if (isLost) had.current = before;
    else if (document.activeElement === document.body && had.current instanceof HTMLElement)
      had.current.focus({ preventScroll: true });
  }, [isLost]);
  return (
    <fieldset
      class={isLost ? 'all stale' : 'all'}
      disabled={isLost}
      aria-describedby={isLost ? 'disconnected' : undefined}
    >
      {children}
    </fieldset>
  );
}
