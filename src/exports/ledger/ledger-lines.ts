/** The lines of a ledger export, one JSON object each (docs/ledger-schema.md). */
import { wholeFromZero } from '../../argument-checks.ts';
import type { LedgerRecord } from '../../core/ledger/records.ts';
import type { StoredRecord } from '../../core/ledger/record-versions.ts';
import { LEDGER_VERSION, upgradeRecord } from '../../core/ledger/record-versions.ts';
import type { Cell } from '../../core/cells/cell.ts';
import { cellKeyString, decodeSums, encodeSums, parseCellKey } from '../../core/cells/cell.ts';
import { RouterError } from '../../errors.ts';
import { checkCell } from './cell-check.ts';
import { checkRecord, knownPart } from './record-check.ts';
import type { LedgerRange } from '../../contracts/ledger-source.ts';

export const LEDGER_FORMAT = 'outcome-router/ledger';

/** The first line. */
export interface HeaderLine {
  readonly kind: 'header';
  readonly format: typeof LEDGER_FORMAT;
  readonly version: number;
  /** The exported part; absent for a whole ledger. */
  readonly range?: LedgerRange;
}

/** The sum of a cell that comes from pruned intents, whose records are gone. */
export interface PrunedLine {
  readonly kind: 'pruned';
  readonly cell: Cell;
}

/** The last line: an export without it was cut off. */
export interface EndLine {
  readonly kind: 'end';
  readonly records: number;
}

export type LedgerLine = HeaderLine | PrunedLine | EndLine | LedgerRecord;

export function encodeLedgerLine(line: LedgerLine): string {
  if (line.kind !== 'pruned') return JSON.stringify(line);
  const { key, sums } = line.cell;
  return JSON.stringify({ kind: 'pruned', key: cellKeyString(key), sums: JSON.parse(encodeSums(sums)) as unknown });
}

/** @throws RouterError `invalid-data` with the line's number if the text is not a line of a ledger export */
export function decodeLedgerLine(text: string, lineNumber: number): LedgerLine {
  const invalid = (message: string, accepted: string): RouterError =>
    new RouterError('invalid-data', message, { path: `line ${lineNumber}`, accepted });
  let line: Record<string, unknown>;
  try {
    line = JSON.parse(text) as Record<string, unknown>;
  } catch (cause) {
    throw new RouterError('invalid-data', 'not JSON', {
      path: `line ${lineNumber}`,
      accepted: 'one object per line',
      cause,
    });
  }
  if (typeof line !== 'object' || line === null) throw invalid('not an object', 'one object per line');
  if (line.kind === 'header') {
    checkHeader(line, invalid);
    return line as unknown as HeaderLine;
  }
  try {
    return decoded(line);
  } catch (cause) {
    throw new RouterError('invalid-data', (cause as Error).message, { path: `line ${lineNumber}`, cause });
  }
}

function decoded(line: Record<string, unknown>): Exclude<LedgerLine, HeaderLine> {
  switch (line.kind) {
    case 'pruned': {
      checkCell(line);
      return { kind: 'pruned', cell: { key: parseCellKey(line.key), sums: decodeSums(JSON.stringify(line.sums)) } };
    }
    case 'end':
      wholeFromZero(line.records, 'records');
      return { kind: 'end', records: line.records as number };
    default: {
      const record = upgradeRecord(line as unknown as StoredRecord);
      checkRecord(record, 'record');
      return knownPart(record);
    }
  }
}

function checkHeader(
  { format, version }: Record<string, unknown>,
  invalid: (message: string, accepted: string) => Error,
): void {
  if (format !== LEDGER_FORMAT) throw invalid(`format ${JSON.stringify(format)}`, LEDGER_FORMAT);
  const isVersion = Number.isSafeInteger(version) && Number(version) >= 1;
  if (!isVersion || Number(version) > LEDGER_VERSION)
    throw invalid(
      `version ${JSON.stringify(version)} ${isVersion ? 'was written by a newer outcome-router' : 'is none'}`,
      `1 to ${LEDGER_VERSION}`,
    );
}
