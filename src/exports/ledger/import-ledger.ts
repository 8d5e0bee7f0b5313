/** Reads a ledger export into an empty store. */
import { callback, iterable, optional, optionsWith, storeWith } from '../../argument-checks.ts';
import type { Intent, LedgerRecord } from '../../core/ledger/records.ts';
import { appendRecord, foldIntent } from '../../core/ledger/records.ts';
import { contributionDelta } from '../../core/cells/contribution.ts';
import type { Cell } from '../../core/cells/cell.ts';
import { RouterError } from '../../errors.ts';
import type { HeaderLine } from './ledger-lines.ts';
import { decodeLedgerLine } from './ledger-lines.ts';
import { linesOf } from './lines.ts';
import type { LedgerSource } from '../../contracts/ledger-source.ts';
import type { Change, Store } from '../../contracts/store.ts';

/** The methods of a store that an import needs. */
export type LedgerTarget = LedgerSource & Pick<Store, 'commitAll' | 'correctCells'>;

export interface ImportOptions {
  /**
   * When silence will label an intent, from the features' configuration: the ledger does not have it. Without it, an
   * intent without an outcome stays pending until evidence is recorded.
   */
  readonly dueAtMs?: (intent: Intent) => number | null;
  /** Called repeatedly with the number of records so far. */
  readonly progress?: (records: number) => void;
}

const checkChunks = iterable("text in chunks: createReadStream('ledger.jsonl', 'utf8')", { orText: true });
const checkTarget = storeWith('scan', 'load', 'prunedCells', 'commitAll', 'correctCells');
const checkOptions = optionsWith<ImportOptions>({ dueAtMs: optional(callback), progress: optional(callback) });

/** The result of {@link importLedger}. */
export interface ImportResult {
  readonly records: number;
  readonly intents: number;
}

/** Records committed at once: more hides more of a store's latency and needs more memory. */
const BATCH_SIZE = 500;

/**
 * Commits an export's records in order, with their statistics, in constant memory. The target then has the source's
 * ledger, cells and pruned base.
 *
 * @throws RouterError `invalid-data` with the line if the export is not complete: the target then has some of the records
 * before that line, so delete it. `store-unusable` if the target is not empty. `invalid-value` for wrong arguments.
 *
 * @example
 * ```ts
 * import { createReadStream } from 'node:fs';
 * import { sqlite } from 'outcome-router/stores/sqlite';
 * const { records } = await importLedger(createReadStream('ledger.jsonl', 'utf8'), sqlite('restored.db'));
 * ```
 */
export async function importLedger(
  chunks: AsyncIterable<string> | Iterable<string>,
  target: LedgerTarget,
  options: ImportOptions = {},
): Promise<ImportResult> {
  checkChunks(chunks, 'importLedger.chunks');
  checkTarget(target, 'importLedger.target');
  checkOptions(options, 'importLedger');
  const { dueAtMs = () => null, progress } = options;
  await requireEmpty(target);
  let header: HeaderLine | undefined;
  let base: Cell[] | undefined = [];
  let batch: { readonly record: LedgerRecord; readonly lineNumber: number }[] = [];
  let records = 0;
  let intents = 0;
  let end: number | undefined;

  const flush = async (): Promise<void> => {
    if (base !== undefined) await commitBase(target, base);
    base = undefined;
    await commitBatch(target, batch, dueAtMs);
    records += batch.length;
    batch = [];
    progress?.(records);
  };

  let lineNumber = 0;
  for await (const text of linesOf(chunks)) {
    const line = decodeLedgerLine(text, ++lineNumber);
    if (end !== undefined) throw invalid(lineNumber, 'a line after the end', 'nothing');
    if (header === undefined) {
      if (line.kind !== 'header') throw invalid(lineNumber, 'the export has no header', 'a header as the first line');
      if (line.range?.fromMs !== undefined || line.range?.toMs !== undefined)
        throw invalid(
          lineNumber,
          'the export covers a period, so it has parts of some intents',
          'an export without --from and --to',
        );
      header = line;
    } else if (line.kind === 'header') throw invalid(lineNumber, 'a second header', 'one export');
    else if (line.kind === 'end') end = line.records;
    else if (line.kind === 'pruned') {
      if (base === undefined || batch.length > 0)
        throw invalid(lineNumber, 'a pruned cell after records', 'pruned cells before records');
      base.push(line.cell);
    } else {
      if (line.revision === 0) intents++;
      batch.push({ record: line, lineNumber });
      if (batch.length === BATCH_SIZE) await flush();
    }
  }
  if (header === undefined) throw invalid(1, 'the export is empty', 'a header as the first line');
  await flush();
  if (end !== records) throw invalid(lineNumber, `the export is cut off after ${records} records`, 'all of its lines');
  return { records, intents };
}

/** @throws RouterError `store-unusable` for a store that has records, or statistics of pruned ones */
async function requireEmpty(target: LedgerSource): Promise<void> {
  const records = target.scan()[Symbol.asyncIterator]();
  const first = await records.next();
  await records.return?.();
  if (first.done !== true || (await target.prunedCells()).length > 0) throw notEmpty();
}

async function commitBase(target: LedgerTarget, base: readonly Cell[]): Promise<void> {
  for (const feature of new Set(base.map(cell => cell.key.feature))) {
    const pruned = base.filter(cell => cell.key.feature === feature);
    // If two imports found the store empty at the same moment, only one adds the base.
    if (!(await target.correctCells(feature, pruned, { id: `import ${feature}`, pruned }))) throw notEmpty();
  }
}

function notEmpty(): RouterError {
  return new RouterError('store-unusable', 'the store already has a ledger', {
    accepted:
      'an empty store to import into; of what an import that failed has left, delete the file or drop the schema',
  });
}

async function commitBatch(
  target: LedgerTarget,
  batch: readonly { readonly record: LedgerRecord; readonly lineNumber: number }[],
  dueAtMs: (intent: Intent) => number | null,
): Promise<void> {
  const begun = new Set(batch.filter(({ record }) => record.revision === 0).map(({ record }) => record.intentId));
  const continued = new Set(batch.map(({ record }) => record.intentId).filter(id => !begun.has(id)));
  const state = new Map<string, Intent | undefined>();
  await Promise.all([...continued].map(async id => state.set(id, foldIntent(await target.load(id)))));
  const changes = batch.map(({ record, lineNumber }): Change => {
    const { intentId, feature, revision } = record;
    const before = state.get(intentId);
    if (revision !== (before?.revision ?? 0) || (before === undefined && record.kind !== 'decided'))
      throw invalid(
        lineNumber,
        `record ${revision} of the intent ${intentId} is out of order`,
        `its record ${before?.revision ?? 0}`,
      );
    if (before !== undefined && feature !== before.decided.feature)
      throw invalid(
        lineNumber,
        `the intent ${intentId} belongs to another feature than this record`,
        `the feature ${before.decided.feature}`,
      );
    const after = appendRecord(before, record);
    state.set(intentId, after);
    const delta = contributionDelta(before, after);
    return { intentId, feature, expectedRevision: revision, records: [record], delta, dueAtMs: dueAtMs(after) };
  });
  const results = await target.commitAll(changes);
  batch.forEach(({ record: { intentId }, lineNumber }, index) => {
    const result = results[index];
    if (result?.kind === 'refused') throw invalid(lineNumber, result.error.message, 'records that the store accepts');
    if (result?.kind === 'conflict')
      throw invalid(
        lineNumber,
        `another process wrote to the intent ${intentId} during the import`,
        'a store without other writers',
      );
  });
}

function invalid(lineNumber: number, message: string, accepted: string): RouterError {
  return new RouterError('invalid-data', message, { path: `line ${lineNumber}`, accepted });
}
