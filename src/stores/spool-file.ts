/** A local file of changes that the store has not taken yet: one line each, with a checksum, durable, bounded. */
import { nodeModule } from '../node-module.ts';
import { RouterError } from '../errors.ts';
import { warnIfReadableByOthers } from './readable-by-others.ts';
import type { SpooledChange } from './replay-change.ts';
import { decodeLine, encodeLine } from './spool-line.ts';
import type { ClaimedFile } from './spool-slots.ts';
import { claimLeft } from './spool-slots.ts';
import type { SpoolFileOptions, SpoolWriter } from './spool-writer.ts';
import { cannotSpool, spoolWriter } from './spool-writer.ts';

const fs = nodeModule('node:fs', 'a spool in a file');
const { dirname, resolve } = nodeModule('node:path', 'a spool in a file');

export interface SpoolFile extends SpoolWriter {
  /** Changes that earlier processes left, in order. */
  readonly found: readonly SpooledChange[];
  /** Moves a change that can never be replayed to `<path>.aside`, and reports it. */
  setAside(change: SpooledChange, why: string): void;
}

/** Limit on the lines for which a fault states why they cannot be replayed. */
const MAX_REASONS = 5;

/**
 * Takes over the files that ended processes left at `path`, `path.1`, `path.2` …. This process's own file is created with
 * its first change, so there is none while the store works.
 *
 * @throws RouterError `store-unusable` when the files cannot be opened, read or written
 */
export async function openSpoolFile(path: string, options: SpoolFileOptions): Promise<SpoolFile> {
  let left: readonly ClaimedFile[] = [];
  try {
    fs.accessSync(dirname(resolve(path)), fs.constants.W_OK);
    left = claimLeft(resolve(path));
    return openFile(path, left, options);
  } catch (error) {
    for (const file of left) file.release();
    throw cannotSpool(path, error);
  }
}

/**
 * Opens the spool at the first call; `opened` then gets the changes that earlier processes left. Calls resolve to
 * `undefined` while it cannot be opened, which is reported once, and try again.
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
  const read = readFiles(left);
  let own: ClaimedFile | undefined;
  let kept: readonly FileRead[] = [];
  try {
    own = takeOver(read, aside);
    tellDamaged(read, { path, aside, faulted });
  } catch (error) {
    // Writing failed, on a full disk for example. The files stay until the store has their changes; a new file takes the
    // next ones.
    kept = read.files;
    faulted(cannotSpool(path, error));
  }
  const writer = spoolWriter(resolve(path), own, options);
  return Object.freeze<SpoolFile>({
    ...writer,
    found: read.found,
    setAside({ intentId, records }, why) {
      appendNow(aside, `${JSON.stringify(records)}\n`);
      faulted(
        new RouterError('invalid-data', `a spooled change cannot follow its intent: ${why}`, {
          path: intentId,
          accepted: `the records are kept in ${aside}`,
        }),
      );
    },
    clear(isEmpty) {
      // Damaged lines are stored nowhere else yet.
      if (read.damaged.length === 0) remove(kept.filter(isAsRead));
      writer.clear(isEmpty);
    },
    async close() {
      await writer.close();
      for (const file of kept) file.release();
    },
  });
}

/**
 * Moves all changes into one new file, returned, and damaged lines to `aside`. Everything is there before the old files are
 * deleted: a crash in between leaves a change twice, and replay skips the second one. The file is new even where only one
 * was left, so that an owner that has lost its lock but still runs notices that its file was replaced. If it throws, the
 * files are as they were.
 */
function takeOver({ files, found, damaged }: LinesRead, aside: string): ClaimedFile | undefined {
  const [own, ...others] = files;
  if (own === undefined) return undefined;
  const next = `${own.path}.new`;
  try {
    fs.rmSync(next, { force: true });
    appendNow(next, found.map(encodeLine).join(''));
    if (damaged.length > 0) appendNow(aside, `${damaged.join('\n')}\n`);
    if (!files.every(isAsRead)) throw new Error('another process still writes to it');
    fs.renameSync(next, own.path);
  } catch (error) {
    fs.rmSync(next, { force: true });
    throw error;
  }
  remove(others);
  return own;
}

function tellDamaged(
  { damaged, reasons }: LinesRead,
  { path, aside, faulted }: { path: string; aside: string; faulted: SpoolFileOptions['faulted'] },
): void {
  if (damaged.length === 0) return;
  const why = [...reasons.slice(0, MAX_REASONS), ...(reasons.length > MAX_REASONS ? ['…'] : [])].join('; ');
  faulted(
    new RouterError('invalid-data', `${damaged.length} lines of the spool are kept in ${aside}: ${why}`, {
      path,
      accepted: 'lines as they were written: look at them and delete the file',
    }),
  );
}

/** A claimed file, and its size when it was read. */
interface FileRead extends ClaimedFile {
  readonly bytes: number;
}

function isAsRead({ path, bytes }: FileRead): boolean {
  return fs.statSync(path, { throwIfNoEntry: false })?.size === bytes;
}

function remove(files: readonly ClaimedFile[]): void {
  for (const { path } of files) fs.rmSync(path, { force: true });
  for (const file of files) file.release();
}

interface LinesRead {
  readonly files: readonly FileRead[];
  readonly found: readonly SpooledChange[];
  readonly damaged: readonly string[];
  readonly reasons: readonly string[];
}

function readFiles(claimed: readonly ClaimedFile[]): LinesRead {
  const found: SpooledChange[] = [];
  const damaged: string[] = [];
  const reasons: string[] = [];
  const files = claimed.map(file => {
    const before = found.length;
    const text = fs.readFileSync(file.path);
    for (const [index, line] of text.toString('utf8').split('\n').entries()) {
      if (line === '') continue;
      const change = decodeLine(line);
      if (typeof change !== 'string') found.push(change);
      else {
        damaged.push(line);
        reasons.push(`line ${index + 1}: ${change}`);
      }
    }
    // A file without a change may not be ours.
    if (found.length > before) warnIfReadableByOthers(file.path);
    return { ...file, bytes: text.length };
  });
  return { files, found, damaged, reasons };
}

/** Appends the whole text and flushes it. If it throws, the file is as it was. */
function appendNow(path: string, text: string): void {
  const bytes = Buffer.from(text);
  const file = fs.openSync(path, 'a', 0o600);
  try {
    const { size } = fs.fstatSync(file);
    try {
      // On an almost full disk, one call may write only a part without an error.
      for (let at = 0; at < bytes.length; ) at += fs.writeSync(file, bytes, at);
      fs.fsyncSync(file);
      if (fs.fstatSync(file).size !== size + bytes.length) throw new Error(`${path} was not written as a whole`);
    } catch (error) {
      fs.ftruncateSync(file, size);
      throw error;
    }
  } finally {
    fs.closeSync(file);
  }
}
