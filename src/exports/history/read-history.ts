/** Reads the logs of another product: the calls by intent, the facts about each intent, and the scores. */
import { csvRecords } from '../bill/csv-records.ts';
import { jsonValues } from '../bill/json-values.ts';
import { LITELLM, HELICONE, outcomeEntries, PORTKEY, TENSORZERO } from './gateway-logs.ts';
import type { HistoryEntry, LogFormat, LoggedCall, LoggedIntent, LogRow } from './log-entry.ts';
import { textAt } from './log-entry.ts';
import { BRAINTRUST, LANGFUSE, OPENLLMETRY } from './trace-logs.ts';

/** Products whose exports can be read. An application's own table is read by `mappedColumns`. */
export const LOG_FORMATS = {
  litellm: LITELLM,
  langfuse: LANGFUSE,
  openllmetry: OPENLLMETRY,
  otel: OPENLLMETRY,
  helicone: HELICONE,
  tensorzero: TENSORZERO,
  portkey: PORTKEY,
  braintrust: BRAINTRUST,
} as const satisfies Readonly<Record<string, LogFormat>>;

/** Rows of an application's own file beside an export: `id,success`. */
const OUTCOMES: LogFormat = {
  source: 'columns id and success',
  entries(row) {
    const of = textAt(row, 'id');
    return of === undefined ? [] : outcomeEntries(of, row, 'success');
  },
};

/** The facts that the rows contain about one intent. */
export interface HistoryIntent {
  readonly id: string;
  readonly calls: readonly LoggedCall[];
  readonly about: Partial<Omit<LoggedIntent, 'kind' | 'intent'>>;
  /** By name; the last score of a name counts. */
  readonly scores: ReadonlyMap<string, number>;
}

export interface LoggedHistory {
  readonly rows: number;
  /** Intents with a call, in the order of the rows. */
  readonly intents: readonly HistoryIntent[];
  /** Rows that are not a call, outcomes that cannot be read, and scores that refer to nothing, by reason. */
  readonly leftOut: ReadonlyMap<string, number>;
  /** By name: how many intents have the score, and its largest value. */
  readonly scores: ReadonlyMap<string, { readonly intents: number; readonly max: number }>;
}

interface IntentSoFar {
  readonly calls: LoggedCall[];
  about: HistoryIntent['about'];
  readonly scores: Map<string, number>;
}

/**
 * Rows of several files may be in any order. All of them are held in memory: a score may come long after its call.
 *
 * @param files text in chunks, each file CSV with a header or JSON: an array, lines, or pages with `data`
 * @throws RouterError `invalid-data` with the line, for a file that is neither
 */
export async function readHistory(files: readonly AsyncIterable<string>[], format: LogFormat): Promise<LoggedHistory> {
  const intents = new Map<string, IntentSoFar>();
  const intentOfCall = new Map<string, string>();
  const pending: Extract<HistoryEntry, { kind: 'score' }>[] = [];
  const leftOut = new Map<string, number>();
  const count = (why: string): void => void leftOut.set(why, (leftOut.get(why) ?? 0) + 1);
  let rows = 0;

  function take(entry: HistoryEntry): void {
    if (entry.kind === 'left-out') return count(entry.why);
    if (entry.kind === 'score') return void pending.push(entry);
    let intent = intents.get(entry.intent);
    if (intent === undefined) intents.set(entry.intent, (intent = { calls: [], about: {}, scores: new Map() }));
    if (entry.kind === 'call') {
      if (format.repeatsIds !== true && entry.id !== '' && intentOfCall.get(entry.id) === entry.intent)
        return count('a call that was read before');
      intent.calls.push(entry);
      intentOfCall.set(entry.id, entry.intent);
      return;
    }
    const { kind: _, intent: __, ...about } = entry;
    // The first row about an intent takes precedence: the first call of a trace is the one that the user requested.
    intent.about = { ...defined(about), ...intent.about };
  }

  for (const file of files) {
    for await (const row of rowsOf(file)) {
      rows++;
      const entries = format.entries(row);
      const read = entries.length > 0 ? entries : OUTCOMES.entries(row);
      if (read.length === 0) count('neither a call of a model nor an outcome');
      for (const entry of read) take(entry);
    }
  }
  const bySession = Map.groupBy(intents.keys(), id => intents.get(id)?.about.session);
  for (const { of, name, value } of pending) {
    const ofSession = bySession.get(of) ?? [];
    const intent =
      intents.get(intentOfCall.get(of) ?? of) ?? (ofSession.length === 1 ? intents.get(ofSession[0] ?? '') : undefined);
    if (intent !== undefined) intent.scores.set(name, value);
    else
      count(
        ofSession.length > 1 ? 'a score of a session with several intents' : 'a score whose call is not in these files',
      );
  }
  const found = [...intents].flatMap(([id, { calls, about, scores }]) =>
    calls.length === 0 ? [] : [{ id, calls: calls.toSorted((a, b) => a.atMs - b.atMs), about, scores }],
  );
  return { rows, intents: found, leftOut, scores: scoresOf(found) };
}

async function* rowsOf(file: AsyncIterable<string>): AsyncGenerator<LogRow> {
  const chunks = file[Symbol.asyncIterator]();
  let begun = '';
  while (begun.trim() === '') {
    const { value, done } = await chunks.next();
    if (done === true) break;
    begun += value;
  }
  if (/^\uFEFF?\s*[[{]/.test(begun)) {
    for await (const value of jsonValues(chunks, begun)) yield value as LogRow;
    return;
  }
  const { header, records } = await csvRecords(chunks, begun);
  for await (const batch of records(header)) yield* batch;
}

function scoresOf(intents: readonly HistoryIntent[]): LoggedHistory['scores'] {
  const names = new Map<string, { intents: number; max: number }>();
  for (const { scores } of intents) {
    for (const [name, value] of scores) {
      const { intents: n, max } = names.get(name) ?? { intents: 0, max: -Infinity };
      names.set(name, { intents: n + 1, max: Math.max(max, value) });
    }
  }
  return names;
}

function defined<Value extends object>(value: Value): Partial<Value> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Partial<Value>;
}
