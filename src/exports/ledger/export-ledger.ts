/** The whole ledger as text, one JSON object a line: to archive, to move between stores, to read with other tools. */
import { isDeepStrictEqual } from 'node:util';
import { LEDGER_VERSION } from '../../core/ledger/record-versions.ts';
import { RouterError } from '../../errors.ts';
import type { HeaderLine } from './ledger-lines.ts';
import { encodeLedgerLine, LEDGER_FORMAT } from './ledger-lines.ts';
import type { LedgerRange, LedgerSource } from '../../contracts/ledger-source.ts';

/** Characters gathered before they are handed on. */
const CHUNK = 64 * 1024;

export interface LedgerExportOptions extends LedgerRange {
  /** Called now and then with the records so far. */
  readonly progress?: (records: number) => void;
}

/**
 * The ledger as chunks of JSON lines (docs/ledger-schema.md), in constant memory. There is no prompt or completion text
 * in it, because there is none in the ledger. A range of time is for reading only: intents that reach over its edges
 * cannot be imported again.
 *
 * @example
 * ```ts
 * import { createWriteStream } from 'node:fs';
 * import { pipeline } from 'node:stream/promises';
 * await pipeline(exportLedger(store), createWriteStream('ledger.jsonl'));
 * ```
 */
export async function* exportLedger(
  source: LedgerSource,
  { progress, ...range }: LedgerExportOptions = {},
): AsyncGenerator<string> {
  const isPart = Object.values(range).some(value => value !== undefined);
  const header: HeaderLine = {
    kind: 'header',
    format: LEDGER_FORMAT,
    version: LEDGER_VERSION,
    ...(isPart ? { range } : {}),
  };
  let chunk = `${encodeLedgerLine(header)}\n`;
  const pruned = await source.prunedCells(range.feature);
  for (const cell of pruned) chunk += `${encodeLedgerLine({ kind: 'pruned', cell })}\n`;
  let records = 0;
  for await (const record of source.scan(range)) {
    chunk += `${JSON.stringify(record)}\n`;
    records++;
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = '';
    progress?.(records);
  }
  // What was pruned meanwhile may be neither among the cells above nor among the records.
  if (!isDeepStrictEqual(await source.prunedCells(range.feature), pruned))
    throw new RouterError('store-unusable', 'the ledger was pruned while it was exported', { accepted: 'another try' });
  yield `${chunk}${encodeLedgerLine({ kind: 'end', records })}\n`;
  progress?.(records);
}
