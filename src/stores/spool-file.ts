/** A local file of changes that the store has not taken yet: one line each, with a checksum, durable, bounded. */
import {
  accessSync,
  closeSync,
  constants,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { RouterError } from '../errors.ts';
import type { SpooledChange } from './replay-change.ts';
import { decodeLine, encodeLine } from './spool-line.ts';
import type { ClaimedFile } from './spool-slots.ts';
import { claimLeft } from './spool-slots.ts';
import type { SpoolFileOptions, SpoolWriter } from './spool-writer.ts';
import { cannotSpool, spoolWriter } from './spool-writer.ts';

export interface SpoolFile extends SpoolWriter {
  /** Changes that earlier processes left, in order. */
  readonly found: readonly SpooledChange[];
  /** Moves a change that can never be replayed to `<path>.aside`, and reports it. */
  setAside(change: SpooledChange, why: string): void;
}

/** Number of lines of which a fault says why they cannot be replayed. */
const MAX_REASONS = 5;

/**
 * Takes over what processes that have ended left at `path`, `path.1`, `path.2` …. This one's own file is made with its first
 * change, so a store that works leaves no trace.
 *
 * @throws RouterError `store-unusable` when the files cannot be opened, read or written
 */
export async function openSpoolFile(path: string, options: SpoolFileOptions): Promise<SpoolFile> {
  let left: readonly ClaimedFile[] = [];
  try {
    accessSync(dirname(resolve(path)), constants.W_OK);
    left = claimLeft(resolve(path));
    return openFile(path, left, options);
  } catch (error) {
    for (const file of left) file.release();
    throw cannotSpool(path, error);
  }
}

/**
 * Opens the spool at the first call; `opened` then gets what earlier processes left. Calls resolve to `undefined` while it
 * cannot be opened, which is reported once, and try again.
 */
export function openOnUse(
  path: string,
  options: SpoolFileOptions,
  opened: (found: readonly SpooledChange[]) => void,
): () => Promise<SpoolFile | undefined> {
  let opening: Promise<SpoolFile | undefined> | undefined;
  let hasTold = false;
  const open = async (): Promise<SpoolFile | undefined> => {
    try {
      const file = await openSpoolFile(path, options);
      opened(file.found);
      return file;
    } catch (error) {
      if (!hasTold) options.faulted(cannotSpool(path, error));
      hasTold = true;
      opening = undefined;
      return undefined;
    }
  };
  return () => (opening ??= open());
}

function openFile(path: string, left: readonly ClaimedFile[], options: SpoolFileOptions): SpoolFile {
  const { faulted } = options;
  const aside = `${path}.aside`;
  const { found, damaged, reasons, endsInLine } = readFiles(left);
  if (damaged.length > 0) {
    appendNow(aside, `${damaged.join('\n')}\n`);
    const why = [...reasons.slice(0, MAX_REASONS), ...(reasons.length > MAX_REASONS ? ['…'] : [])].join('; ');
    faulted(
      new RouterError('invalid-data', `${damaged.length} lines of the spool are kept in ${aside}: ${why}`, {
        path,
        accepted: 'lines as they were written: look at them and delete the file',
      }),
    );
  }
  const [own, ...others] = left;
  // Everything is in one file before the others are deleted: a crash in between leaves a change twice, and replay skips
  // the second one.
  if (own !== undefined && (others.length > 0 || damaged.length > 0 || !endsInLine))
    replaceFile(own.path, found.map(encodeLine).join(''));
  for (const file of others) {
    rmSync(file.path, { force: true });
    file.release();
  }
  return Object.freeze<SpoolFile>({
    found,
    ...spoolWriter(resolve(path), own, options),
    setAside({ intentId, records }, why) {
      appendNow(aside, `${JSON.stringify(records)}\n`);
      faulted(
        new RouterError('invalid-data', `a spooled change cannot follow its intent: ${why}`, {
          path: intentId,
          accepted: `the records are kept in ${aside}`,
        }),
      );
    },
  });
}

interface LinesRead {
  readonly found: readonly SpooledChange[];
  readonly damaged: readonly string[];
  readonly reasons: readonly string[];
  /** False where the end of a last line is missing, so that the next line would be a part of it. */
  readonly endsInLine: boolean;
}

function readFiles(files: readonly ClaimedFile[]): LinesRead {
  const found: SpooledChange[] = [];
  const damaged: string[] = [];
  const reasons: string[] = [];
  let endsInLine = true;
  for (const { path } of files) {
    const lines = readFileSync(path, 'utf8').split('\n');
    if (lines.at(-1) !== '') endsInLine = false;
    for (const [index, line] of lines.entries()) {
      if (line === '') continue;
      const change = decodeLine(line);
      if (typeof change !== 'string') found.push(change);
      else {
        damaged.push(line);
        reasons.push(`line ${index + 1}: ${change}`);
      }
    }
  }
  return { found, damaged, reasons, endsInLine };
}

function replaceFile(path: string, text: string): void {
  const next = `${path}.new`;
  rmSync(next, { force: true });
  appendNow(next, text);
  renameSync(next, path);
}

function appendNow(path: string, text: string): void {
  const file = openSync(path, 'a', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
