/** A page of the intents that pass a filter, the latest decision first, found within a time limit however large the ledger is. */
import { allRecordsLeft, recordsLeft } from '../contracts/archiving.ts';
import type { IntentRange, StoreView } from '../contracts/store.ts';
import type { Cell } from '../core/cells/cell.ts';
import type { Period } from '../core/cells/period.ts';
import type { Intent } from '../core/ledger/records.ts';
import { foldIntent } from '../core/ledger/records.ts';
import type { IntentFilter } from './intent-filter.ts';
import { intentsWith, isInStatistics, isWanted, periodsWith } from './intent-filter.ts';

/** A place in the list of all intents: by time of the decision, the latest first, then by feature, then by id, descending. */
export interface IntentPlace {
  readonly atMs: number;
  readonly feature: string;
  readonly id: string;
}

export interface IntentSearch extends IntentFilter, Period {
  /** Names in ascending order, which is also the order of intents that were decided at the same time. */
  readonly features: readonly string[];
  /** Intents in a page. */
  readonly limit: number;
  /** Only intents after this place in the list. */
  readonly after?: IntentPlace | undefined;
}

export interface SearchSource extends Pick<StoreView, 'intents' | 'load' | 'loadAll'> {
  /** Statistics of a feature, which show the parts of the ledger that can be skipped. */
  cells(feature: string): Promise<readonly Cell[]>;
}

export interface FoundIntents {
  readonly intents: readonly Intent[];
  /** The place after which the next page begins. Absent: everything was searched. */
  readonly next?: IntentPlace;
  /**
   * Present if the time limit ended the search before the page was full: all intents later than this time (milliseconds since the epoch)
   * were searched.
   */
  readonly searchedToMs?: number;
}

/** Sizes of the later pages that are read from a feature. */
const PAGES = [64, 256];

/**
 * Intents that are read first, of all features together: the latest of each feature must be known before any intent is
 * returned.
 */
const FIRST = 40;

/** Above this number of intents, looking them up one by one takes longer than reading all. */
const MAX_RARE = 5_000n;

/** @param isOver called after each intent: true ends the search with the intents found so far */
export async function searchIntents(
  source: SearchSource,
  search: IntentSearch,
  isOver: () => boolean,
): Promise<FoundIntents> {
  const { limit } = search;
  const found: Intent[] = [];
  let place: IntentPlace | undefined;
  for await (const intent of merged(source, search)) {
    if (isWanted(intent, search) && (search.outcome === undefined || intent.attempts.length > 0)) {
      const last = found.at(-1);
      if (found.length === limit && last !== undefined) return { intents: found, next: placeOf(last) };
      found.push(intent);
    }
    place = placeOf(intent);
    if (isOver()) return { intents: found, next: place, searchedToMs: place.atMs };
  }
  return { intents: found };
}

function placeOf({ id, decided: { atMs, feature } }: Intent): IntentPlace {
  return { atMs, feature, id };
}

/** The intents of all features in the order of their places. */
async function* merged(source: SearchSource, search: IntentSearch): AsyncGenerator<Intent> {
  const lists = search.features.map(feature => inPlaceOrder(source, search, feature));
  const heads = await Promise.all(lists.map(async list => (await list.next()).value as Intent | undefined));
  for (;;) {
    let first = -1;
    for (const [i, head] of heads.entries()) {
      if (head === undefined) continue;
      if (first < 0 || head.decided.atMs > (heads[first] as Intent).decided.atMs) first = i;
    }
    if (first < 0) return;
    yield heads[first] as Intent;
    heads[first] = (await lists[first]?.next())?.value as Intent | undefined;
  }
}

async function* inPlaceOrder(source: SearchSource, search: IntentSearch, feature: string): AsyncGenerator<Intent> {
  const { after, session } = search;
  const own = after?.feature === feature ? await stillThere(source, after.id) : undefined;
  const period =
    after === undefined ? search : { ...search, toMs: Math.min(search.toMs ?? Infinity, endAt(after, feature, own)) };
  const { fromMs: startMs = -Infinity, toMs: endMs = Infinity } = period;
  const cells = isInStatistics(search) ? await source.cells(feature) : undefined;
  const periods = cells === undefined ? [{ fromMs: startMs, toMs: endMs }] : periodsWith(cells, search, period);
  const evidence = rareEvidence(cells ?? [], search);
  const wanted = { feature, ...(session === undefined ? {} : { session }), ...evidence };
  // Nearly all intents that are listed by evidence pass the filter.
  const first = Math.max(1, Math.floor(FIRST / search.features.length));
  const sizes = evidence === undefined ? [first, ...PAGES] : PAGES;
  for (const { fromMs, toMs } of periods) {
    let last = after !== undefined && after.atMs >= fromMs && after.atMs < toMs ? own : undefined;
    for (let page = 0; ; page++) {
      const limit = sizes[Math.min(page, sizes.length - 1)] as number;
      const ids = await source.intents({
        ...wanted,
        fromMs,
        toMs,
        limit,
        ...(last === undefined ? {} : { after: last }),
      });
      for (const records of await allRecordsLeft(source, ids)) {
        const intent = foldIntent(records);
        if (intent !== undefined) yield intent;
      }
      last = ids.at(-1) ?? last;
      if (ids.length < limit) break;
    }
  }
}

/**
 * Evidence of an outcome that few intents of a feature have; intents with a frequent outcome are found sooner among all.
 */
function rareEvidence(cells: Iterable<Cell>, { outcome }: IntentFilter): Pick<IntentRange, 'evidence'> | undefined {
  if ((outcome !== 'failure' && outcome !== 'unknown') || intentsWith(cells, outcome) > MAX_RARE) return undefined;
  return { evidence: outcome === 'failure' ? false : null };
}

/** The id of the place if the intent's records are still in the ledger: a list cannot continue after a removed intent. */
async function stillThere(source: SearchSource, id: string): Promise<string | undefined> {
  return (await recordsLeft(source, id)).length > 0 ? id : undefined;
}

/** Of the intents decided at exactly the time of the place, those of features with later names still follow in the list. */
function endAt({ atMs, feature: of }: IntentPlace, feature: string, own: string | undefined): number {
  return feature > of || own !== undefined ? laterThan(atMs) : atMs;
}

/** The next larger number: the smallest later time that can be written. */
function laterThan(atMs: number): number {
  return atMs + Math.max(Number.MIN_VALUE, Math.abs(atMs) * Number.EPSILON);
}
