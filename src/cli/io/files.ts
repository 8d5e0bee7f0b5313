/** Checks the files that a command line names, before the command does any work. */
import type { Stats } from 'node:fs';
import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { RouterError } from '../../errors.ts';
import { ledgerOfCompanion } from '../../stores/companion.ts';

/** The reason why a file cannot be read, for an error message; `undefined` if it can. A pipe or a device counts as a file. */
export function unreadable(path: string): string | undefined {
  const found = fileAt(path);
  if (found === undefined) return 'there is no such file';
  if (found.isDirectory()) return 'this is a folder, not a file';
  return isAllowed(path, constants.R_OK) ? undefined : 'this user may not read it';
}

/** Parses the name of a file to read. */
export function inputFile(path: string): string {
  return checked(path, unreadable(path));
}

/** Parses the name of a file to write, new or not. A database, which may be a ledger, its companions and a spool are refused. */
export function outputFile(path: string): string {
  if (path === '') return checked(path, 'this is not the name of a file');
  const found = fileAt(path);
  if (found?.isDirectory() === true) return checked(path, 'this is a folder, not a file');
  if (isDatabase(path)) return checked(path, 'this is an SQLite database, perhaps a ledger, and would be destroyed');
  if (SPOOL_START.test(startOf(path)))
    return checked(path, 'this is the spool of a ledger, whose records would be lost');
  // A companion is refused even where its database is damaged or was moved away: only the companion itself must exist.
  const ledger = ledgerOfCompanion(path);
  if (ledger !== undefined && (found?.isFile() === true || isDatabase(ledger)))
    return checked(path, `this file belongs to the database ${ledger}`);
  const folder = dirname(path);
  if (fileAt(folder)?.isDirectory() !== true) return checked(path, `there is no folder ${folder}`);
  // A file is replaced by a new one in its folder; a pipe or a device is written to.
  const written = found === undefined || found.isFile() ? folder : path;
  return checked(path, isAllowed(written, constants.W_OK) ? undefined : `this user may not write to ${written}`);
}

/** Parses the name of a folder to write to, new or not. */
export function outputFolder(path: string): string {
  const ledger = ledgerOfCompanion(path);
  if (path === '') return checked(path, 'this is not the name of a folder');
  if (ledger !== undefined && isDatabase(ledger)) return checked(path, `this name belongs to the database ${ledger}`);
  return path;
}

/**
 * Refuses to write over a file that the command reads, such as its ledger.
 *
 * @throws RouterError `invalid-value` with the option
 */
export function requireOtherOutput(command: Command): void {
  const given = command.opts<Readonly<Record<string, unknown>>>();
  const outputs = command.options.filter(option => option.parseArg === outputFile);
  const isOutput = new Set(outputs.map(option => option.attributeName()));
  const values = [
    ...command.processedArgs,
    ...Object.keys(given)
      .filter(name => !isOutput.has(name))
      .map(name => given[name]),
  ];
  const inputs = values.flat().filter(value => typeof value === 'string');
  for (const option of outputs) {
    const output = given[option.attributeName()];
    if (typeof output !== 'string' || !inputs.some(input => isSameFile(input, output))) continue;
    throw new RouterError('invalid-value', `${output} is read by this command and would be overwritten`, {
      path: option.long ?? option.flags,
      accepted: 'another file',
    });
  }
}

function isAllowed(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

/** First bytes of an SQLite database, its log and its journal. */
const DATABASE_STARTS = ['SQLite format 3\0', '7\x7f\x06\x82', '7\x7f\x06\x83', '\xd9\xd5\x05\xf9\x20\xa1\x63\xd7'];

/** First bytes of a spool: a checksum and a change. */
const SPOOL_START = /^[\da-f]{1,8} \{"intentId":/;

function isDatabase(path: string): boolean {
  const start = startOf(path);
  return DATABASE_STARTS.some(known => start.startsWith(known));
}

/** The first bytes of a file, one character each; empty if it is not a file or cannot be read. */
function startOf(path: string): string {
  if (fileAt(path)?.isFile() !== true || !isAllowed(path, constants.R_OK)) return '';
  const start = Buffer.alloc(32);
  const file = openSync(path, 'r');
  try {
    readSync(file, start);
  } finally {
    closeSync(file);
  }
  return start.toString('latin1');
}

const NO_FILE = new Set<unknown>(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG']);

function fileAt(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    if (NO_FILE.has((error as NodeJS.ErrnoException).code)) return undefined;
    throw error;
  }
}

/** Whether two names refer to the same existing file. */
export function isSameFile(one: string, other: string): boolean {
  const [a, b] = [fileAt(one), fileAt(other)];
  return a?.isFile() === true && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}

function checked(path: string, problem: string | undefined): string {
  if (problem === undefined) return path;
  throw new InvalidArgumentError(`${problem.charAt(0).toUpperCase()}${problem.slice(1)}.`);
}
