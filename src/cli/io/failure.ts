/** The message of a failed command, for stderr. */
import { RouterError } from '../../errors.ts';
import { printableLines } from './printable.ts';

/**
 * An error the user can fix (configuration, a missing file, a port in use) is one line. Anything else is a bug of this
 * program and comes with its stack. A message may quote a file, so it is made safe for a terminal.
 */
export function describeFailure(error: unknown): string {
  return printableLines(messageOf(error));
}

function messageOf(error: unknown): string {
  if (RouterError.isInstance(error)) return `error: ${error.message}`;
  if (isSystemError(error)) return `error: ${systemMessage(error)}`;
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `error: this is a bug, please report it\n${detail}`;
}

/** An error of the operating system, as Node reports it: `ENOENT`, `EADDRINUSE` … */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}

const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EISDIR: 'this is a folder, not a file',
  ENOTDIR: 'a part of this path is a file, not a folder',
  EACCES: 'this user has no permission',
  EPERM: 'this user has no permission',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EADDRINUSE: 'another process uses this port',
};

/** Node's own message is kept in parentheses, because people search for it. */
function systemMessage({ code = '', message, path }: NodeJS.ErrnoException): string {
  const meaning = SYSTEM_ERRORS[code];
  return meaning === undefined ? message : `${path === undefined ? '' : `${path}: `}${meaning} (${message})`;
}

/** The value of a promise; its error names the option (`--by`) instead of the argument (`by`) that the option set. */
export async function atOption<Value>(option: string, value: Promise<Value>): Promise<Value> {
  try {
    return await value;
  } catch (error) {
    throw relocated(error, path => (`--${path}` === option ? option : path));
  }
}

/**
 * The same error with another path: a library's error names its argument (`successRate`, `line 3`), while the user of a command
 * needs the option or the file. Other errors are returned unchanged.
 *
 * @param rename the place in the command line; `undefined` keeps the error's own
 */
export function relocated(error: unknown, rename: (path: string | undefined) => string | undefined): unknown {
  if (!RouterError.isInstance(error)) return error;
  const path = rename(error.path);
  if (path === undefined) return error;
  const message = error.path === undefined ? error.message : error.message.slice(`${error.path}: `.length);
  return new RouterError(error.code, message, { path, cause: error });
}
