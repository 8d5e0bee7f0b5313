/** The whole ledger as text, one JSON object per line: to archive, to move between stores, to read with other tools. */
import { callback, LEDGER_RANGE, optional, optionsWith, storeWith } from '../../argument-checks.ts';
import { streamOfOneMoment } from '../../contracts/one-moment.ts';
import { LEDGER_VERSION } from '../../core/ledger/record-versions.ts';
import { RouterError } from '../../errors.ts';
import type { HeaderLine } from './ledger-lines.ts';
import { encodeLedgerLine, LEDGER_FORMAT } from './ledger-lines.ts';
import { damageOf } from './record-check.ts';
import type { LedgerRange, LedgerSource } from '../../contracts/ledger-source.ts';

/** A chunk is yielded once it has this many characters. */
const CHUNK_SIZE = 64 * 1024;

/** Intents with a damaged record, and the number of all their records. */
export interface LeftOut {
  readonly intents: number;
  readonly records: number;
}

export interface LedgerExportOptions extends LedgerRange {
  /**
   * Called repeatedly with the number of records so far, and with the numbers of intents and records left out because of damage.
   */
  readonly progress?: (records: number, leftOut: LeftOut) => void;
  /**
   * Called with an error for each record that an import would not accept. Its whole intent is then left out. Without this option,
   * the export ends at a record that cannot be read.
   */
  readonly damaged?: (error: RouterError) => void;
}

const checkLedger = storeWith('scan', 'prunedCells');
const checkOptions = optionsWith<LedgerExportOptions>({
  ...LEDGER_RANGE,
  progress: optional(callback),
  damaged: optional(callback),
});

/**
 * A store's ledger at one moment as chunks of JSON lines (docs/ledger-schema.md), in constant memory; writers go on. It has
 * no prompt or completion text, because the ledger has none. An export of a period is for reading only: it has parts of some
 * intents, so it cannot be imported.
 *
 * @throws RouterError `invalid-value` for wrong arguments
 *
 * @example
 * ```ts
 * import { createWriteStream } from 'node:fs';
 * import { pipeline } from 'node:stream/promises';
 * await pipeline(exportLedger(store), createWriteStream('ledger.jsonl'));
 * ```
 */
export async function* exportLedger(source: LedgerSource, options: LedgerExportOptions = {}): AsyncGenerator<string> {
  checkLedger(source, 'exportLedger.source');
  checkOptions(options, 'exportLedger');
  yield* streamOfOneMoment(source, view => chunksOf(view, options));
}

async function* chunksOf(source: LedgerSource, options: LedgerExportOptions): AsyncGenerator<string> {
  const { progress, damaged, ...range } = options;
  const isPart = Object.values(range).some(value => value !== undefined);
  const header: HeaderLine = {
    kind: 'header',
    format: LEDGER_FORMAT,
    version: LEDGER_VERSION,
    ...(isPart ? { range } : {}),
  };
  let chunk = `${encodeLedgerLine(header)}\n`;
  for (const cell of await source.prunedCells(range.feature))
    chunk += `${encodeLedgerLine({ kind: 'pruned', cell })}\n`;
  const left = damaged === undefined ? new Set() : await damagedIntents(source, range, damaged);
  const leftOut = { intents: left.size, records: 0 };
  const unreadable = damaged === undefined ? {} : { damaged: () => void leftOut.records++ };
  let records = 0;
  for await (const record of source.scan({ ...range, ...unreadable })) {
    if (left.has(record.intentId)) {
      leftOut.records++;
      continue;
    }
    chunk += `${JSON.stringify(record)}\n`;
    records++;
    if (chunk.length < CHUNK_SIZE) continue;
    yield chunk;
    chunk = '';
    progress?.(records, leftOut);
  }
  yield `${chunk}${encodeLedgerLine({ kind: 'end', records })}\n`;
  progress?.(records, leftOut);
}

/**
 * Ids of the intents with a record that cannot be read, or that no ledger can have. A store would not accept the other records of
 * such an intent.
 */
export async function damagedIntents(
  source: LedgerSource,
  range: LedgerRange,
  damaged: (error: RouterError) => void,
): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  const leaveOut = (error: RouterError, intentId: string): void => {
    ids.add(intentId);
    damaged(error);
  };
  for await (const record of source.scan({ ...range, damaged: leaveOut })) {
    const damage = damageOf(record);
    if (damage !== undefined) leaveOut(damage, record.intentId);
  }
  return ids;
}
