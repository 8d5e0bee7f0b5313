/** The latest intents of a feature, and the link to all of them. */
import type { JSX } from 'preact';
import type { IntentListMessage } from '../../messages.ts';
import { currentHash, periodInHash, periodQuery } from '../period-address.ts';
import { hashOf } from '../route.ts';
import { useAnswer } from '../server.ts';
import { Await } from './figures.tsx';
import { IntentRows } from './intent-rows.tsx';

const SHOWN = 10;

export function Intents({ feature, version }: { readonly feature: string; readonly version: number }): JSX.Element {
  const query = new URLSearchParams(`${periodQuery(periodInHash(currentHash()))}&limit=${SHOWN}`);
  query.set('feature', feature);
  const path = `api/intents?${String(query)}`;
  const answer = useAnswer<IntentListMessage>(path, version);
  const all = (more: Readonly<Record<string, string>>): string =>
    hashOf({ page: 'intents', filter: new URLSearchParams({ feature, ...more }) });
  return (
    <section aria-labelledby="intents">
      <h2 id="intents">Latest intents</h2>
      <Await answer={answer}>{({ intents }) => <IntentRows intents={intents} />}</Await>
      <p class="older">
        <a href={all({ outcome: 'failure' })}>Failed ones</a> <a href={all({})}>All intents of {feature}</a>
      </p>
    </section>
  );
}
