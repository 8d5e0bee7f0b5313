/** A file system in memory, where the machine has one with room: writing and waiting for a disk is a large part of what tests do. */
import { accessSync, constants, statfsSync } from 'node:fs';

/** Containers often have a small one, from which no program may run. */
export const MEMORY = '/dev/shm';
const MIN_FREE_BYTES = 2 ** 30;

export function hasRoomInMemory(): boolean {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= MIN_FREE_BYTES;
  } catch {
    return false;
  }
}
