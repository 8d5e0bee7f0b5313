/** What an error about a wrong input must contain, and what must not have happened. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RouterError } from '../../src/errors.ts';
import type { Ran } from '../cli/commands/run-command.ts';
import type { Place } from './wrong-values.ts';

/** What is wrong with the error of a call; nothing if the error is good. @param place where the mistake is */
export function faultOfError(error: unknown, place: Place): string | undefined {
  if (!RouterError.isInstance(error)) return `no RouterError: ${String(error)}`;
  // `features["support.reply"].candidates[1]` and `features.support.reply.candidates.1` are one place.
  const path = (error.path ?? '').replaceAll(/\["?(.*?)"?\]/g, '.$1');
  const [a, b] = [`${path}.`, `${place.join('.')}.`];
  const isThere = place.length === 0 ? path !== '' : a.startsWith(b) || b.startsWith(a);
  if (!isThere) return `at another place: ${error.message}`;
  return error.accepted === undefined ? `it does not say what is accepted: ${error.message}` : undefined;
}

/** What is wrong with the way a command ended; nothing if it printed one clear error. @param where what its line has to name */
export function faultOfCommand({ code, stdout, stderr }: Ran, where: readonly string[]): string | undefined {
  const lines = stderr.split('\n').filter(line => line.startsWith('error: '));
  const [line = ''] = lines;
  if (code !== 1) return `exit code ${code}: ${line}`;
  if (stdout !== '') return `it printed a result: ${stdout.slice(0, 100)}`;
  if (lines.length !== 1) return `${lines.length} errors: ${stderr}`;
  if (/this is a bug|^\s+at /m.test(stderr)) return `a stack: ${stderr}`;
  if (!where.some(each => line.includes(each))) return `it names another place: ${line}`;
  // Commander's errors are about one word of the command line, and name the help of the command.
  return /accepted:|--help|give another path/.test(stderr) ? undefined : `it does not say what is accepted: ${line}`;
}

/** Every file and folder below a folder, with a hash of its content: unequal if anything was written. */
export function contentOf(folder: string): string {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .map(entry => {
      const path = join(entry.parentPath, entry.name);
      return entry.isFile() ? `${path} ${createHash('sha256').update(readFileSync(path)).digest('hex')}` : path;
    })
    .sort()
    .join('\n');
}
