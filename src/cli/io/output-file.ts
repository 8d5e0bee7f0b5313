/** Where an export goes: a file that is there only when it is whole, or stdout. */
import { once } from 'node:events';
import { renameSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';

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
  let isWhole = false;
  let bytes = 0;
  try {
    const file = await open(target, 'w');
    try {
      for await (const chunk of chunks) {
        await file.writeFile(chunk);
        bytes += Buffer.byteLength(chunk);
      }
    } finally {
      await file.close();
    }
    if (isPlain) renameSync(target, path);
    isWhole = true;
    return bytes;
  } finally {
    if (isPlain && !isWhole) rmSync(target, { force: true });
  }
}

/** Writes chunks to stdout, as fast as its reader takes them. */
export async function writeStdout(chunks: AsyncIterable<string>): Promise<void> {
  for await (const chunk of chunks) if (!process.stdout.write(chunk)) await once(process.stdout, 'drain');
}
