/** A local file of changes that the store would not take yet: one line each, checked, durable, bounded. */
import type { FileHandle } from 'node:fs/promises';
import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { crc32 } from 'node:zlib';
import type { StoredRecord } from '../core/ledger/record-versions.ts';
import { upgradeRecord } from '../core/ledger/record-versions.ts';
import { RouterError } from '../errors.ts';
import type { SpooledChange } from './replay-change.ts';

export interface SpoolFile {
  /** Changes that an earlier process left, in order. */
  readonly found: readonly SpooledChange[];
  /**
   * Resolves when the change is on the disk; changes made together share one wait for it.
   * @throws RouterError `store-unusable` at once, when the file is full.
   */
  append(change: SpooledChange): Promise<void>;
  /** Forgets everything written so far, at once or after the write under way, if `isEmpty` still says so then. */
  clear(isEmpty: () => boolean): void;
  /** Keeps something that cannot be replayed for a person to look at. */
  setAside(text: string): void;
  close(): Promise<void>;
}

export interface SpoolFileOptions {
  readonly maxBytes: number;
  /** Told of lines that could not be read; they are in `<path>.aside`. */
  readonly faulted: (error: RouterError) => void;
}

/** Processes that may have the same spool path at once. */
const SLOTS = 64;

/** Locks held by this process: its own id in a lock file may also be that of its dead predecessor in a container. */
const held = new Set<string>();

/**
 * Opens the spool at `path`, or at `path.1`, `path.2` … while other living processes hold the earlier ones, and takes
 * over what dead ones left in the others. Worker threads need a path each: they share their process's id. Throws what
 * the file system throws.
 */
export async function openSpoolFile(path: string, { maxBytes, faulted }: SpoolFileOptions): Promise<SpoolFile> {
  const [own, ...left] = claim(resolve(path));
  if (own === undefined)
    throw new RouterError('store-unusable', `${SLOTS} processes use this spool already`, {
      path,
      accepted: 'another path',
    });
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
  // Everything in one file before the others go: a crash in between leaves a change twice, which replaying notices.
  const text = found.map(encodeLine).join('');
  if (left.length > 0 || damaged.length > 0) replaceFile(own, text);
  for (const file of left) {
    rmSync(file, { force: true });
    release(file);
  }
  const handle = await open(own, 'a');
  return Object.freeze({
    found,
    ...writer(own, handle, maxBytes),
    setAside: (line: string) => appendNow(aside, `${line}\n`),
  });
}

function writer(path: string, handle: FileHandle, maxBytes: number): Pick<SpoolFile, 'append' | 'clear' | 'close'> {
  let bytes = readFileSync(path).length;
  let waiting: { readonly line: string; readonly done: () => void; readonly failed: (error: unknown) => void }[] = [];
  let writing: Promise<void> | undefined;
  let clearIf: (() => boolean) | undefined;

  async function write(): Promise<void> {
    // One microtask, so that changes made together are written together.
    await Promise.resolve();
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      try {
        await handle.appendFile(group.map(({ line }) => line).join(''));
        await handle.datasync();
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
    if (bytes > 0) ftruncateSync(handle.fd);
    bytes = 0;
  }

  return {
    append(change) {
      const line = encodeLine(change);
      const size = Buffer.byteLength(line);
      if (bytes + size > maxBytes)
        throw new RouterError('store-unusable', `the spool is full (${maxBytes} bytes) and the store is not back`, {
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
      await handle.close();
      if (bytes === 0) rmSync(path, { force: true });
      release(path);
    },
  };
}

/** The slot this process has, then slots with a file whose process is gone. */
function claim(path: string): readonly string[] {
  const claimed: string[] = [];
  for (let slot = 0; slot < SLOTS; slot++) {
    const file = slot === 0 ? path : `${path}.${slot}`;
    if ((claimed.length === 0 || existsSync(file)) && lock(file)) claimed.push(file);
  }
  return claimed;
}

function lock(file: string): boolean {
  if (held.has(file)) return false;
  const name = `${file}.lock`;
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(name, String(process.pid), { flag: 'wx' });
      held.add(file);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (isAlive(Number(readFileSync(name, 'utf8')))) return false;
      rmSync(name, { force: true });
    }
  }
  return false;
}

function release(file: string): void {
  held.delete(file);
  rmSync(`${file}.lock`, { force: true });
}

function isAlive(pid: number): boolean {
  if (pid === process.pid || !Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
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
