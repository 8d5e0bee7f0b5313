/** The target of an export or of a page: a file that appears only once it is complete, or stdout. */
import { once } from 'node:events';
import { renameSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';

/**
 * Writes chunks into a file. An existing file stays unchanged until the new one is complete, and keeps its mode; a new one
 * is its owner's alone. A pipe or a device is written to directly.
 *
 * @returns bytes written
 */
export async function writeFileWhole(path: string, chunks: AsyncIterable<string> | Iterable<string>): Promise<number> {
  const existing = statSync(path, { throwIfNoEntry: false });
  const isRegular = existing === undefined || existing.isFile();
  const target = isRegular ? `${path}.part` : path;
  let bytes = 0;
  try {
    const file = await open(target, 'w', 0o600);
    try {
      if (existing?.isFile() === true) await file.chmod(existing.mode & 0o777);
      for await (const chunk of chunks) {
        await file.writeFile(chunk);
        bytes += Buffer.byteLength(chunk);
      }
    } finally {
      await file.close();
    }
    if (isRegular) renameSync(target, path);
    return bytes;
  } catch (error) {
    if (isRegular) rmSync(target, { force: true });
    throw error;
  }
}

/** Writes chunks to stdout and waits while the reader is slower (back-pressure). */
export async function writeStdout(chunks: AsyncIterable<string>): Promise<void> {
  for await (const chunk of chunks) if (!process.stdout.write(chunk)) await once(process.stdout, 'drain');
}
