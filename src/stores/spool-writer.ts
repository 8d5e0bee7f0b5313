/** The writing side of a spool file: durable, bounded, and never with half a line before a whole one. */
import { nodeModule } from '../node-module.ts';
import { RouterError } from '../errors.ts';
import type { SpooledChange } from './replay-change.ts';
import { encodeLine } from './spool-line.ts';
import type { ClaimedFile } from './spool-slots.ts';
import { claimNew } from './spool-slots.ts';

const fs = nodeModule('node:fs', 'a spool in a file');

/** Fraction of the size limit at which a fault says that the spool is filling up. */
const NEARLY_FULL = 0.8;

export interface SpoolWriter {
  /**
   * Resolves when the change is on the disk; changes appended together share one flush. Rejects when it is not: the file
   * then ends with the last line that is.
   * @throws RouterError `store-unusable` at once, when the file is full.
   */
  append(change: SpooledChange): Promise<void>;
  /** Empties the file: at once, or after the write in flight if `isEmpty` still returns true then. */
  clear(isEmpty: () => boolean): void;
  close(): Promise<void>;
}

export interface SpoolFileOptions {
  readonly maxBytes: number;
  /** Called with an error for each change that is moved to `<path>.aside`, for damaged lines, and for a file that is nearly full. */
  readonly faulted: (error: RouterError) => void;
}

interface OpenFile extends ClaimedFile {
  readonly descriptor: number;
}

interface WaitingLine {
  readonly line: string;
  readonly bytes: number;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** Writes to the claimed file or, where there is none, to a new one that is claimed for the first change. */
export function spoolWriter(
  path: string,
  claimed: ClaimedFile | undefined,
  { maxBytes, faulted }: SpoolFileOptions,
): SpoolWriter {
  let own = claimed === undefined ? undefined : open(claimed);
  /** Size of the lines that are whole and on the disk. */
  let storedBytes = own === undefined ? 0 : fs.fstatSync(own.descriptor).size;
  let waitingBytes = 0;
  let waiting: WaitingLine[] = [];
  let writing: Promise<void> | undefined;
  let clearIf: (() => boolean) | undefined;
  /** True while the file may end with a part of a line. */
  let isTorn = false;
  let hasToldNearlyFull = false;

  async function write(): Promise<void> {
    // One microtask, so that changes appended together are written together.
    await Promise.resolve();
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      let bytes = 0;
      for (const line of group) bytes += line.bytes;
      try {
        await writeLines(group.map(({ line }) => line).join(''));
        storedBytes += bytes;
        for (const { done } of group) done();
      } catch (error) {
        // Changes that wait may continue intents of this group, so they fail too.
        for (const line of waiting) bytes += line.bytes;
        for (const { failed } of [...group, ...waiting]) failed(cannotSpool(path, error));
        waiting = [];
      }
      waitingBytes -= bytes;
    }
    writing = undefined;
    // If the file cannot be emptied, its changes are replayed again, and then skipped as known.
    if (clearIf?.() === true) tryTo(truncate);
  }

  async function writeLines(text: string): Promise<void> {
    own ??= open(claimNew(path));
    cutBack(own);
    isTorn = true;
    try {
      await appendDurably(own.descriptor, text);
      checkInPlace(own);
      isTorn = false;
    } catch (error) {
      // If this fails too, the next write tries again before it writes.
      tryTo(() => own !== undefined && cutBack(own));
      throw error;
    }
  }

  function cutBack({ descriptor }: OpenFile): void {
    if (isTorn) fs.ftruncateSync(descriptor, storedBytes);
    isTorn = false;
  }

  /** A file that was removed or replaced (by a process that has taken it over) takes writes and keeps nothing. */
  function checkInPlace(file: OpenFile): void {
    if (isInPlace(file)) return;
    own = undefined;
    storedBytes = 0;
    isTorn = false;
    fs.closeSync(file.descriptor);
    file.release();
    throw new RouterError('store-unusable', 'the spool was removed or replaced while it was open', { path });
  }

  /** Synchronous, so that no append can happen in between. */
  function truncate(): void {
    clearIf = undefined;
    if (own !== undefined && storedBytes > 0) fs.ftruncateSync(own.descriptor);
    storedBytes = 0;
    hasToldNearlyFull = false;
  }

  function tellNearlyFull(bytes: number): void {
    if (hasToldNearlyFull || bytes < NEARLY_FULL * maxBytes) return;
    hasToldNearlyFull = true;
    faulted(
      new RouterError(
        'store-unusable',
        `the spool has ${bytes} of at most ${maxBytes} bytes, and the store is still down`,
        {
          path,
          accepted: 'a store that can be reached: outcomes are refused once the spool is full',
        },
      ),
    );
  }

  return {
    append(change) {
      const line = encodeLine(change);
      const bytes = Buffer.byteLength(line);
      const total = storedBytes + waitingBytes + bytes;
      if (total > maxBytes)
        throw new RouterError('store-unusable', `the spool is full (${maxBytes} bytes) and the store is still down`, {
          path,
          accepted: 'a store that can be reached, or a larger spool',
        });
      waitingBytes += bytes;
      tellNearlyFull(total);
      return new Promise((done, failed) => {
        waiting.push({ line, bytes, done, failed });
        writing ??= write();
      });
    },
    clear(isEmpty) {
      if (writing === undefined) truncate();
      else clearIf = isEmpty;
    },
    async close() {
      await writing;
      if (own === undefined) return;
      if (storedBytes === 0 && isInPlace(own)) fs.rmSync(own.path, { force: true });
      fs.closeSync(own.descriptor);
      own.release();
      own = undefined;
    },
  };
}

function isInPlace({ path, descriptor }: OpenFile): boolean {
  return fs.statSync(path, { throwIfNoEntry: false })?.ino === fs.fstatSync(descriptor).ino;
}

/** Not a FileHandle: Node would end the process when an unclosed one is garbage-collected. */
function open(file: ClaimedFile): OpenFile {
  try {
    return { ...file, descriptor: fs.openSync(file.path, 'a', 0o600) };
  } catch (error) {
    file.release();
    throw error;
  }
}

/** Appends the text; resolves when it is on the disk. */
function appendDurably(file: number, text: string): Promise<void> {
  return new Promise((resolved, rejected) => {
    const done = (error: Error | null): void => (error instanceof Error ? rejected(error) : resolved());
    fs.appendFile(file, text, error => (error instanceof Error ? rejected(error) : fs.fdatasync(file, done)));
  });
}

function tryTo(step: () => unknown): void {
  try {
    step();
  } catch {
    // Nothing is lost: the failed step is tried again, or an earlier error is reported.
  }
}

export function cannotSpool(path: string, cause: unknown): RouterError {
  if (RouterError.isInstance(cause)) return cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new RouterError('store-unusable', `changes cannot be spooled: ${why}`, {
    path,
    accepted: 'a path in an existing directory that this process may write to, with space left',
    cause,
  });
}
