/** What needs attention, with its date and its feature, or the statement that nothing does. */
import type { JSX } from 'preact';
import type { Attention } from '../../../core/report/attention.ts';
import { FeatureLink } from './feature-link.tsx';

/** Alerts shown before the rest is folded. An alert that applies to many features is shown once. */
const SHOWN = 6;

export function AttentionList(props: {
  readonly items: readonly Attention[];
  /** Whether a running router was asked: the ledger knows neither circuits nor budgets. */
  readonly isRouterKnown: boolean;
  /** Whether the period has intents: without intents, the page cannot say that all is well. */
  readonly hasIntents: boolean;
}): JSX.Element {
  const { items, isRouterKnown, hasIntents } = props;
  return (
    <section aria-labelledby="attention">
      <h2 id="attention">Needs attention</h2>
      {items.length === 0 && (
        <p>
          {hasIntents
            ? 'Nothing: no change for the worse, every feature has outcomes.'
            : 'Not known: this period has no intents.'}
        </p>
      )}
      {items.length > 0 && <Alerts items={items.slice(0, SHOWN)} isLinked />}
      {items.length > SHOWN && (
        <details>
          <summary>{items.length - SHOWN} more</summary>
          <Alerts items={items.slice(SHOWN)} isLinked />
        </details>
      )}
      {!isRouterKnown && (
        <p class="muted small">
          Open circuits and budgets are known to the running router alone: mount the dashboard with <code>router</code>{' '}
          to see them here.
        </p>
      )}
    </section>
  );
}

export function Alerts({
  items,
  isLinked = false,
}: {
  readonly items: readonly Attention[];
  /** Whether the items link to their features. */
  readonly isLinked?: boolean;
}): JSX.Element {
  return (
    <ul class="attention">
      {items.map((item, i) => (
        <li key={keyOf(items, i)} class={item.severity}>
          <span class="tag">{item.severity === 'act' ? 'Decide' : 'Look'}</span>
          <span>
            {isLinked && item.feature !== undefined && (
              <>
                <FeatureLink name={item.feature} />:{' '}
              </>
            )}
            {item.sentence}
          </span>
        </li>
      ))}
    </ul>
  );
}

/**
 * The key does not use the sentence, whose figures change: the link in it would lose the focus with every change of the
 * ledger.
 */
function keyOf(items: readonly Attention[], at: number): string {
  const same = ({ kind, feature }: Attention): boolean => kind === items[at]?.kind && feature === items[at]?.feature;
  return `${items[at]?.kind} ${items[at]?.feature} ${items.slice(0, at).filter(same).length}`;
}
