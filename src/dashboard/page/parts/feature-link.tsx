/** A link to the page of a feature. A long name may break after a dot. */
import type { JSX } from 'preact';
import { hashOf } from '../route.ts';

export function FeatureLink({ name }: { readonly name: string }): JSX.Element {
  const parts = name.split(/(?<=[.\-_/])/);
  return (
    <a class="feature-link" href={hashOf({ page: 'feature', feature: name })}>
      {parts.map((part, i) => (i === 0 ? part : [<wbr />, part]))}
    </a>
  );
}
