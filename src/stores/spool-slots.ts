/** Gives each user of a spool path a file of its own, by locks that the operating system drops when their process ends. */
import { nodeModule } from '../node-module.ts';
import { RouterError } from '../errors.ts';
import { lockFile } from '../file-lock.ts';

const fs = nodeModule('node:fs', 'a spool in a file');

/** Maximum number of routers that may use one spool path at the same time. */
const MAX_SLOTS = 64;

/** A file that only this claim may use, until it is released or its process ends. */
export interface ClaimedFile {
  readonly path: string;
  release(): void;
}

/** Claims the files at `path`, `path.1`, `path.2` … that exist and that no living process uses. */
export function claimLeft(path: string): readonly ClaimedFile[] {
  const claimed: ClaimedFile[] = [];
  try {
    for (const file of slotsOf(path)) {
      const left = fs.existsSync(file) ? claim(file, fs.existsSync) : undefined;
      if (left !== undefined) claimed.push(left);
    }
    return claimed;
  } catch (error) {
    // A later try could not claim files that this one still holds.
    for (const file of claimed) file.release();
    throw error;
  }
}

/**
 * Claims the first name of `path`, `path.1`, `path.2` … that is free and has no file yet.
 *
 * @throws RouterError `store-unusable` when there is none
 */
export function claimNew(path: string): ClaimedFile {
  for (const file of slotsOf(path)) {
    const claimed = fs.existsSync(file) ? undefined : claim(file, name => !fs.existsSync(name));
    if (claimed !== undefined) return claimed;
  }
  throw new RouterError('store-unusable', `the spool has ${MAX_SLOTS} files already`, {
    path,
    accepted: 'another path, or fewer processes; a restart takes over what ended processes left',
  });
}

function slotsOf(path: string): readonly string[] {
  return Array.from({ length: MAX_SLOTS }, (_, slot) => (slot === 0 ? path : `${path}.${slot}`));
}

/** `isAsFound` is asked again under the lock: the file's former owner may have been at work until then. */
function claim(file: string, isAsFound: (file: string) => boolean): ClaimedFile | undefined {
  const release = lockFile(`${file}.owner`);
  if (release === undefined) return undefined;
  if (isAsFound(file)) return { path: file, release };
  release();
  return undefined;
}
