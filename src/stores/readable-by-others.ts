/** Warns of a ledger or spool that every user of the machine may read: made by an older version, or copied. */
import { nodeModule } from '../node-module.ts';

const fs = nodeModule('node:fs', 'a ledger or a spool in a file');

const OTHERS_MAY_READ = 0o004;

const told = new Set<string>();

/**
 * One warning per process and file. A mode that lets only the group read a file counts as intended.
 *
 * @param path a file that is known to be ours: the warning recommends a change of its mode, and of that of its
 * companions
 */
export function warnIfReadableByOthers(path: string): void {
  // Windows has no such modes.
  if (process.platform === 'win32' || told.has(path)) return;
  const files = [path, `${path}-wal`, `${path}-shm`].flatMap(file => {
    const { mode = 0, size = 0 } = fs.statSync(file, { throwIfNoEntry: false }) ?? {};
    return (mode & OTHERS_MAY_READ) === 0 ? [] : [{ file, size }];
  });
  // Empty files hold nothing to read, and another process may be creating them right now.
  if (files.every(({ size }) => size === 0)) return;
  told.add(path);
  const names = files.map(({ file }) => file);
  process.emitWarning(
    `every user of this machine can read ${names.join(', ')}. Close it: chmod o= ${names.map(quoted).join(' ')}`,
    { type: 'OutcomeRouterWarning', code: 'READABLE_BY_OTHERS' },
  );
}

/** Quoted as one word for a shell. */
function quoted(name: string): string {
  return `'${name.replaceAll("'", String.raw`'\''`)}'`;
}
