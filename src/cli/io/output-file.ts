/** The target of an export or of a page: a file that appears only once it is complete, or stdout. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { renameSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Writes chunks into a file. An existing file stays unchanged until the new one is complete, and keeps its mode; a new file is
 * readable only by its owner. A pipe or a device is written to directly.
 *
 * @returns bytes written
 */
export async function writeFileWhole(path: string, chunks: AsyncIterable<string> | Iterable<string>): Promise<number> {
  const existing = statSync(path, { throwIfNoEntry: false });
  const isRegular = existing === undefined || existing.isFile();
  // A random name that is not in use: a file of the user could have any fixed name.
  const target = isRegular ? join(dirname(path), `outcome-router-${randomUUID()}.part`) : path;
  const file = await open(target, isRegular ? 'wx' : 'w', 0o600);
  let bytes = 0;
  try {
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
