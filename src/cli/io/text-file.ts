/** The text of a large file that another product exported, compressed or not. */
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { RouterError } from '../../errors.ts';

/** A longer text is freed only when old objects are collected: a file of a million lines would need 30 MB more. */
const CHUNK_BYTES = 32_768;

const STARTS = { gzip: '\x1f\x8b', zip: 'PK\x03\x04', parquet: 'PAR1', utf16: ['\xff\xfe', '\xfe\xff'] } as const;

/**
 * Reads UTF-8, plain or compressed with gzip, whatever the file's name. Opens the file when its first part is requested; a pipe
 * can be read too.
 *
 * @throws RouterError `invalid-data` with the path for a file of another kind, and for one whose compressed text is damaged
 */
export async function* textFile(path: string): AsyncGenerator<string> {
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  try {
    const chunks = file[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    const first = await chunks.next();
    if (first.done === true) return;
    const start = first.value.toString('latin1', 0, 4);
    requireText(start, path);
    const bytes = resumed(first.value, chunks);
    const decoder = new TextDecoder();
    for await (const part of start.startsWith(STARTS.gzip) ? unpacked(bytes, path) : bytes)
      yield decoder.decode(part, { stream: true });
    yield decoder.decode();
  } finally {
    file.destroy();
  }
}

async function* resumed(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  for (let part = await rest.next(); part.done !== true; part = await rest.next()) yield part.value;
}

async function* unpacked(bytes: AsyncIterable<Buffer>, path: string): AsyncGenerator<Buffer> {
  // An error of either stream is thrown from the loop.
  const gunzip = pipeline(bytes, createGunzip(), () => undefined);
  try {
    for await (const part of gunzip) yield part as Buffer;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('Z_'))) throw error;
    throw new RouterError('invalid-data', `its compressed text is damaged or cut off (${error.message})`, {
      path,
      accepted: 'a whole .gz file',
      cause: error,
    });
  }
}

function requireText(start: string, path: string): void {
  const isOf = (known: string): boolean => start.startsWith(known);
  if (isOf(STARTS.zip)) throw otherKind('a ZIP archive or a workbook', path);
  if (isOf(STARTS.parquet)) throw otherKind('a Parquet file', path);
  if (STARTS.utf16.some(isOf)) throw otherKind('text in UTF-16', path);
}

function otherKind(kind: string, path: string): RouterError {
  return new RouterError('invalid-data', `this is ${kind}`, {
    path,
    accepted: 'CSV or JSON in UTF-8, also as .gz: export it as CSV, or unpack it',
  });
}
