/** The period of the figures, and the one with which they are compared. Both are in the address. */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { dayWords, daysWords, formatDay } from '../../../core/report/period-words.ts';
import { NAMED_PERIODS, shownPeriod } from '../../../core/report/shown-period.ts';
import type { ShownPeriod } from '../../../core/report/shown-period.ts';
import type { Period } from '../../../core/cells/period.ts';
import type { OverviewMessage } from '../../messages.ts';
import type { ServerAnswer } from '../server.ts';
import type { PeriodChoice } from '../period-address.ts';
import { currentHash, hashWithPeriod } from '../period-address.ts';

const DAY_MS = 86_400_000;

/** The bar at the top of a page. It stays visible, so that no figure is read without its period. */
export function PeriodBar(props: {
  readonly choice: PeriodChoice;
  readonly of: ServerAnswer<OverviewMessage>;
}): JSX.Element {
  const { choice, of } = props;
  return (
    <section class="period-bar" aria-label="Period">
      <PeriodPicker choice={choice} />
      {of.kind === 'loaded' && (
        <PeriodLine
          shown={of.value.shown}
          nowMs={of.value.nowMs}
          span={spanOf(of.value.features)}
          isOld={of.isOld === true}
        />
      )}
    </section>
  );
}

/** The period from the first intent of all features to the last one. */
function spanOf(features: OverviewMessage['features']): Required<Period> | undefined {
  const spans = features.flatMap(({ span }) => span ?? []);
  if (spans.length === 0) return undefined;
  return {
    fromMs: Math.min(...spans.map(({ fromMs }) => fromMs)),
    toMs: Math.max(...spans.map(({ toMs }) => toMs)),
  };
}

function PeriodPicker({ choice }: { readonly choice: PeriodChoice }): JSX.Element {
  const [isCustom, setCustom] = useState(false);
  const select = useRef<HTMLSelectElement>(null);
  const nowMs = Date.now();
  const shown = shownOr(choice, nowMs);
  const go = (next: PeriodChoice): void => {
    location.hash = hashWithPeriod(currentHash(), next);
  };
  const isNamed = choice.name in NAMED_PERIODS;
  return (
    <form class="period" onSubmit={event => event.preventDefault()}>
      <label>
        <span class="hidden">Period</span>
        <select
          ref={select}
          value={isCustom ? 'custom' : choice.name}
          onChange={event => {
            const name = event.currentTarget.value;
            setCustom(name === 'custom');
            if (name !== 'custom') go({ ...choice, name });
          }}
        >
          {Object.entries(NAMED_PERIODS).map(([name, title]) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
          {months(nowMs).map(name => (
            <option key={name} value={name}>
              {monthWords(name)}
            </option>
          ))}
          {!isNamed && !months(nowMs).includes(choice.name) && (
            <option value={choice.name}>{choice.name.replace('..', ' – ')}</option>
          )}
          <option value="custom">Days …</option>
        </select>
      </label>
      {isCustom && (
        <Days
          shown={shown}
          nowMs={nowMs}
          onChoose={name => {
            // The button disappears, and would lose the focus.
            select.current?.focus();
            setCustom(false);
            go({ ...choice, name });
          }}
        />
      )}
      {choice.name !== 'all' && (
        <label class="compare">
          <input
            type="checkbox"
            checked={choice.isCompared}
            onChange={event => go({ ...choice, isCompared: event.currentTarget.checked })}
          />{' '}
          Compare<span class="more-words"> with the period before</span>
        </label>
      )}
    </form>
  );
}

/** `28 Oct – 27 Nov 2026 (UTC), compared with 28 Sep – 27 Oct 2026 (UTC)`. */
function PeriodLine(props: {
  readonly shown: ShownPeriod;
  readonly nowMs: number;
  /** Times of the first intent and the last, shown for all time. */
  readonly span?: Required<Period> | undefined;
  /** The figures belong to the period before, while those of the chosen one are loading. */
  readonly isOld: boolean;
}): JSX.Element {
  const { shown, nowMs, span, isOld } = props;
  const fromMs = shown.fromMs ?? span?.fromMs;
  const words =
    fromMs === undefined ? 'All time' : daysWords({ fromMs, toMs: Math.max(shown.toMs ?? nowMs, fromMs + 1) });
  return (
    <p class={isOld ? 'period-line old' : 'period-line'} aria-busy={isOld}>
      <strong>{words}</strong>
      {shown.before !== undefined && <span class="muted"> compared with {daysWords(shown.before)}</span>}
    </p>
  );
}

function Days(given: {
  readonly shown: ShownPeriod;
  readonly nowMs: number;
  readonly onChoose: (name: string) => void;
}): JSX.Element {
  const { shown, nowMs, onChoose } = given;
  const [from, setFrom] = useState(formatDay(shown.fromMs ?? nowMs - 6 * DAY_MS));
  const [to, setTo] = useState(formatDay((shown.toMs ?? nowMs + 1) - 1));
  return (
    <>
      <label>
        From <input type="date" value={from} max={to} onChange={event => setFrom(event.currentTarget.value)} required />
      </label>
      <label>
        to <input type="date" value={to} min={from} onChange={event => setTo(event.currentTarget.value)} required />
      </label>
      <button type="button" disabled={from === '' || to === '' || from > to} onClick={() => onChoose(`${from}..${to}`)}>
        Show
      </button>
    </>
  );
}

/** For an address that names no valid period: the server's answer reports it, and the picker shows the default. */
function shownOr({ name, isCompared }: PeriodChoice, nowMs: number): ShownPeriod {
  try {
    return shownPeriod(name, { nowMs, isCompared });
  } catch {
    return { name };
  }
}

/** The last three whole months, the latest first. */
function months(nowMs: number): readonly string[] {
  const date = new Date(nowMs);
  return [1, 2, 3].map(ago => formatDay(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - ago)).slice(0, 7));
}

function monthWords(name: string): string {
  return dayWords(Date.parse(`${name}-01`)).slice(2);
}
