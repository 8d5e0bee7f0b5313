/** All intents of the ledger: search by id, filters, and pages back to the first one. The address has the filter and the page. */
import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { formatMoment } from '../../../core/report/wording.ts';
import type { IntentChoicesMessage, IntentListMessage } from '../../messages.ts';
import { Await } from '../parts/figures.tsx';
import { IntentRows } from '../parts/intent-rows.tsx';
import { hashOf } from '../route.ts';
import { useAnswer } from '../server.ts';

export function IntentsPage({
  filter,
  version,
}: {
  readonly filter: URLSearchParams;
  readonly version: number;
}): JSX.Element {
  const query = String(filter);
  // The list stays as it is while it is read; what has come since is offered.
  const [shown, setShown] = useState({ query, version });
  if (shown.query !== query) setShown({ query, version });
  const answer = useAnswer<IntentListMessage>(`api/intents?${query}`, shown.version);
  const isNewer = version > Math.max(1, shown.version);
  return (
    <>
      <h1>Intents</h1>
      <SearchById />
      <Filters filter={filter} version={shown.version} />
      <p class="list-state">
        {filter.has('after') ? (
          <a href={hashOf({ page: 'intents', filter: changed(filter, 'after', '') })}>Back to the latest</a>
        ) : (
          <button type="button" disabled={!isNewer} onClick={() => setShown({ query, version })}>
            {isNewer ? 'Show what has come since' : 'Up to date'}
          </button>
        )}
      </p>
      <Await answer={answer}>{list => <Page list={list} filter={filter} />}</Await>
    </>
  );
}

function Page({ list, filter }: { readonly list: IntentListMessage; readonly filter: URLSearchParams }): JSX.Element {
  const { intents, next, searchedToMs } = list;
  return (
    <>
      {intents.length > 0 && <IntentRows intents={intents} />}
      {intents.length === 0 && next === undefined && <p>No intent is like that in this period.</p>}
      {next !== undefined && (
        <p class="older">
          {searchedToMs !== undefined && (
            <span role="status">
              Searched back to {formatMoment(searchedToMs)} UTC, and found {intents.length}.{' '}
            </span>
          )}
          <a class="button" href={hashOf({ page: 'intents', filter: changed(filter, 'after', next) })}>
            {searchedToMs === undefined ? 'Older' : 'Search on'}
          </a>
        </p>
      )}
    </>
  );
}

/** A copy with one name changed; without its value where that is empty. */
function changed(filter: URLSearchParams, name: string, value: string): URLSearchParams {
  const copy = new URLSearchParams(filter);
  if (value === '') copy.delete(name);
  else copy.set(name, value);
  return copy;
}

export function SearchById(): JSX.Element {
  return (
    <form
      class="search"
      role="search"
      onSubmit={event => {
        event.preventDefault();
        const id = new FormData(event.currentTarget).get('id');
        if (typeof id === 'string' && id.trim() !== '') location.hash = hashOf({ page: 'intent', id: id.trim() });
      }}
    >
      <label>
        Intent or session id <input name="id" autocomplete="off" spellcheck={false} />
      </label>
      <button type="submit">Open</button>
    </form>
  );
}

const OUTCOMES = [
  ['', 'Any outcome'],
  ['failure', 'Failed'],
  ['pending', 'Waiting for an outcome'],
  ['success', 'Succeeded'],
  ['unknown', 'No outcome (closed)'],
] as const;

function Filters({ filter, version }: { readonly filter: URLSearchParams; readonly version: number }): JSX.Element {
  const feature = filter.get('feature') ?? '';
  const answer = useAnswer<IntentChoicesMessage>(`api/intent-choices?feature=${encodeURIComponent(feature)}`, version);
  const { features, models, versions } = answer.kind === 'loaded' ? answer.value : NO_CHOICES;
  function set(name: string, value: string): void {
    // A place in one list is none in another.
    location.hash = hashOf({ page: 'intents', filter: changed(changed(filter, 'after', ''), name, value) });
  }
  const names = (list: readonly string[], any: string): readonly (readonly [string, string])[] => [
    ['', any],
    ...list.map(name => [name, name] as const),
  ];
  const choice = (name: string, label: string, options: readonly (readonly [string, string])[]): JSX.Element => (
    <Field label={label}>
      <select value={filter.get(name) ?? ''} onChange={event => set(name, event.currentTarget.value)}>
        {withChosen(options, filter.get(name) ?? '').map(([value, text]) => (
          <option key={value} value={value} selected={value === (filter.get(name) ?? '')}>
            {text}
          </option>
        ))}
      </select>
    </Field>
  );
  return (
    <form class="filters" aria-label="Filter" onSubmit={event => event.preventDefault()}>
      {choice('outcome', 'Outcome', OUTCOMES)}
      {choice('feature', 'Feature', names(features, 'Any feature'))}
      {choice('model', 'Answered by', names(models, 'Any model'))}
      {choice('version', 'Version', names(versions, 'Any version'))}
      <Field label="Spend at least, USD">
        <input
          key={filter.get('spend')}
          inputMode="decimal"
          defaultValue={filter.get('spend') ?? ''}
          onChange={event => set('spend', event.currentTarget.value.trim())}
        />
      </Field>
      <Field label="Session">
        <input
          key={filter.get('session')}
          defaultValue={filter.get('session') ?? ''}
          spellcheck={false}
          onChange={event => set('session', event.currentTarget.value.trim())}
        />
      </Field>
      <label class="check">
        <input
          type="checkbox"
          checked={filter.get('climbed') === '1'}
          onChange={event => set('climbed', event.currentTarget.checked ? '1' : '')}
        />{' '}
        Climbed to another model
      </label>
    </form>
  );
}

const NO_CHOICES: IntentChoicesMessage = { features: [], models: [], versions: [] };

/** What the address asks for is shown, also while the choices load and where the ledger does not have it. */
function withChosen(
  options: readonly (readonly [string, string])[],
  chosen: string,
): readonly (readonly [string, string])[] {
  return options.some(([value]) => value === chosen) ? options : [...options, [chosen, chosen]];
}

function Field({ label, children }: { readonly label: string; readonly children: ComponentChildren }): JSX.Element {
  return (
    <label>
      <span>{label}</span>
      {children}
    </label>
  );
}
