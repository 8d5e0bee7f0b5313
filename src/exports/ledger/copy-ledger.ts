/** Copies a ledger from one store to another, and compares the statistics of both to the integer. */
import { isDeepStrictEqual } from 'node:util';
import { callback, optional, optionsWith, storeWith, text } from '../../argument-checks.ts';
import { isIntentRemoved, recordsLeft } from '../../contracts/archiving.ts';
import type { Change, Cursor, Store, StoreView } from '../../contracts/store.ts';
import { contributionDelta } from '../../core/cells/contribution.ts';
import { missingCells } from '../../core/cells/differences.ts';
import type { Intent, LedgerRecord } from '../../core/ledger/records.ts';
import { appendRecord, foldIntent } from '../../core/ledger/records.ts';
import { RouterError } from '../../errors.ts';
import type { CopiedRemovals } from './copy-removed.ts';
import type { CopiedStatistics } from './copy-statistics.ts';
import { copyControls } from './copy-controls.ts';
import { copyRemoved, requireSameArchive } from './copy-removed.ts';
import { copyStatistics } from './copy-statistics.ts';
import { damagedIntents } from './export-ledger.ts';

export interface CopyOptions {
  /** Where an earlier copy of this source into this target ended: what is before it is not read again. */
  readonly after?: Cursor;
  /** Called with a cursor whenever the target has all records before it: keep it for `after`. */
  readonly reached?: (cursor: Cursor) => void;
  /** When silence will label an intent, from the features' configuration: a ledger does not have it. */
  readonly dueAtMs?: (intent: Intent) => number | null;
  /**
   * Called with the error of each row that is damaged, which is then left out, as is every intent with such a record: at the target it
   * counts as pruned. The copy then reads all of the source. Without this option, the copy rejects at the first damaged row.
   */
  readonly damaged?: (error: unknown) => void;
  /** Called repeatedly with the number of records read so far. */
  readonly progress?: (records: number) => void;
}

/** The result of {@link copyLedger}. */
export interface CopyResult extends CopiedStatistics, CopiedRemovals {
  /** Records read from the source, and those that the target did not have before. */
  readonly records: number;
  readonly added: number;
  /** Intents with a damaged record, which were left out. */
  readonly leftOut: number;
  /** Switches, pins and holdouts that the target did not have, those that were lifted included. */
  readonly controls: number;
}

const checkSource = storeWith('features', 'scanPages', 'load', 'consistently');
const checkTarget = storeWith('scan', 'load', 'commitAll', 'correctCells', 'cellsSince');
const checkOptions = optionsWith<CopyOptions>({
  after: optional(text),
  reached: optional(callback),
  dueAtMs: optional(callback),
  damaged: optional(callback),
  progress: optional(callback),
});

/** Intents of the target that are looked up in the source before anything is written. Larger: a slower start. */
const SAMPLE = 200;

/**
 * Copies the records with their own revisions, the pruned base, the statistics, the controls, the ids of removed intents and
 * the name and the runs of the archive. Writers to the source go on;
 * no other process may write to the target. A copy that was interrupted, or whose source has grown since, is continued by the
 * next one, which adds only what is missing.
 *
 * @throws RouterError `store-unusable` if the target has intents of another ledger, or if the statistics of both differ in
 *   the end; `invalid-value` for wrong arguments
 *
 * @example
 * ```ts
 * import { postgres } from 'outcome-router/stores/postgres';
 * import { sqlite } from 'outcome-router/stores/sqlite';
 * const { added, cells } = await copyLedger(sqlite('router.db'), postgres('postgres://router@db.internal/router'));
 * ```
 */
export async function copyLedger(source: Store, target: Store, options: CopyOptions = {}): Promise<CopyResult> {
  checkSource(source, 'copyLedger.source');
  checkTarget(target, 'copyLedger.target');
  checkOptions(options, 'copyLedger');
  const { damaged } = options;
  let differs = false;

  async function copyFrom(start: Cursor | undefined): Promise<CopyResult> {
    let after = start;
    const count = { records: 0, added: 0 };
    const copyRecords = async (view: StoreView): Promise<void> => {
      for await (const { records, next } of view.scanPages({
        ...(after === undefined ? {} : { after }),
        ...(damaged === undefined ? {} : { damaged: () => {} }),
      })) {
        const readable = leftOut.size === 0 ? records : records.filter(({ intentId }) => !leftOut.has(intentId));
        count.added += await addRecords(view, target, readable, options);
        count.records += records.length;
        after = next;
        options.reached?.(next);
        options.progress?.(count.records);
      }
    };
    if (start === undefined) await requireSameLedger(source, target, leftOut);
    await requireSameArchive(source, target);
    await copyRecords(source);
    // Most records are copied by now. The rest, and the comparison of both sides, are read at one moment.
    return source.consistently(async view => {
      await copyRecords(view);
      const controls = await copyControls(source, target, damaged);
      const removals = await copyRemoved(view, target, leftOut);
      const statistics = await copyStatistics(view, target, { leftOut: leftOut.size, damaged }).catch(
        (error: unknown) => {
          differs = true;
          throw error;
        },
      );
      return { ...count, leftOut: leftOut.size, controls, ...removals, ...statistics };
    });
  }

  // The source is read before the target is opened, so that a source that is not a ledger creates no target.
  await source.features();
  const leftOut = damaged === undefined ? new Set<string>() : await damagedIntents(source, {}, damaged);
  try {
    return await copyFrom(damaged === undefined ? options.after : undefined);
  } catch (error) {
    // The cursor belongs to another store, or the target lacks records before it: the target was replaced, or restored.
    if (options.after === undefined || !(differs || isExpired(error))) throw error;
    return copyFrom(undefined);
  }
}

function isExpired(error: unknown): boolean {
  return RouterError.isInstance(error) && error.code === 'cursor-expired';
}

/** Two ledgers in one store could not be separated again. */
async function requireSameLedger(source: StoreView, target: StoreView, leftOut: ReadonlySet<string>): Promise<void> {
  let looked = 0;
  for await (const record of target.scan({ kind: 'decided' })) {
    if (record.revision !== 0 || leftOut.has(record.intentId)) continue;
    if (!(await isOfLedger(source, record))) throw foreign(record.intentId);
    if (++looked === SAMPLE) return;
  }
  if (looked > 0) return;
  const [theirs, ours] = [await target.prunedCells(), await source.prunedCells()];
  if (theirs.length > 0 && missingCells(theirs, ours).length > 0) throw foreign();
}

/** Whether the ledger has this decision, or has removed its intent. */
async function isOfLedger(source: StoreView, decided: LedgerRecord): Promise<boolean> {
  try {
    return isSameRecord(decided, (await source.load(decided.intentId))[0]);
  } catch (error) {
    if (isIntentRemoved(error)) return true;
    throw error;
  }
}

function foreign(intentId?: string): RouterError {
  const which = intentId === undefined ? 'pruned statistics' : `the intent ${intentId}`;
  return new RouterError('store-unusable', `the target has ${which} of another ledger`, {
    accepted: 'an empty target, or an earlier copy of the same ledger that nothing else has written to',
  });
}

/** An error of the target. If the target has removed the intent, the error says which side removed it and what to do. */
function targetError(cause: unknown, id: string): unknown {
  if (!isIntentRemoved(cause)) return cause;
  const why = `the target has pruned or archived the intent "${id}", which the source has`;
  const accepted = 'an empty target: prune and archive a copy after it was last copied into';
  return new RouterError('store-unusable', why, { accepted, cause });
}

async function loadCopied(target: Store, id: string): Promise<readonly LedgerRecord[]> {
  return target.load(id).catch((error: unknown) => {
    throw targetError(error, id);
  });
}

/** Records that the target did not have. */
async function addRecords(
  view: StoreView,
  target: Store,
  records: readonly LedgerRecord[],
  options: CopyOptions,
): Promise<number> {
  const missing = async (id: string): Promise<Change | undefined> => {
    const [given, stored] = await Promise.all([recordsLeft(view, id), loadCopied(target, id)]);
    // The intent was pruned from the source meanwhile: the source's pruned base includes it now.
    if (given.length === 0) return undefined;
    if (!stored.every((record, revision) => isSameRecord(record, given[revision]))) throw foreign(id);
    return changeOf(foldIntent(stored), given.slice(stored.length), options);
  };
  const changes = await Promise.all(
    [...Map.groupBy(records, record => record.intentId)].map(async ([id, own]) =>
      own[0]?.revision === 0 ? changeOf(undefined, own, options) : missing(id),
    ),
  );
  const lost: string[] = [];
  let added = await commit(target, changes, change => lost.push(change.intentId));
  // An earlier copy has already written a part of these records to the target.
  const rest = await Promise.all(lost.map(missing));
  added += await commit(target, rest, ({ intentId }) => {
    throw foreign(intentId);
  });
  return added;
}

function changeOf(
  before: Intent | undefined,
  records: readonly LedgerRecord[],
  { dueAtMs = () => null }: CopyOptions,
): Change | undefined {
  const [first] = records;
  if (first === undefined) return undefined;
  const after = records.reduce<Intent | undefined>(appendRecord, before) as Intent;
  const { intentId, feature, revision: expectedRevision } = first;
  const delta = contributionDelta(before, after);
  return { intentId, feature, expectedRevision, records, delta, dueAtMs: dueAtMs(after) };
}

/** @returns records that the target did not have */
async function commit(
  target: Store,
  changes: readonly (Change | undefined)[],
  conflict: (change: Change) => void,
): Promise<number> {
  const own = changes.filter(change => change !== undefined);
  const results = own.length === 0 ? [] : await target.commitAll(own);
  let added = 0;
  own.forEach((change, index) => {
    const result = results[index];
    if (result?.kind === 'refused') throw targetError(result.error, change.intentId);
    if (result?.kind === 'conflict') conflict(change);
    if (result?.kind === 'committed') added += change.records.length;
  });
  return added;
}

/** One store may keep a record as an object and another as JSON. */
export function isSameRecord(one: LedgerRecord, other: LedgerRecord | undefined): boolean {
  return other !== undefined && isDeepStrictEqual(plain(one), plain(other));
}

function plain(record: LedgerRecord): unknown {
  return JSON.parse(JSON.stringify(record)) as unknown;
}
