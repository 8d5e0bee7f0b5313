/** One line of a spool file: the checksum of a change's JSON text, and the text. */
import { crc32 } from 'node:zlib';
import { checkChange } from '../contracts/change.ts';
import type { StoredRecord } from '../core/ledger/record-versions.ts';
import { upgradeRecord } from '../core/ledger/record-versions.ts';
import type { SpooledChange } from './replay-change.ts';

/** The field that holds what a record of this kind says. */
const BODIES: Readonly<Record<StoredRecord['kind'], string>> = {
  decided: 'decision',
  attempted: 'attempt',
  settled: 'evidence',
  labelled: 'evidence',
  corrected: 'evidence',
};

export function encodeLine({ intentId, feature, expectedRevision, records, dueAtMs }: SpooledChange): string {
  const json = JSON.stringify({ intentId, feature, expectedRevision, records, dueAtMs });
  return `${crc32(json).toString(16)} ${json}\n`;
}

/** The change of a line, or the reason why it has none. */
export function decodeLine(line: string): SpooledChange | string {
  const space = line.indexOf(' ');
  const json = line.slice(space + 1);
  if (crc32(json).toString(16) !== line.slice(0, space)) return 'its checksum is wrong: it is damaged or incomplete';
  try {
    return changeOf(JSON.parse(json) as Partial<SpooledChange> | null);
  } catch (error) {
    return (error as Error).message;
  }
}

/** The checksum is right, but another version of this package, or another program, may have written the line. */
function changeOf(change: Partial<SpooledChange> | null): SpooledChange | string {
  if (typeof change?.intentId !== 'string' || typeof change.feature !== 'string') return 'it is no change of an intent';
  if (!Array.isArray(change.records)) return 'it has no records';
  if (!(change.records as readonly StrangeRecord[]).every(hasBody))
    return 'this version does not know its kind of record';
  const upgraded = { ...(change as SpooledChange), records: change.records.map(upgradeRecord) };
  checkChange({ ...upgraded, delta: [] });
  return upgraded;
}

type StrangeRecord = Readonly<Record<string, unknown>> | null;

function hasBody(record: StrangeRecord): boolean {
  const body = record?.[BODIES[record.kind as StoredRecord['kind']]];
  return typeof body === 'object' && body !== null;
}
