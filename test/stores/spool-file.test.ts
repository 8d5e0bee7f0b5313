import fs, { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { crc32 } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { SpooledChange } from '../../src/stores/replay-change.ts';
import { openSpoolFile } from '../../src/stores/spool-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { decided, evidence, history, NOON } from './histories.ts';
import { startSpooler } from './spool-process.ts';

const directory = temporaryFolder();
let files = 0;

afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

function setUp() {
  const path = join(directory, `spool-${files++}`);
  const faults: unknown[] = [];
  const open = (maxBytes = 1_000_000) => openSpoolFile(path, { maxBytes, faulted: error => void faults.push(error) });
  /** Ids of what earlier processes left. */
  async function found(): Promise<readonly string[]> {
    const file = await open();
    await file.close();
    return idsOf(file.found);
  }
  /** A process that spools these and ends. */
  async function leave(...ids: readonly string[]): Promise<void> {
    const file = await open();
    for (const id of ids) await file.append(opening(id));
    await file.close();
  }
  return { path, faults, open, found, leave };
}

function opening(intentId: string): SpooledChange {
  const { records } = history(intentId, 'support', [decided(NOON)]);
  return { intentId, feature: 'support', expectedRevision: 0, records, dueAtMs: null };
}

function idsOf(changes: readonly SpooledChange[]): readonly string[] {
  return changes.map(({ intentId }) => intentId);
}

/** What is added to the path in the names of its files. */
function namesAt(path: string): readonly string[] {
  return readdirSync(directory).flatMap(name =>
    join(directory, name).startsWith(path) ? [join(directory, name).slice(path.length)] : [],
  );
}

/** The disk is full after half of the next line. */
function failHalfWay(): void {
  vi.spyOn(fs, 'appendFile').mockImplementationOnce(((file: number, text: string, done: (error: Error) => void) => {
    fs.writeSync(file, text.slice(0, text.length / 2));
    done(Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' }));
  }) as never);
  syncBuiltinESMExports();
}

/** From now on, half of the next text fits on the disk. */
function fillDisk(): void {
  const write = fs.writeSync;
  vi.spyOn(fs, 'writeSync')
    .mockImplementationOnce(((file: number, bytes: Buffer) => write(file, bytes.slice(0, bytes.length / 2))) as never)
    .mockImplementation(() => {
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    });
  syncBuiltinESMExports();
}

describe('the spool file', () => {
  it('a restart finds the changes that were appended and not cleared', async () => {
    const { open } = setUp();
    const first = await open();
    await first.append(opening('gone'));
    first.clear(() => true);
    await Promise.all(['a', 'b'].map(id => first.append(opening(id))));
    await first.close();
    const second = await open();
    expect(second.found).toEqual([opening('a'), opening('b')]);
    await second.close();
  });

  it('first evidence that version 1 spooled as `settled` is read as `labelled`', async () => {
    const { open, path } = setUp();
    const given = { source: 'explicit', success: true } as const;
    const { records } = history('a', 'support', [decided(NOON), evidence(NOON + 1, given)]);
    const change = { ...opening('a'), records };
    const json = JSON.stringify(change).replace('"kind":"labelled"', '"kind":"settled"');
    writeFileSync(path, `${crc32(json).toString(16)} ${json}\n`);
    const file = await open();
    expect(file.found).toEqual([change]);
    await file.close();
  });

  it('closing an empty spool deletes its file, and a spool that was never used has none', async () => {
    const { open, path } = setUp();
    await open().then(unused => unused.close());
    expect(namesAt(path)).toEqual([]);
    const file = await open();
    await file.append(opening('a'));
    file.clear(() => true);
    await file.close();
    expect(namesAt(path)).toEqual(['.owner']);
  });

  it('clearing waits for the write in flight, and then empties the file only if `isEmpty` returns true', async () => {
    for (const isEmpty of [false, true]) {
      const { open, found } = setUp();
      const file = await open();
      const writing = file.append(opening('a'));
      file.clear(() => isEmpty);
      await writing;
      await file.close();
      expect(await found()).toEqual(isEmpty ? [] : ['a']);
    }
  });

  it('a spool can be filled to its last byte', async () => {
    const { open, path, leave } = setUp();
    await leave('a');
    const bytes = readFileSync(path).length;
    const next = await open(2 * bytes);
    await next.append(opening('b'));
    expect(() => next.append(opening('c'))).toThrow(expect.objectContaining({ code: 'store-unusable', path }));
    await next.close();
  });

  it('the size limit counts bytes, not characters', async () => {
    const { open, path, leave } = setUp();
    await leave('ü');
    const text = readFileSync(path, 'utf8');
    expect(text.length).toBeLessThan(readFileSync(path).length);
    rmSync(path);
    const next = await open(text.length);
    expect(() => next.append(opening('ü'))).toThrow(expect.objectContaining({ code: 'store-unusable' }));
    await next.close();
  });

  it('every file that the spool opens is closed', async () => {
    const { open } = setUp();
    const [opened, closed] = [vi.spyOn(fs, 'openSync'), vi.spyOn(fs, 'closeSync')];
    syncBuiltinESMExports();
    const file = await open();
    await file.append(opening('a'));
    file.setAside(opening('b'), 'a test');
    await file.close();
    const descriptors = opened.mock.results.map(({ value }) => value as number);
    expect(descriptors.length).toBeGreaterThanOrEqual(2);
    expect(closed.mock.calls.map(([descriptor]) => descriptor)).toEqual(expect.arrayContaining(descriptors));
    expect(closed).toHaveBeenCalledTimes(descriptors.length);
  });

  it('a change that would make the spool too large is refused at once', async () => {
    const { open } = setUp();
    const file = await open(500);
    const first = file.append(opening('a'));
    expect(() => file.append(opening('b'))).toThrow(expect.objectContaining({ code: 'store-unusable' }));
    await first;
    file.clear(() => true);
    await file.append(opening('c'));
    await file.close();
  });

  it('damaged and incomplete lines are moved to the aside file and reported once, and the other lines are read', async () => {
    const { path, faults, found, leave } = setUp();
    await leave('a', 'b', 'c');
    const lines = readFileSync(path, 'utf8').split('\n');
    const damaged = lines[1]?.replace('"propensity":0.5', '"propensity":0.9') ?? '';
    expect(damaged).not.toBe(lines[1]);
    const torn = lines[0]?.slice(0, 40) ?? '';
    writeFileSync(path, [lines[0], damaged, lines[2], ''].join('\n'));
    appendFileSync(path, torn);
    for (let restart = 0; restart < 2; restart++) {
      expect(await found()).toEqual(['a', 'c']);
    }
    expect(readFileSync(`${path}.aside`, 'utf8')).toBe(`${damaged}\n${torn}\n`);
    expect(faults).toMatchObject([{ code: 'invalid-data', path }]);
    expect(String(faults[0])).toContain('line 2: its checksum is wrong');
    expect(String(faults[0])).toContain('line 4: its checksum is wrong');
  });

  it('every spool opened at a path gets its own file and takes over the files that are no longer in use', async () => {
    const { open, path, found } = setUp();
    const [first, second] = [await open(), await open()];
    await first.append(opening('a'));
    await second.append(opening('b'));
    expect(namesAt(path)).toEqual(['', '.1', '.1.owner', '.owner']);
    await Promise.all([first.close(), second.close()]);
    const next = await open();
    expect(idsOf(next.found)).toEqual(['a', 'b']);
    expect(existsSync(`${path}.1`)).toBe(false);
    const beside = await open();
    expect(beside.found).toEqual([]);
    await beside.close();
    await next.close();
    expect(await found()).toEqual(['a', 'b']);
  });

  it('files of earlier processes stay unchanged on a disk without space for a copy, and lose nothing', async () => {
    for (const isTorn of [false, true]) {
      const { open, path, faults, found } = setUp();
      const [first, second] = [await open(), await open()];
      for (const id of ['a', 'b']) await first.append(opening(id));
      await second.append(opening('c'));
      await Promise.all([first.close(), second.close()]);
      if (isTorn) appendFileSync(`${path}.1`, 'torn');
      const texts = (): readonly string[] => [path, `${path}.1`].map(file => readFileSync(file, 'utf8'));
      const before = texts();
      fillDisk();
      const next = await open();
      vi.restoreAllMocks();
      syncBuiltinESMExports();
      expect([idsOf(next.found), texts()]).toEqual([['a', 'b', 'c'], before]);
      expect(faults).toMatchObject([{ code: 'store-unusable', path }]);
      expect(namesAt(path)).toEqual(['', '.1', '.1.owner', '.owner']);
      await next.append(opening('d'));
      await next.close();
      expect(await found()).toEqual(['a', 'b', 'c', 'd']);
    }
  });

  it('files that could not be copied are deleted once the store has their changes', async () => {
    const { open, path, leave } = setUp();
    await leave('a');
    fillDisk();
    const next = await open();
    await next.append(opening('b'));
    next.clear(() => true);
    await next.close();
    expect(namesAt(path)).toEqual(['.1.owner', '.owner']);
  });

  it('a line that cannot be set aside completely is not set aside, and the aside file stays unchanged', async () => {
    const { open, path } = setUp();
    const file = await open();
    file.setAside(opening('a'), 'a test');
    const before = readFileSync(`${path}.aside`, 'utf8');
    fillDisk();
    expect(() => file.setAside(opening('b'), 'a test')).toThrow('ENOSPC');
    expect(readFileSync(`${path}.aside`, 'utf8')).toBe(before);
    await file.close();
  });

  it('a process whose lock another process has taken over acknowledges no further change in the file', async () => {
    const { open, path, found } = setUp();
    const file = await open();
    await file.append(opening('a'));
    // On POSIX systems a process that reads and closes its lock file drops its lock.
    if (process.platform === 'win32') return file.close();
    readFileSync(`${path}.owner`);
    const other = startSpooler();
    await other.spool([path], 'other');
    await expect(file.append(opening('b'))).rejects.toMatchObject({ code: 'store-unusable', path });
    file.clear(() => true);
    await file.append(opening('c'));
    await other.kill();
    const next = await open();
    expect(idsOf(next.found)).toEqual(['a', 'other-0']);
    await Promise.all([file.close(), next.close()]);
    expect(await found()).toEqual(['a', 'other-0', 'c']);
  });

  it('an unclosed spool that is garbage-collected does not end the process', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const uncaught = vi.fn();
    process.on('uncaughtException', uncaught);
    const { open, path } = setUp();
    await open().then(file => file.append(opening('a')));
    for (let round = 0; round < 3; round++) {
      collect();
      await new Promise(setImmediate);
    }
    process.off('uncaughtException', uncaught);
    expect(uncaught).not.toHaveBeenCalled();
    expect(readFileSync(path, 'utf8')).toContain('"intentId":"a"');
  });

  it('after a failed write the file ends with the last whole line, and changes appended later are found', async () => {
    const { open, path, faults, found } = setUp();
    const file = await open();
    await file.append(opening('a'));
    const whole = readFileSync(path, 'utf8');
    failHalfWay();
    await expect(file.append(opening('b'))).rejects.toMatchObject({ code: 'store-unusable', path });
    expect(readFileSync(path, 'utf8')).toBe(whole);
    await Promise.all(['c', 'd'].map(id => file.append(opening(id))));
    await file.close();
    expect(await found()).toEqual(['a', 'c', 'd']);
    expect(faults).toEqual([]);
  });

  it('half a line that cannot be cut off at once is cut off before the next write', async () => {
    const { open, found } = setUp();
    const file = await open();
    await file.append(opening('a'));
    failHalfWay();
    vi.spyOn(fs, 'ftruncateSync').mockImplementationOnce(() => {
      throw new Error('EIO');
    });
    syncBuiltinESMExports();
    await expect(file.append(opening('b'))).rejects.toThrow('ENOSPC');
    await file.append(opening('c'));
    await file.close();
    expect(await found()).toEqual(['a', 'c']);
  });

  it('changes that wait while a write fails are refused with it, because they may follow one of its changes', async () => {
    const { open, found } = setUp();
    const file = await open();
    await file.append(opening('a'));
    let fail = (): void => {};
    const writing = vi.spyOn(fs, 'appendFile').mockImplementationOnce((...args: unknown[]) => {
      fail = () => (args.at(-1) as (error: Error) => void)(new Error('EIO'));
    });
    syncBuiltinESMExports();
    const first = file.append(opening('b'));
    await expect.poll(() => writing).toHaveBeenCalled();
    const refused = Promise.allSettled([first, file.append(opening('c'))]);
    fail();
    expect((await refused).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await file.append(opening('d'));
    await file.close();
    expect(await found()).toEqual(['a', 'd']);
  });

  it('the size limit counts the bytes in the file, not those of lines that could not be written', async () => {
    const { open, path, leave } = setUp();
    await leave('a');
    const next = await open(2 * readFileSync(path).length);
    failHalfWay();
    await expect(next.append(opening('b'))).rejects.toThrow('ENOSPC');
    await next.append(opening('c'));
    await next.close();
  });

  it('a spool that is 80 % full is reported once, until it has been emptied', async () => {
    const { open, path, faults } = setUp();
    const first = await open();
    await first.append(opening('a'));
    const bytes = readFileSync(path).length;
    first.clear(() => true);
    await first.close();
    const file = await open(5 * bytes);
    for (const id of ['a', 'b', 'c']) await file.append(opening(id));
    expect(faults).toEqual([]);
    for (const id of ['d', 'e']) await file.append(opening(id));
    expect(faults).toMatchObject([{ code: 'store-unusable', path }]);
    file.clear(() => true);
    for (const id of ['a', 'b', 'c', 'd']) await file.append(opening(id));
    expect(faults).toHaveLength(2);
    await file.close();
  });

  it('a line without its line end, as after a crash, is read, and the next line does not become a part of it', async () => {
    const { path, found, leave } = setUp();
    await leave('a');
    writeFileSync(path, readFileSync(path, 'utf8').trimEnd());
    await leave('b');
    expect(await found()).toEqual(['a', 'b']);
  });

  it('a file that was removed while it was open acknowledges nothing, and a new one is made for the next change', async () => {
    const { open, path, found } = setUp();
    const file = await open();
    await file.append(opening('a'));
    rmSync(path);
    await expect(file.append(opening('b'))).rejects.toMatchObject({ code: 'store-unusable', path });
    await file.append(opening('c'));
    await file.close();
    expect(await found()).toEqual(['c']);
  });

  it('only the owner can read the spool, its copies and its aside file', async () => {
    const { open, path } = setUp();
    const [first, second] = [await open(), await open()];
    for (const file of [first, second]) await file.append(opening('a'));
    await first.close();
    await second.close();
    appendFileSync(path, 'torn');
    await open().then(next => next.close());
    expect(namesAt(path)).toEqual(['', '.1.owner', '.aside', '.owner']);
    for (const name of namesAt(path)) expect([name, statSync(path + name).mode & 0o777]).toEqual([name, 0o600]);
  });
});

/** Only a power loss shows a missing flush, so these tests watch the calls. */
describe('flushes of the spool', () => {
  it('a change is acknowledged only after the data of its line is flushed, and changes made together share a flush', async () => {
    const { open, path } = setUp();
    const file = await open();
    let flush = (): void => {};
    const written: string[] = [];
    const flushes = vi.spyOn(fs, 'fdatasync').mockImplementation((_, done) => {
      written.push(readFileSync(path, 'utf8'));
      flush = () => done(null);
    });
    syncBuiltinESMExports();
    const acknowledged: string[] = [];
    const append = async (id: string): Promise<void> => {
      await file.append(opening(id));
      acknowledged.push(id);
    };
    const appends = [append('a'), append('b')];
    await expect.poll(() => flushes).toHaveBeenCalled();
    expect(acknowledged).toEqual([]);
    flush();
    await Promise.all(appends);
    expect(acknowledged).toEqual(['a', 'b']);
    expect(written).toEqual([readFileSync(path, 'utf8')]);
    await file.close();
  });

  it('a change whose flush fails is not acknowledged, and the next change is acknowledged', async () => {
    const { open } = setUp();
    const file = await open();
    vi.spyOn(fs, 'fdatasync').mockImplementationOnce((_, done) => done(new Error('EIO')));
    syncBuiltinESMExports();
    await expect(file.append(opening('a'))).rejects.toThrow('EIO');
    await file.append(opening('b'));
    await file.close();
  });

  it('lines set aside, and files taken over, are flushed before anything else is deleted or replaced', async () => {
    const { open, path } = setUp();
    const [first, second] = [await open(), await open()];
    for (const file of [first, second]) await file.append(opening('a'));
    await first.close();
    await second.close();
    appendFileSync(path, 'torn');
    const flushed: unknown[] = [];
    vi.spyOn(fs, 'fsyncSync').mockImplementation(() => {
      const isThere = (name: string): boolean => existsSync(path + name);
      flushed.push({ aside: isThere('.aside'), copy: isThere('.new'), taken: isThere('.1') });
    });
    syncBuiltinESMExports();
    const next = await open();
    expect(flushed).toEqual([
      { aside: false, copy: true, taken: true },
      { aside: true, copy: true, taken: true },
    ]);
    next.setAside(opening('a'), 'the test wants so');
    expect(flushed).toHaveLength(3);
    await next.close();
  });
});
