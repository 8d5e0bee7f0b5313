/** One line per feature on what changed in the period. Features without a change share a line. */
import type { JSX } from 'preact';
import { Fragment } from 'preact';
import { FeatureLink } from './feature-link.tsx';
import type { OverviewFeature } from '../../messages.ts';

/** Lines shown before the others are folded: about one screen. */
const SHOWN = 8;

export function WhatChanged({ features }: { readonly features: readonly OverviewFeature[] }): JSX.Element {
  const isQuiet = ({ verdict: { kind, changedAtMs, sentence } }: OverviewFeature): boolean =>
    sentence === '' || (kind === 'same' && changedAtMs === undefined && sentence.split('. ').length === 1);
  const changed = features.filter(feature => !isQuiet(feature));
  const quiet = features.filter(isQuiet);
  const line = ({ feature, verdict }: OverviewFeature): JSX.Element => (
    <li key={feature} class={verdict.kind.replaceAll(' ', '-')}>
      <FeatureLink name={feature} />: {verdict.sentence}
    </li>
  );
  return (
    <section class="changed" aria-labelledby="changed">
      <h2 id="changed">What changed</h2>
      {changed.length > 0 && <ul>{changed.slice(0, SHOWN).map(line)}</ul>}
      {changed.length > SHOWN && (
        <details>
          <summary>{changed.length - SHOWN} more</summary>
          <ul>{changed.slice(SHOWN).map(line)}</ul>
        </details>
      )}
      {quiet.length > 0 && (
        <p>
          The outcomes show no change:{' '}
          {quiet.slice(0, SHOWN).map(({ feature }, i) => (
            <Fragment key={feature}>
              {i === 0 ? '' : ', '}
              <FeatureLink name={feature} />
            </Fragment>
          ))}
          {quiet.length > SHOWN ? ` and ${quiet.length - SHOWN} more` : ''}.
        </p>
      )}
    </section>
  );
}
