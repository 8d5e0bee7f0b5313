/** The files that a command line names, checked before the command does any work. */
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { InvalidArgumentError } from 'commander';

/** Why a file cannot be read, for an error message; `undefined` if it can. A pipe or a device is a file. */
export function unreadable(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 'there is no such file';
  return found.isDirectory() ? 'this is a folder, not a file' : undefined;
}

/** Parses the name of a file to read. */
export function inputFile(path: string): string {
  return checked(path, unreadable(path));
}

/** Parses the name of a file to write, new or not. */
export function outputFile(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) return checked(path, 'this is a folder, not a file');
  const folder = dirname(path);
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
  return checked(path, isFolder ? undefined : `there is no folder ${folder}`);
}

function checked(path: string, problem: string | undefined): string {
  if (problem === undefined) return path;
  throw new InvalidArgumentError(`${problem.charAt(0).toUpperCase()}${problem.slice(1)}.`);
}
