/** The files of an archive: after a crash, either the old file or the new one exists, and its content shows which. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { RouterError } from '../../errors.ts';

/** A file as it is listed in the manifest. */
export interface ArchivedFile {
  /** Relative to the folder of the archive. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** DuckDB would read these as a pattern. @throws RouterError `invalid-value` */
export function requirePlainName(folder: string): void {
  if (/[*?[\]]/.test(folder))
    throw new RouterError('invalid-value', 'an archive cannot be read from a folder with *, ?, [ or ] in its name', {
      path: folder,
      accepted: 'the folder under another name',
    });
}

/** Waits until a file or a folder is written to the disk. */
export async function sync(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Replaces the content of a file by this text; after a failure the old file is still there. */
export async function writeWhole(path: string, text: string): Promise<void> {
  await writeFileSynced(`${path}.part`, text);
  await putInPlace(`${path}.part`, path);
}

async function writeFileSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Renames a complete temporary file to its final name. */
export async function putInPlace(from: string, to: string): Promise<void> {
  await rename(from, to);
  await sync(dirname(to));
}

export async function contentsOf(path: string): Promise<Pick<ArchivedFile, 'bytes' | 'sha256'>> {
  const { size } = await stat(path);
  const hash = createHash('sha256');
  for await (const part of createReadStream(path)) hash.update(part as Buffer);
  return { bytes: size, sha256: hash.digest('hex') };
}
