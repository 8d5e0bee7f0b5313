/** All intents of the ledger: search by id, filters, and pages back to the first one. The address has the filter and the page. */
import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { formatMoment } from '../../../core/report/wording.ts';
import type { IntentChoicesMessage, IntentListMessage } from '../../messages.ts';
import { Await } from '../parts/figures.tsx';
import { IntentRows } from '../parts/intent-rows.tsx';
import { Typed } from '../parts/typed.tsx';
import { currentHash } from '../period-address.ts';
import { hashOf, parseRoute } from '../route.ts';
import { useAnswer } from '../server.ts';

export function IntentsPage({
  filter,
  version,
}: {
  readonly filter: URLSearchParams;
  readonly version: number;
}): JSX.Element {
  const query = String(filter);
  // The list does not change while it is being read; newer intents are offered by a button.
  const [shown, setShown] = useState({ query, version });
  // A list that was read before the server announced a version may lack intents of that version.
  if (shown.query !== query || (shown.version === 0 && version > 0)) setShown({ query, version });
  const isNewer = version > shown.version;
  const state = useRef<HTMLParagraphElement>(null);
  const isFirst = useRef(true);
  useLayoutEffect(() => {
    // The link to older intents disappeared with its list: the keyboard focus moves to the next list.
    if (!isFirst.current && document.activeElement === document.body) state.current?.focus();
    isFirst.current = false;
  }, [query]);
  return (
    <>
      <h1>Intents</h1>
      <SearchById />
      <Filters filter={filter} version={shown.version} />
      <p class="list-state" ref={state} tabIndex={-1}>
        {filter.has('after') ? (
          <a href={hashOf({ page: 'intents', filter: changed(filter, 'after', '') })}>Back to the latest</a>
        ) : (
          <button type="button" aria-disabled={!isNewer} onClick={() => setShown({ query, version })}>
            {isNewer ? 'Show what has come since' : version === 0 ? 'Reading …' : 'Up to date'}
          </button>
        )}
      </p>
      <List key={query} filter={filter} version={shown.version} />
    </>
  );
}

function List({ filter, version }: { readonly filter: URLSearchParams; readonly version: number }): JSX.Element {
  const answer = useAnswer<IntentListMessage>(`api/intents?${String(filter)}`, version);
  return <Await answer={answer}>{list => <Page list={list} filter={filter} />}</Await>;
}

/**
 * A search that ended at its time limit goes on by itself for at most this many parts, until it has found enough intents.
 */
const MAX_PARTS = 20;
const ENOUGH = 20;

/** @param props.before intents that earlier parts of the search have found */
function Page(props: {
  readonly list: IntentListMessage;
  readonly filter: URLSearchParams;
  readonly before?: number;
  readonly part?: number;
}): JSX.Element {
  const { list, filter, before = 0, part = 1 } = props;
  const { intents, next, searchedToMs } = list;
  const found = before + intents.length;
  const goesOn = searchedToMs !== undefined && found < ENOUGH && part < MAX_PARTS;
  const rest = next === undefined ? undefined : changed(filter, 'after', next);
  return (
    <>
      {intents.length > 0 && <IntentRows intents={intents} />}
      {found === 0 && rest === undefined && <p>No intent of this period matches.</p>}
      {rest !== undefined && goesOn && searchedToMs !== undefined && (
        <NextPart filter={rest} before={found} part={part + 1} searchedToMs={searchedToMs} />
      )}
      {rest !== undefined && !goesOn && (
        <p class="older">
          {searchedToMs !== undefined && <SearchedTo atMs={searchedToMs} found={found} />}
          <a class="button" href={hashOf({ page: 'intents', filter: rest })}>
            {searchedToMs === undefined ? 'Older' : 'Search on'}
          </a>
        </p>
      )}
    </>
  );
}

/** Rare intents may be old: the search continues by itself, so that the reader need not click again and again. */
function NextPart(props: {
  readonly filter: URLSearchParams;
  readonly before: number;
  readonly part: number;
  readonly searchedToMs: number;
}): JSX.Element {
  const { filter, before, part, searchedToMs } = props;
  const answer = useAnswer<IntentListMessage>(`api/intents?${String(filter)}`, 0);
  if (answer.kind === 'loading')
    return (
      <p class="older">
        <SearchedTo atMs={searchedToMs} found={before} /> Searching on …
      </p>
    );
  return <Await answer={answer}>{list => <Page list={list} filter={filter} before={before} part={part} />}</Await>;
}

function SearchedTo({ atMs, found }: { readonly atMs: number; readonly found: number }): JSX.Element {
  return (
    <span role="status">
      Searched back to {formatMoment(atMs)} UTC, and found {found}.
    </span>
  );
}

/** A copy with one name changed; if the value is empty, the name is removed. */
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
    // Read from the address itself: the page may not yet show what the reader chose a moment ago.
    const route = parseRoute(currentHash());
    const now = 'filter' in route ? route.filter : filter;
    // A place in one list has no meaning in another.
    location.hash = hashOf({ page: 'intents', filter: changed(changed(now, 'after', ''), name, value) });
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
        <Typed value={filter.get('spend') ?? ''} inputMode="decimal" onLeave={value => set('spend', value)} />
      </Field>
      <Field label="Session">
        <Typed value={filter.get('session') ?? ''} spellcheck={false} onLeave={value => set('session', value)} />
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

/** The value in the address is shown, even while the choices load, and even if the ledger does not have it. */
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
