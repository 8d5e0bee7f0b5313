/** A store in this process's memory: for tests, examples and trials. Nothing survives the process. */
import type { AnsweredIntent } from '../core/ledger/answered-intent.ts';
import type { Cell } from '../core/cells/cell.ts';
import { checkNames, invalidValue, RouterError } from '../errors.ts';
import { checkChange } from '../contracts/change.ts';
import type { Control } from '../contracts/control-store.ts';
import type { Change, ChangeResult, PruneOptions, PruneResult, Store, StoreView } from '../contracts/store.ts';
import type { SessionState } from '../core/sessions/session-state.ts';
import { recentlyUsed } from '../recently-used.ts';
import { systemRuntime } from '../runtime.ts';
import { dueTimes } from './due-times.ts';
import type { FeatureCells } from './memory-cells.ts';
import { addTo, coarsen, featureCells } from './memory-cells.ts';
import type { KeptIntent } from './memory-ledger.ts';
import { memoryLedger, recordsOf } from './memory-ledger.ts';
import { memoryPruning } from './memory-pruning.ts';
import type { MemoryReading } from './memory-view.ts';
import { memoryView, onFirstUse, snapshotOf } from './memory-view.ts';
import { isMisuse } from './replay-change.ts';

export interface MemoryOptions {
  /**
   * Intents whose records are kept (default 100,000, about 100 MB). Above that, the store prunes the intents that changed
   * longest ago and for which nothing is due, as {@link Store.prune} does: the statistics keep what they contributed. It forgets
   * their ids: a later outcome is `unknown-intent`, and a further request begins an intent that counts as another one.
   */
  readonly keepIntents?: number;
  /**
   * Several routers of this process use the store: each learns from the outcomes of all, and takes over their switches, within
   * one `refresh`. Default `false`, which takes less time per call.
   */
  readonly shared?: boolean;
}

/** Sessions that are kept: those that were used last. */
const MAX_SESSIONS = 20_000;

/** Intents that one commit prunes at most. With a limit of one, the store would never shrink again after many were due at once. */
const MAX_PRUNED_PER_COMMIT = 2;

/**
 * Keeps the statistics and the latest part of the ledger in memory, for one router unless it is `shared`: each of several
 * would read the statistics once, at its first decision, and learn from its own outcomes afterwards.
 *
 * @throws RouterError `invalid-value` for an option that is unknown or has a value that it does not take
 *
 * @example
 * ```ts
 * const router = createRouter({ models, features, store: memory() });
 * ```
 */
export function memory(options: MemoryOptions = {}): Store {
  checkNames(options, ['keepIntents', 'shared'], 'memory');
  const { keepIntents = 100_000, shared = false } = options;
  // Also true for NaN and for text.
  if (Math.max(keepIntents, 0) !== keepIntents)
    throw new RouterError('invalid-value', 'not accepted', { path: 'memory.keepIntents', accepted: 'a number from 0' });
  if (typeof shared !== 'boolean') throw invalidValue(shared, 'memory.shared', 'true or false');
  const { nowMs, newId } = systemRuntime();
  const ledger = memoryLedger();
  const pending = dueTimes();
  const features = new Map<string, FeatureCells>();
  const controls = new Map<string, Control>();
  const corrections = new Set<string>();
  const sessions = recentlyUsed<string, SessionState>(MAX_SESSIONS);
  /** Counts every change of records or statistics. */
  let serial = 0;
  let views = 0;
  /** Cells up to this serial number are shared with a view. */
  let sharedUntil = -1;

  const pruning = memoryPruning(ledger, {
    keepIntents,
    addToBase(cells, intents) {
      serial += intents;
      add('base', cells);
    },
  });

  function featureOf(name: string): FeatureCells {
    let feature = features.get(name);
    if (feature === undefined) features.set(name, (feature = featureCells()));
    return feature;
  }

  function add(table: 'cells' | 'base', cells: readonly Cell[]): void {
    const at = { serial, sharedUntil };
    for (const cell of cells) addTo(featureOf(cell.key.feature), table, cell, at);
  }

  function commit(change: Change): ChangeResult {
    try {
      checkChange(change);
    } catch (error) {
      if (isMisuse(error)) return { kind: 'refused', error };
      throw error;
    }
    const { intentId, feature, records, expectedRevision, dueAtMs, delta } = change;
    const known = ledger.intents.get(intentId);
    if ((known?.revision ?? 0) !== expectedRevision) return isKnown(change, known) ? KNOWN : CONFLICT;
    serial++;
    if (known !== undefined || records.length > 0) {
      ledger.append(known ?? intentId, records, { serial, isClosed: dueAtMs === null });
      pending.set(intentId, dueAtMs);
    }
    added(feature, delta, 1);
    return COMMITTED;
  }

  /** @param commits number of commits that the delta comes from */
  function added(feature: string, delta: readonly Cell[], commits: number): void {
    add('cells', delta);
    featureOf(feature).changed = serial;
    if (ledger.intents.size > keepIntents) pruning.removeOldest(MAX_PRUNED_PER_COMMIT * commits);
  }

  function commitAnswered(feature: string, answered: readonly AnsweredIntent[], delta: readonly Cell[]): void {
    for (const intent of answered) ledger.appendAnswered(intent, ++serial);
    added(feature, delta, answered.length);
  }

  function commitAll(changes: readonly Change[]): readonly ChangeResult[] {
    // Nearly every call has one change.
    if (changes.length === 1) return [commit(changes[0] as Change)];
    let stopped: Set<string> | undefined;
    return changes.map(change => {
      if (stopped?.has(change.intentId) === true) return CONFLICT;
      const result = commit(change);
      if (result.kind === 'conflict' || result.kind === 'refused') (stopped ??= new Set()).add(change.intentId);
      return result;
    });
  }

  function prune(beforeMs: number, { progress }: PruneOptions): PruneResult {
    const old = pruning.removeBefore(beforeMs);
    const pruned = { intents: old.length, records: old.reduce((sum, { revision }) => sum + revision, 0) };
    if (pruned.intents > 0) progress?.(pruned.intents);
    return pruned;
  }

  function correct(feature: string, cells: readonly Cell[], pruned: readonly Cell[] = []): void {
    serial++;
    add('cells', cells);
    add('base', pruned);
    featureOf(feature).changed = serial;
  }

  /** The present state. */
  const current: MemoryReading = {
    get serial() {
      return serial;
    },
    get features() {
      pruning.settle();
      return features;
    },
    records(intentId) {
      const intent = ledger.intents.get(intentId);
      return intent && recordsOf(intent);
    },
    intents: () => [...ledger.intents.values()].map(recordsOf),
    appended: ledger.appended,
  };

  async function consistently<Result>(work: (view: StoreView) => Promise<Result>): Promise<Result> {
    pruning.settle();
    let moment: MemoryReading | undefined = snapshotOf(current);
    views++;
    sharedUntil = serial;
    const view = memoryView(() => {
      if (moment === undefined) throw new RouterError('store-unusable', 'the view of the store has ended');
      return moment;
    }, storeId);
    try {
      return await work(view);
    } finally {
      moment = undefined;
      if (--views === 0) sharedUntil = -1;
    }
  }

  const storeId = onFirstUse(newId);
  const view = memoryView(() => current, storeId);
  return Object.freeze<Store>({
    ...view,
    name: 'memory',
    isPrivate: !shared,
    commitAll: Object.assign(async (changes: readonly Change[]) => commitAll(changes), {
      now: commitAll,
      answered: commitAnswered,
    }),
    generations: async names => new Map(names.map(name => [name, String(features.get(name)?.changed ?? 0)])),
    claimDue: async (atMs, limit, leaseMs, names) =>
      pending.claim(atMs, limit, atMs + leaseMs, id => isOneOf(names, ledger.intents.get(id))),
    async correctCells(feature, cells, { id, pruned }) {
      if (corrections.has(id)) return false;
      corrections.add(id);
      correct(feature, cells, pruned);
      return true;
    },
    prune: async (beforeMs, pruneOptions = {}) => prune(beforeMs, pruneOptions),
    async maintain(atMs = nowMs()) {
      const more = [...features.values()].some(feature => coarsen(feature, atMs));
      return { more };
    },
    consistently,
    sessions: async ids => ids.flatMap(id => sessions.get(id) ?? []),
    async putSessions(states) {
      for (const state of states)
        if ((sessions.get(state.id)?.last.atMs ?? 0) <= state.last.atMs) sessions.set(state.id, state);
    },
    async forgetSessions(ids) {
      for (const id of ids) sessions.delete(id);
    },
    controls: async () => [...controls.values()],
    async setControl(control) {
      const id = `${control.kind} ${control.subject}`;
      if ((controls.get(id)?.revision ?? 0) !== control.revision - 1) return false;
      controls.set(id, control);
      return true;
    },
    close: async () => {},
  });
}

const isOneOf = (features: readonly string[] | undefined, intent: KeptIntent | undefined): boolean =>
  features === undefined || features.includes((intent && recordsOf(intent)[0]?.feature) ?? '');

const COMMITTED: ChangeResult = Object.freeze({ kind: 'committed' });
const KNOWN: ChangeResult = Object.freeze({ kind: 'known' });
const CONFLICT: ChangeResult = Object.freeze({ kind: 'conflict' });

/** Whether the records are in the ledger already. */
function isKnown({ records, expectedRevision }: Change, intent: KeptIntent | undefined): boolean {
  const there = (intent && recordsOf(intent))?.slice(expectedRevision, expectedRevision + records.length) ?? [];
  return records.length > 0 && JSON.stringify(there) === JSON.stringify(records);
}
