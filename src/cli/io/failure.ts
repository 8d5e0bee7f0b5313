/** What a failed command says on stderr. */
import { RouterError } from '../../errors.ts';

/**
 * A mistake that the reader can mend (configuration, a missing file, a port in use) is one line; anything else is a
 * fault of this program, and comes with its stack.
 */
export function describeFailure(error: unknown): string {
  if (RouterError.isInstance(error) || isSystemError(error)) return `error: ${error.message}`;
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `error: this should not happen, please report it\n${detail}`;
}

/** An error of the operating system, as Node reports it: `ENOENT`, `EADDRINUSE` … */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}
