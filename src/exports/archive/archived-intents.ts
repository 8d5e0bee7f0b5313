/** Reads single intents of an archive: their records, loaded together, and lists of them by the time of their decisions. */
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { IntentRange, StoreView } from '../../contracts/store.ts';
import type { LedgerRecord } from '../../core/ledger/records.ts';
import { askedTogether } from '../../asked-together.ts';
import { recentlyUsed } from '../../recently-used.ts';
import { sqlText } from './duckdb.ts';
import type { ArchiveRun } from './manifest.ts';
import type { ArchiveMoment } from './reader.ts';
import { recordOf } from './reader.ts';

export type RunsOfIntents = ReturnType<typeof runsOfIntents>;

/** Limit on remembered runs. Larger: more memory. Smaller: readers of charges look up runs that they have just read. */
const MAX_KNOWN_RUNS = 100_000;

/** The runs of the most recently read intents. */
export const runsOfIntents = () => recentlyUsed<string, ArchiveRun>(MAX_KNOWN_RUNS);

/** From this many intents of one run on, the whole run is read and kept, because the next ones will be in it too. */
const WHOLE_RUN = 20;

type Records = ReadonlyMap<string, readonly LedgerRecord[]>;

/**
 * Resolves to the records of an archived intent; an unknown intent has none. Intents that are requested together are read by one
 * query.
 */
export function archivedLoads(
  moment: ArchiveMoment,
  runs: RunsOfIntents,
): (id: string) => Promise<readonly LedgerRecord[]> {
  const recordsOf = askedTogether(async (take): Promise<Records> => {
    await yieldToEventLoop();
    const found = new Map<string, readonly LedgerRecord[]>();
    const single: string[] = [];
    const files = new Set<ArchiveRun>();
    for (const [run, own] of Map.groupBy(take(), id => runs.get(id))) {
      if (run !== undefined && own.length >= WHOLE_RUN) {
        const records = await moment.recordsOf(run);
        for (const id of own) found.set(id, records.get(id) ?? []);
      } else {
        single.push(...own);
        for (const each of run === undefined ? moment.runs : [run]) files.add(each);
      }
    }
    if (files.size > 0)
      for (const [id, records] of await recordsOfIntents(moment, [...files], single)) found.set(id, records);
    return found;
  });
  return async id => (await recordsOf(id)).get(id) ?? [];
}

async function recordsOfIntents(
  { db, files, fileOf }: ArchiveMoment,
  runs: readonly ArchiveRun[],
  ids: readonly string[],
): Promise<Records> {
  const rows = await db.rows(
    `SELECT intent_id, filename, json FROM read_parquet(${await files('records', runs)}, filename = true)
     WHERE intent_id IN (${ids.map(sqlText).join(', ')}) ORDER BY intent_id, revision`,
  );
  const records = new Map<string, LedgerRecord[]>();
  for (const [id, file, json] of rows as readonly (readonly [string, string, string])[]) {
    const own = records.get(id) ?? [];
    records.set(id, own);
    own.push(recordOf(json, fileOf(file)));
  }
  return records;
}

/** An intent and the time of its decision. */
interface ListedIntent {
  readonly id: string;
  readonly atMs: number;
}

/** The order of a list; 0 for the same intent. */
function latestFirst(a: ListedIntent, b: ListedIntent): number {
  if (a.atMs !== b.atMs) return b.atMs - a.atMs;
  return a.id === b.id ? 0 : a.id < b.id ? 1 : -1;
}

interface ListedArchive {
  readonly moment: ArchiveMoment;
  readonly runs: RunsOfIntents;
  /** Loads from the ledger and its archive. */
  readonly load: StoreView['load'];
}

/** Fulfills {@link StoreView.intents} for a ledger and its archive together. */
export async function listIntents(
  view: StoreView,
  archive: ListedArchive,
  { after, ...range }: IntentRange,
): Promise<readonly string[]> {
  const { limit, fromMs = -Infinity } = range;
  const decisionOf = async (id: string): Promise<ListedIntent> => ({
    id,
    atMs: (await archive.load(id))[0]?.atMs ?? -Infinity,
  });
  const last = after === undefined ? undefined : await decisionOf(after);
  const comesAfter = (one: ListedIntent): boolean => last === undefined || latestFirst(last, one) < 0;
  const toMs = Math.min(range.toMs ?? Infinity, last === undefined ? Infinity : last.atMs + 1);
  const found: ListedIntent[] = [];
  let page: readonly string[] = [];
  do {
    const from = page.at(-1);
    page = await view.intents({ ...range, toMs, ...(from === undefined ? {} : { after: from }) });
    found.push(...(await Promise.all(page.map(decisionOf))).filter(comesAfter));
  } while (page.length === limit && found.length < limit);
  const runs = archive.moment.runs.filter(run => run.toMs >= fromMs && run.fromMs < toMs);
  const months = Map.groupBy(
    runs.toSorted((a, b) => b.toMs - a.toMs),
    ({ day }) => day.slice(0, 7),
  );
  for (const ofMonth of months.values()) {
    const reachMs = found.sort(latestFirst)[limit - 1]?.atMs ?? -Infinity;
    if (ofMonth.every(run => run.toMs < reachMs)) break;
    found.push(...(await archivedIntents(archive, ofMonth, { ...range, toMs, last })));
  }
  return found
    .sort(latestFirst)
    .slice(0, limit)
    .map(({ id }) => id);
}

interface ArchivedRange extends IntentRange {
  /** Only intents that are listed after this one. */
  readonly last: ListedIntent | undefined;
}

/** Intents in some runs, latest first, at most `limit`. */
async function archivedIntents(
  { moment: { db, files, fileOf }, runs: known }: ListedArchive,
  runs: readonly ArchiveRun[],
  { feature, fromMs = -Infinity, toMs = Infinity, limit, last }: ArchivedRange,
): Promise<readonly ListedIntent[]> {
  const conditions = [
    'revision = 0',
    `feature = ${sqlText(feature)}`,
    ...timesBetween(fromMs, toMs),
    ...(last === undefined ? [] : [`(at_ms, intent_id) < (${last.atMs}::DOUBLE, ${sqlText(last.id)})`]),
  ];
  const rows = await db.rows(
    `SELECT intent_id, filename, at_ms FROM read_parquet(${await files('records', runs)}, filename = true)
     WHERE ${conditions.join(' AND ')} ORDER BY at_ms DESC, intent_id DESC LIMIT ${limit}`,
  );
  return (rows as readonly (readonly [string, string, number])[]).map(([id, file, atMs]) => {
    known.set(id, fileOf(file));
    return { id, atMs };
  });
}

/** Conditions on `at_ms`; none for a bound that is not given. */
export function timesBetween(fromMs: number, toMs: number): readonly string[] {
  return [
    ...(Number.isFinite(fromMs) ? [`at_ms >= ${fromMs}::DOUBLE`] : []),
    ...(Number.isFinite(toMs) ? [`at_ms < ${toMs}::DOUBLE`] : []),
  ];
}
