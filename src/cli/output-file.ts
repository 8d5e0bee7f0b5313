/** Where an export goes: a file that is there only when it is whole, or stdout. */
import { createWriteStream, renameSync, rmSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';

/**
 * Writes chunks into a file. A file that exists stays as it was until the new one is complete; a pipe or a device is
 * written to as it is.
 *
 * @returns bytes written
 */
export async function writeFileWhole(path: string, chunks: AsyncIterable<string>): Promise<number> {
  const existing = statSync(path, { throwIfNoEntry: false });
  const isPlain = existing === undefined || existing.isFile();
  const target = isPlain ? `${path}.part` : path;
  const stream = createWriteStream(target);
  try {
    await pipeline(chunks, stream);
    if (isPlain) renameSync(target, path);
  } catch (error) {
    // A file that is still being opened would be there again.
    if (!stream.closed) await once(stream, 'close');
    if (isPlain) rmSync(target, { force: true });
    throw error;
  }
  return stream.bytesWritten;
}

/** Writes chunks to stdout, as fast as its reader takes them. */
export async function writeStdout(chunks: AsyncIterable<string>): Promise<void> {
  for await (const chunk of chunks) if (!process.stdout.write(chunk)) await once(process.stdout, 'drain');
}
