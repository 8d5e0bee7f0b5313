/** One line of a spool file: the checksum of a change's JSON text, and the text. */
import { nodeModule } from '../node-module.ts';
import { checkChange } from '../contracts/change.ts';
import { readRecord } from '../core/ledger/record-versions.ts';
import type { SpooledChange } from './replay-change.ts';

const { crc32 } = nodeModule('node:zlib', 'a spool in a file');

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
  if (typeof change?.intentId !== 'string' || typeof change.feature !== 'string')
    return 'it is not a change of an intent';
  if (!Array.isArray(change.records)) return 'it has no records';
  const records = change.records.map(readRecord).filter(record => record !== undefined);
  if (records.length < change.records.length) return 'this version does not know its kind of record';
  const upgraded = { ...(change as SpooledChange), records };
  checkChange({ ...upgraded, delta: [] });
  return upgraded;
}
