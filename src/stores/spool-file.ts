/** A local file of changes that the store has not taken yet: one line each, with a checksum, durable, bounded. */
import {
  appendFile,
  closeSync,
  existsSync,
  fdatasync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { resolve } from 'node:path';
import { crc32 } from 'node:zlib';
import type { StoredRecord } from '../core/ledger/record-versions.ts';
import { upgradeRecord } from '../core/ledger/record-versions.ts';
import { RouterError } from '../errors.ts';
import type { SpooledChange } from './replay-change.ts';
import { claimFiles, releaseFile } from './spool-slots.ts';

export interface SpoolFile {
  /** Changes that an earlier process left, in order. */
  readonly found: readonly SpooledChange[];
  /**
   * Resolves when the change is on the disk; changes appended together share one flush.
   * @throws RouterError `store-unusable` at once, when the file is full.
   */
  append(change: SpooledChange): Promise<void>;
  /** Empties the file: at once, or after the write in flight if `isEmpty` still returns true then. */
  clear(isEmpty: () => boolean): void;
  /** Moves a change that can never be replayed to `<path>.aside`, and reports it. */
  setAside(change: SpooledChange, why: string): void;
  close(): Promise<void>;
}

export interface SpoolFileOptions {
  readonly maxBytes: number;
  /** Called with an error for each change or damaged line that is moved to `<path>.aside`. */
  readonly faulted: (error: RouterError) => void;
}

/**
 * Opens the spool at `path`, or at `path.1`, `path.2` … while other living processes hold the earlier ones, and takes
 * over what dead processes left in the others. Worker threads need a path each: they share their process's id.
 *
 * @throws RouterError `store-unusable` when the files cannot be opened or read
 */
export async function openSpoolFile(path: string, options: SpoolFileOptions): Promise<SpoolFile> {
  try {
    return openFile(path, options);
  } catch (error) {
    throw RouterError.isInstance(error) ? error : cannotSpool(path, error);
  }
}

function openFile(path: string, { maxBytes, faulted }: SpoolFileOptions): SpoolFile {
  const { own, left } = claimFiles(resolve(path));
  const aside = `${path}.aside`;
  const found: SpooledChange[] = [];
  const damaged: string[] = [];
  for (const file of [own, ...left]) {
    for (const line of linesOf(file)) {
      const change = decodeLine(line);
      if (change === undefined) damaged.push(line);
      else found.push(change);
    }
  }
  if (damaged.length > 0) {
    appendNow(aside, `${damaged.join('\n')}\n`);
    faulted(
      new RouterError('invalid-data', `${damaged.length} damaged lines of the spool are kept in ${aside}`, {
        path,
        accepted: 'lines as they were written: look at them and delete the file',
      }),
    );
  }
  // Everything is in one file before the others are deleted: a crash in between leaves a change twice, and replay skips
  // the second one.
  if (left.length > 0 || damaged.length > 0) replaceFile(own, found.map(encodeLine).join(''));
  for (const file of left) {
    rmSync(file, { force: true });
    releaseFile(file);
  }
  // Not a FileHandle: Node ends the process when one that was not closed is garbage-collected.
  const file = openSync(own, 'a');
  return Object.freeze<SpoolFile>({
    found,
    ...writer(own, file, maxBytes),
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

function writer(path: string, file: number, maxBytes: number): Pick<SpoolFile, 'append' | 'clear' | 'close'> {
  let bytes = readFileSync(path).length;
  let waiting: { readonly line: string; readonly done: () => void; readonly failed: (error: unknown) => void }[] = [];
  let writing: Promise<void> | undefined;
  let clearIf: (() => boolean) | undefined;

  async function write(): Promise<void> {
    // One microtask, so that changes appended together are written together.
    await Promise.resolve();
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      try {
        await appendDurably(file, group.map(({ line }) => line).join(''));
        for (const { done } of group) done();
      } catch (error) {
        for (const { failed } of group) failed(error);
      }
    }
    writing = undefined;
    if (clearIf?.() === true) truncate();
  }

  /** Synchronous, so that no append can come between. */
  function truncate(): void {
    clearIf = undefined;
    if (bytes > 0) ftruncateSync(file);
    bytes = 0;
  }

  return {
    append(change) {
      const line = encodeLine(change);
      const size = Buffer.byteLength(line);
      if (bytes + size > maxBytes)
        throw new RouterError('store-unusable', `the spool is full (${maxBytes} bytes) and the store is still down`, {
          path,
          accepted: 'a store that can be reached, or a larger spool',
        });
      bytes += size;
      return new Promise((done, failed) => {
        waiting.push({ line, done, failed });
        writing ??= write();
      });
    },
    clear(isEmpty) {
      if (writing === undefined) truncate();
      else clearIf = isEmpty;
    },
    async close() {
      await writing;
      closeSync(file);
      if (bytes === 0) rmSync(path, { force: true });
      releaseFile(path);
    },
  };
}

/** Appends the text; resolves when it is on the disk. */
function appendDurably(file: number, text: string): Promise<void> {
  return new Promise((resolved, rejected) => {
    const done = (error: Error | null): void => (error instanceof Error ? rejected(error) : resolved());
    appendFile(file, text, error => (error instanceof Error ? rejected(error) : fdatasync(file, done)));
  });
}

function linesOf(file: string): readonly string[] {
  return existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter(line => line !== '')
    : [];
}

function replaceFile(path: string, text: string): void {
  const next = `${path}.new`;
  rmSync(next, { force: true });
  appendNow(next, text);
  renameSync(next, path);
}

function appendNow(path: string, text: string): void {
  const file = openSync(path, 'a');
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A line is the checksum of its JSON text, and the text. */
function encodeLine({ intentId, feature, expectedRevision, records, dueAtMs }: SpooledChange): string {
  const json = JSON.stringify({ intentId, feature, expectedRevision, records, dueAtMs });
  return `${crc32(json).toString(16)} ${json}\n`;
}

function decodeLine(line: string): SpooledChange | undefined {
  const space = line.indexOf(' ');
  const json = line.slice(space + 1);
  if (crc32(json).toString(16) !== line.slice(0, space)) return undefined;
  const change = JSON.parse(json) as Omit<SpooledChange, 'records'> & { readonly records: readonly StoredRecord[] };
  return { ...change, records: change.records.map(upgradeRecord) };
}

function cannotSpool(path: string, cause: unknown): RouterError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new RouterError('store-unusable', `changes cannot be spooled: ${why}`, {
    path,
    accepted: 'a path in an existing directory that this process may write to',
    cause,
  });
}
