/** The message of a failed command, for stderr. */
import { RouterError } from '../../errors.ts';

/**
 * An error the user can fix (configuration, a missing file, a port in use) is one line. Anything else is a bug of this
 * program and comes with its stack.
 */
export function describeFailure(error: unknown): string {
  if (RouterError.isInstance(error) || isSystemError(error)) return `error: ${error.message}`;
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `error: this is a bug, please report it\n${detail}`;
}

/** An error of the operating system, as Node reports it: `ENOENT`, `EADDRINUSE` … */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}
