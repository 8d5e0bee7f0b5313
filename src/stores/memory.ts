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
import type { Change, IntentRange, Pruned, ReplaceCellsOptions, Store } from '../contracts/store.ts';

type CellsByFeature = Map<string, CellMap>;

export interface MemoryOptions {
  /**
   * Intents whose records are kept (default 100,000, about 100 MB). Above that, the store prunes the intents that changed
   * longest ago and for which nothing is due, as {@link Store.prune} does: the statistics keep what they contributed, and
   * their outcome can no longer be recorded or corrected.
   */
  readonly keepIntents?: number;
}

/**
 * Fraction of the kept intents that one pruning removes. Larger: longer pauses; smaller: more frequent scans of the kept
 * intents. At this value pruning takes a millisecond per thousand commits.
 */
const PRUNE_FRACTION = 0.01;

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
  const pruneStep = Math.max(1, Math.floor(keepIntents * PRUNE_FRACTION));
  let log: LedgerRecord[] = [];
  const intents = new Map<string, readonly LedgerRecord[]>();
  const dueTimes = new Map<string, number>();
  const cells: CellsByFeature = new Map();
  const base: CellsByFeature = new Map();
  let generation = 0;
  let pruneAbove = keepIntents;

  function commit(change: Change): boolean {
    checkChange(change);
    const { intentId, records, expectedRevision, dueAtMs } = change;
    const known = intents.get(intentId);
    if ((known?.length ?? 0) !== expectedRevision) return false;
    if (records.length > 0) {
      // Delete and set: moves the intent to the end of the order in which intents are pruned.
      intents.delete(intentId);
      intents.set(intentId, known === undefined ? records : [...known, ...records]);
    }
    log.push(...records);
    add(cells, change.delta);
    if (dueAtMs === null) dueTimes.delete(intentId);
    else dueTimes.set(intentId, dueAtMs);
    generation++;
    if (intents.size > pruneAbove) pruneOldest();
    return true;
  }

  function pruneOldest(): void {
    prune({ beforeMs: Number.POSITIVE_INFINITY, maxIntents: intents.size - keepIntents + pruneStep });
    // If nearly all intents are still due and cannot be pruned, prune again only after another `pruneStep` of intents.
    pruneAbove = Math.max(keepIntents, intents.size + pruneStep);
  }

  function prune({ beforeMs, maxIntents }: { readonly beforeMs: number; readonly maxIntents: number }): Pruned {
    const pruned = new Set<string>();
    for (const [id, records] of intents) {
      if (pruned.size >= maxIntents) break;
      if (dueTimes.has(id) || records.some(record => record.atMs >= beforeMs)) continue;
      const intent = foldIntent(records);
      if (intent !== undefined) add(base, contribution(intent));
      pruned.add(id);
    }
    const before = log.length;
    // A new array, so that a scan in progress keeps the one it began with.
    log = log.filter(record => !pruned.has(record.intentId));
    for (const id of pruned) intents.delete(id);
    if (pruned.size > 0) generation++;
    return { intents: pruned.size, records: before - log.length };
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

  return Object.freeze<Store>({
    name: 'memory',
    isPrivate: true,
    cells: async feature => snapshot(cells.get(feature)),
    features: async () =>
      [...cells].flatMap(([feature, table]) => (snapshot(table).length > 0 ? [feature] : [])).sort(),
    intents: async range => listIntents(log, range),
    load: async intentId => intents.get(intentId) ?? [],
    commit: async change => commit(change),
    due: async (nowMs, limit) =>
      [...dueTimes]
        .filter(([, due]) => due <= nowMs)
        .sort(([, a], [, b]) => a - b)
        .slice(0, limit)
        .map(([id]) => id),
    scan: range => scan(log, log.length, range),
    replaceCells: async (feature, next, options = {}) => replaceCells(feature, next, options),
    prune: async beforeMs => prune({ beforeMs, maxIntents: Number.POSITIVE_INFINITY }),
    prunedCells: async feature =>
      [...base].filter(([name]) => feature === undefined || name === feature).flatMap(([, table]) => snapshot(table)),
    generation: async () => generation,
    close: async () => {},
  });
}

async function* scan(log: readonly LedgerRecord[], end: number, range: ScanRange = {}): AsyncGenerator<LedgerRecord> {
  const { feature, kind, fromMs = -Infinity, toMs = Infinity } = range;
  for (let i = 0; i < end; i++) {
    const record = log[i] as LedgerRecord;
    if (feature !== undefined && record.feature !== feature) continue;
    if (kind !== undefined && record.kind !== kind) continue;
    if (record.atMs >= fromMs && record.atMs < toMs) yield record;
  }
}

function listIntents(log: readonly LedgerRecord[], range: IntentRange): readonly string[] {
  const { feature, fromMs = -Infinity, toMs = Infinity, limit } = range;
  return log
    .filter(record => record.revision === 0 && record.feature === feature)
    .filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
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
