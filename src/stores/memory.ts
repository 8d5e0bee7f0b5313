/** A store in this process's memory: for tests, examples and trials. Nothing survives the process. */
import type { LedgerRecord } from '../core/ledger/records.ts';
import { foldIntent } from '../core/ledger/records.ts';
import { contribution } from '../core/cells/contribution.ts';
import type { Cell } from '../core/cells/cell.ts';
import type { CellMap } from '../core/cells/sums.ts';
import { addCell } from '../core/cells/sums.ts';
import { checkNames, RouterError } from '../errors.ts';
import { checkChange } from '../contracts/change.ts';
import type { ScanRange } from '../contracts/ledger-source.ts';
import type { Change, Control, IntentRange, Pruned, ReplaceCellsOptions, Store } from '../contracts/store.ts';
import { dueTimes } from './due-times.ts';
import type { ListItem } from './linked-list.ts';
import { linkedList } from './linked-list.ts';
import { revised } from './revised.ts';

type CellsByFeature = Map<string, CellMap>;

const NONE: readonly never[] = Object.freeze([]);

export interface MemoryOptions {
  /**
   * Intents whose records are kept (default 100,000, about 100 MB). Above that, the store prunes the intents that changed
   * longest ago and for which nothing is due, as {@link Store.prune} does: the statistics keep what they contributed, and
   * their outcome can no longer be recorded or corrected.
   */
  readonly keepIntents?: number;
}

/** An intent of the ledger. */
interface Kept {
  readonly id: string;
  records: readonly LedgerRecord[];
  /** Where its records are in the log. */
  readonly inLog: ListItem<LedgerRecord>[];
  /** Its place among the intents that may be pruned; absent while something is due for it. */
  closed?: ListItem<Kept> | undefined;
}

/** Intents that one commit prunes at most. With one, the store would never shrink again after many were due at once. */
const MAX_PRUNED_PER_COMMIT = 2;

/**
 * Keeps the statistics and the latest part of the ledger in memory, visible to this process only.
 *
 * @throws RouterError `invalid-value` for an unknown option, or a `keepIntents` that is no number from 0
 *
 * @example
 * ```ts
 * const router = createRouter({ models, features, store: memory() });
 * ```
 */
export function memory(options: MemoryOptions = {}): Store {
  checkNames(options, ['keepIntents'], 'memory');
  const { keepIntents = 100_000 } = options;
  // Differs for NaN and for a text too.
  if (Math.max(keepIntents, 0) !== keepIntents)
    throw new RouterError('invalid-value', 'not accepted', { path: 'memory.keepIntents', accepted: 'a number from 0' });
  const log = linkedList<LedgerRecord>();
  const intents = new Map<string, Kept>();
  /** The intents for which nothing is due; the last one changed last. */
  const closed = linkedList<Kept>();
  const pending = dueTimes();
  const cells: CellsByFeature = new Map();
  const base: CellsByFeature = new Map();
  const controls = new Map<string, Control>();
  let generation = 0;

  function commit(change: Change): boolean {
    checkChange(change);
    const { intentId: id, records, expectedRevision, dueAtMs } = change;
    const known = intents.get(id);
    if ((known?.records.length ?? 0) !== expectedRevision) return false;
    if (records.length > 0) {
      const intent = known ?? { id, records: NONE, inLog: [] };
      intent.records = intent.records.length === 0 ? records : [...intent.records, ...records];
      for (const record of records) intent.inLog.push(log.push(record));
      intents.set(id, intent);
      setDue(intent, dueAtMs);
    } else if (known !== undefined) setDue(known, dueAtMs);
    add(cells, change.delta);
    generation++;
    for (let i = 0; i < MAX_PRUNED_PER_COMMIT && intents.size > keepIntents && closed.first !== undefined; i++)
      remove(closed.first.value);
    return true;
  }

  function setDue(intent: Kept, dueAtMs: number | null): void {
    pending.set(intent.id, dueAtMs);
    if (dueAtMs === null) {
      if (intent.closed === undefined) intent.closed = closed.push(intent);
      else closed.moveToEnd(intent.closed);
    } else if (intent.closed !== undefined) {
      closed.remove(intent.closed);
      intent.closed = undefined;
    }
  }

  /** Removes a closed intent; the pruned base keeps what it contributed. */
  function remove({ id, records, inLog, closed: place }: Kept): void {
    const intent = foldIntent(records);
    if (intent !== undefined) add(base, contribution(intent));
    for (const item of inLog) log.remove(item);
    closed.remove(place as ListItem<Kept>);
    intents.delete(id);
    generation++;
  }

  function prune(beforeMs: number): Pruned {
    const pruned = { intents: 0, records: 0 };
    for (let item = closed.first; item !== undefined; item = item.next) {
      const { records } = item.value;
      if (records.some(record => record.atMs >= beforeMs)) continue;
      remove(item.value);
      pruned.intents++;
      pruned.records += records.length;
    }
    return pruned;
  }

  function replaceCells(feature: string, next: readonly Cell[], options: ReplaceCellsOptions): boolean {
    if (options.ifGeneration !== undefined && options.ifGeneration !== generation) return false;
    cells.delete(feature);
    add(cells, next);
    if (options.pruned !== undefined) {
      base.delete(feature);
      add(base, options.pruned);
    }
    generation++;
    return true;
  }

  const store: Store = Object.freeze<Store>({
    ...revised(() => store),
    name: 'memory',
    isPrivate: true,
    cells: async feature => snapshot(cells.get(feature)),
    features: async () =>
      [...cells].flatMap(([feature, table]) => (snapshot(table).length > 0 ? [feature] : [])).sort(),
    controls: async () => [...controls.values()],
    async setControl(control) {
      const id = `${control.kind} ${control.subject}`;
      if ((controls.get(id)?.revision ?? 0) !== control.revision - 1) return false;
      controls.set(id, control);
      return true;
    },
    intents: async range => listIntents(intents.values(), range),
    load: async intentId => intents.get(intentId)?.records ?? NONE,
    commit: async change => commit(change),
    due: async (nowMs, limit) => pending.due(nowMs, limit),
    scan: range => scan(log.first, log.last, range),
    replaceCells: async (feature, next, options = {}) => replaceCells(feature, next, options),
    prune: async beforeMs => prune(beforeMs),
    prunedCells: async feature =>
      [...base].filter(([name]) => feature === undefined || name === feature).flatMap(([, table]) => snapshot(table)),
    generation: async () => generation,
    close: async () => {},
  });
  return store;
}

/** The records from the first to the last, as they are now: what is pruned during the scan is still read, as it was there. */
async function* scan(
  first: ListItem<LedgerRecord> | undefined,
  last: ListItem<LedgerRecord> | undefined,
  { feature, kind, fromMs = -Infinity, toMs = Infinity }: ScanRange = {},
): AsyncGenerator<LedgerRecord> {
  for (let item = first; item !== undefined; item = item === last ? undefined : item.next) {
    const record = item.value;
    if (feature !== undefined && record.feature !== feature) continue;
    if (kind !== undefined && record.kind !== kind) continue;
    if (record.atMs >= fromMs && record.atMs < toMs) yield record;
  }
}

function listIntents(kept: Iterable<Kept>, range: IntentRange): readonly string[] {
  const { feature, fromMs = -Infinity, toMs = Infinity, limit } = range;
  return [...kept]
    .map(({ records }) => records[0] as LedgerRecord)
    .filter(({ feature: name, atMs }) => name === feature && atMs >= fromMs && atMs < toMs)
    .sort((a, b) => b.atMs - a.atMs || (a.intentId < b.intentId ? 1 : -1))
    .slice(0, limit)
    .map(record => record.intentId);
}

function add(table: CellsByFeature, delta: readonly Cell[]): void {
  for (const cell of delta) {
    const { feature } = cell.key;
    let cells = table.get(feature);
    if (cells === undefined) table.set(feature, (cells = new Map()));
    addCell(cells, cell);
  }
}

function snapshot(table: CellMap | undefined): readonly Cell[] {
  const found: Cell[] = [];
  for (const { key, sums } of table?.values() ?? []) {
    if (Object.keys(sums).length > 0) found.push({ key, sums: { ...sums } });
  }
  return found;
}
