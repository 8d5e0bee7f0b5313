/** Gives each process that shares a spool path its own file, by lock files with process ids. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { RouterError } from '../errors.ts';

/** Maximum number of processes that may use one spool path at the same time. */
const MAX_PROCESSES = 64;

/** Locks held by this process. Its id in any other lock file is that of a dead predecessor in the same container. */
const held = new Set<string>();

/** Locks the first free file of `path`, `path.1`, `path.2` …, and every later one that a dead process left. */
export function claimFiles(path: string): { readonly own: string; readonly left: readonly string[] } {
  const claimed: string[] = [];
  for (let slot = 0; slot < MAX_PROCESSES; slot++) {
    const file = slot === 0 ? path : `${path}.${slot}`;
    if ((claimed.length === 0 || existsSync(file)) && lock(file)) claimed.push(file);
  }
  const [own, ...left] = claimed;
  if (own === undefined)
    throw new RouterError('store-unusable', `${MAX_PROCESSES} processes use this spool already`, {
      path,
      accepted: 'another path',
    });
  return { own, left };
}

export function releaseFile(file: string): void {
  held.delete(file);
  rmSync(`${file}.lock`, { force: true });
}

function lock(file: string): boolean {
  if (held.has(file)) return false;
  const name = `${file}.lock`;
  if (existsSync(name)) {
    if (isAlive(Number(readFileSync(name, 'utf8')))) return false;
    rmSync(name, { force: true });
  }
  try {
    writeFileSync(name, String(process.pid), { flag: 'wx' });
  } catch (error) {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  held.add(file);
  return true;
}

/** False for this process too: it holds no lock on the file, so its id there is a predecessor's. */
function isAlive(pid: number): boolean {
  if (pid === process.pid || !(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
