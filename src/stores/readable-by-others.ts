/** Tells of a ledger or a spool that every user of the machine may read: made by an older version, or copied. */
import { statSync } from 'node:fs';

const OTHERS_MAY_READ = 0o004;

const told = new Set<string>();

/** One warning per process and file. A file that was opened to a group is taken for meant so. */
export function warnIfReadableByOthers(path: string): void {
  // Windows has no such modes.
  if (process.platform === 'win32' || told.has(path)) return;
  const { mode = 0, size = 0 } = statSync(path, { throwIfNoEntry: false }) ?? {};
  // An empty one says nothing, and another process may be making it at this moment.
  if (size === 0 || (mode & OTHERS_MAY_READ) === 0) return;
  told.add(path);
  process.emitWarning(
    `every user of this machine can read ${path}, and the files beside it. Close it: chmod o= '${path}'*`,
    { type: 'OutcomeRouterWarning', code: 'READABLE_BY_OTHERS' },
  );
}
