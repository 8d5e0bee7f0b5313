/** The lines of a ledger export, one JSON object each (docs/ledger-schema.md). */
import type { LedgerRecord } from '../../core/ledger/records.ts';
import type { StoredRecord } from '../../core/ledger/record-versions.ts';
import { LEDGER_VERSION, upgradeRecord } from '../../core/ledger/record-versions.ts';
import type { Cell } from '../../core/cells/cell.ts';
import { cellKeyString, decodeSums, encodeSums, parseCellKey } from '../../core/cells/cell.ts';
import { RouterError } from '../../errors.ts';
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

/** A cell of the pruned base: what pruned intents contributed to it. */
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

const RECORD_KINDS: ReadonlySet<unknown> = new Set<LedgerRecord['kind']>([
  'decided',
  'attempted',
  'labelled',
  'corrected',
]);

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
  switch (line.kind) {
    case 'header':
      checkHeader(line, invalid);
      return line as unknown as HeaderLine;
    case 'pruned':
      if (typeof line.key !== 'string' || typeof line.sums !== 'object' || line.sums === null)
        throw invalid('not a cell', 'key and sums');
      return { kind: 'pruned', cell: { key: parseCellKey(line.key), sums: decodeSums(JSON.stringify(line.sums)) } };
    case 'end':
      return { kind: 'end', records: Number(line.records) };
    default: {
      const record = upgradeRecord(line as unknown as StoredRecord);
      if (!isRecord(record))
        throw invalid(`not a ledger record (kind ${JSON.stringify(line.kind)})`, [...RECORD_KINDS].join(', '));
      return record;
    }
  }
}

function checkHeader(
  { format, version }: Record<string, unknown>,
  invalid: (message: string, accepted: string) => Error,
): void {
  if (format !== LEDGER_FORMAT) throw invalid(`format ${JSON.stringify(format)}`, LEDGER_FORMAT);
  if (typeof version !== 'number' || version > LEDGER_VERSION)
    throw invalid(
      `version ${JSON.stringify(version)} was written by a newer outcome-router`,
      `up to ${LEDGER_VERSION}`,
    );
}

function isRecord(line: object): boolean {
  const { kind, intentId, revision, feature, atMs, decision, attempt, evidence } = line as Record<string, unknown>;
  if (!RECORD_KINDS.has(kind) || typeof intentId !== 'string' || typeof feature !== 'string') return false;
  if (!Number.isSafeInteger(revision) || !Number.isFinite(atMs)) return false;
  const body = kind === 'decided' ? decision : kind === 'attempted' ? attempt : evidence;
  return typeof body === 'object' && body !== null;
}
