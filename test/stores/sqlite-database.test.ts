import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, vi } from 'vitest';
import type { LedgerRecord } from '../../src/core/ledger/records.ts';
import { NOT_RETRIEVED } from '../../src/core/ledger/vocabulary.ts';
import { RouterError } from '../../src/errors.ts';
import { isBusy, LOCK_SLICE_MS, openDatabase, unusable } from '../../src/stores/sqlite-database.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import { attempted, changesOf, decided, evidence, history, HOUR, NOON } from './histories.ts';
import { openBesideAnother, opening, sqliteFiles, unusableBecause } from './sqlite-files.ts';
import { startWriter } from './sqlite-process.ts';
import * as former from './version-5.mjs';

const { directory, newPath } = sqliteFiles();

const unusableError = (message: RegExp): unknown =>
  expect.objectContaining({ code: 'store-unusable', message: expect.stringMatching(message) as string });

describe('opening a database', () => {
  it.each([
    ['NORMAL', 1],
    ['FULL', 2],
  ] as const)(
    'a database opened with synchronous %s has this setting, and a write-ahead log of bounded size',
    (synchronous, level) => {
      const database = openDatabase(newPath(), { synchronous });
      const pragma = (name: string): unknown => Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
      expect(pragma('synchronous')).toBe(level);
      expect(pragma('journal_mode')).toBe('wal');
      expect(pragma('journal_size_limit')).toBe(64 * 2 ** 20);
      expect(pragma('busy_timeout')).toBe(LOCK_SLICE_MS);
      database.close();
    },
  );

  it.each([
    [5, true, /another process keeps it locked/],
    [6, true, /another process keeps it locked/],
    [5 | (2 << 8), true, /another process keeps it locked/],
    [8, false, /write permission/],
    [10, false, /disk reported an error/],
    [11, false, /damaged/],
    [13, false, /disk is full/],
    [14, false, /directory must exist/],
    [26, false, /not an SQLite database/],
    [1, false, /^x\.db: from SQLite$/],
  ])('SQLite’s error code %i means busy: %s, and the error message has advice', (errcode, busy, message) => {
    const error = Object.assign(new Error('from SQLite'), { errcode });
    expect(isBusy(error)).toBe(busy);
    expect(unusable('x.db', error)).toMatchObject({ code: 'store-unusable', path: 'x.db', cause: error });
    expect(unusable('x.db', error).message).toMatch(message);
  });

  it.each([undefined, null, 'text', new Error('none'), { errcode: '5' }])('%j is not a lock error', error => {
    expect(isBusy(error)).toBe(false);
    expect(unusable('x.db', error).code).toBe('store-unusable');
  });

  it.each([
    ['another application id', 'PRAGMA application_id = 7'],
    ['a version and no application id', 'PRAGMA user_version = 1'],
    ['tables', 'CREATE TABLE mine (text TEXT)'],
  ])('a database without records but with %s counts as another program’s', (_, sql) => {
    const path = newPath();
    const other = new DatabaseSync(path);
    other.exec(sql);
    other.close();
    expect(() => openDatabase(path, { synchronous: 'NORMAL' })).toThrow(unusableError(/another program/));
  });

  it.each([0, 11])('a router database with the unknown schema version %i is refused', version => {
    const path = newPath();
    openDatabase(path, { synchronous: 'NORMAL' }).close();
    const other = new DatabaseSync(path);
    other.exec(`PRAGMA user_version = ${version}`);
    other.close();
    expect(() => openDatabase(path, { synchronous: 'NORMAL' })).toThrow(unusableError(/schema/));
  });

  it('without node:sqlite the error names the Node version to use', () => {
    const builtin = vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined);
    expect(() => openDatabase(newPath(), { synchronous: 'NORMAL' })).toThrow(
      expect.objectContaining({ code: 'unsupported-runtime', accepted: 'Node 22.13 or later' }),
    );
    builtin.mockRestore();
  });

  it('a RouterError is returned unchanged', () => {
    const error = new RouterError('invalid-value', 'no');
    expect(unusable('x.db', error)).toBe(error);
  });
});

describe('a new file', () => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7])(
    'a schema that another process commits before statement %i is never taken for another program’s, nor made twice',
    statement => {
      const path = newPath();
      openBesideAnother(path, statement);
      expect(openDatabase(path, { synchronous: 'NORMAL' }).prepare('SELECT count(*) AS n FROM ledger_8').get()).toEqual(
        {
          n: 0,
        },
      );
    },
  );
});

describe('a file that cannot be used', () => {
  it.each(['', 'a\0b', 5, undefined])('%j, which names no file, is refused before anything is opened', name => {
    expect(() => sqlite(name as string)).toThrow(
      expect.objectContaining({ code: 'invalid-value', path: 'sqlite.path' }),
    );
  });

  it('the store tries again to open a file on the next use after a failure', async () => {
    const missing = join(directory, 'not-there-yet');
    const store = sqlite(join(missing, 'router.db'));
    await expect(store.load('a')).rejects.toSatisfy(unusableBecause(/its directory must exist/, missing));
    mkdirSync(missing);
    expect(await store.load('a')).toEqual([]);
    await store.close();
  });

  it.each([
    ['a folder', directory, /a folder, not a file/],
    ['a device, where every commit seems to succeed', '/dev/null', /a device, pipe or socket, not a file/],
  ])('%s is refused as a database, and nothing is made beside it', async (_, path, why) => {
    const store = sqlite(path);
    await expect(store.commitAll([opening('a')])).rejects.toSatisfy(unusableBecause(why, path));
    await store.close();
    expect(existsSync(`${path}-journal`)).toBe(false);
  });

  it.each(['-wal', '-shm', '-journal', '.spool.jsonl', '.spool.jsonl.1', '.spool.jsonl.aside'])(
    'a ledger is never made under the name of another one’s %s',
    suffix => {
      const path = newPath();
      openDatabase(path, { synchronous: 'NORMAL' }).close();
      const before = readdirSync(directory);
      expect(() => openDatabase(path + suffix, { synchronous: 'NORMAL' })).toThrow(
        unusableError(new RegExp(`belongs to the database ${path}`)),
      );
      expect(readdirSync(directory)).toEqual(before);
      openDatabase(`${newPath()}${suffix}`, { synchronous: 'NORMAL' }).close();
    },
  );

  it('the store leaves a file that is not a database unchanged', async () => {
    const path = newPath();
    const text = 'precious notes, not a database\n'.repeat(50);
    writeFileSync(path, text);
    const store = sqlite(path);
    await expect(store.commitAll([opening('a')])).rejects.toSatisfy(unusableBecause(/not an SQLite database/, path));
    expect(readFileSync(path, 'utf8')).toBe(text);
    await store.close();
  });

  it('the store leaves a damaged file unchanged', async () => {
    const path = newPath();
    const store = sqlite(path);
    for (let index = 0; index < 200; index++) await store.commitAll([opening(`intent-${index}`)]);
    await store.close();
    const bytes = readFileSync(path);
    bytes.fill(0xff, 4096);
    writeFileSync(path, bytes);
    const damaged = sqlite(path);
    await expect(damaged.commitAll([opening('new')])).rejects.toSatisfy(unusableBecause(/damaged.*move it away/, path));
    await damaged.close();
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });

  it('the store leaves another program’s database unchanged', async () => {
    const path = newPath();
    const other = new DatabaseSync(path);
    other.exec('CREATE TABLE ledger (mine TEXT)');
    other.close();
    const bytes = readFileSync(path);
    const store = sqlite(path);
    await expect(store.cells('support')).rejects.toSatisfy(unusableBecause(/another program/, path));
    await store.close();
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });

  it('a file that is refused is closed again', () => {
    const path = newPath();
    writeFileSync(path, 'not a database\n'.repeat(50));
    const close = vi.spyOn(DatabaseSync.prototype, 'close');
    expect(() => openDatabase(path, { synchronous: 'NORMAL' })).toThrow();
    expect(close).toHaveBeenCalledOnce();
    close.mockRestore();
  });

  it('the store refuses a file that a newer version wrote, and leaves it unchanged', async () => {
    const path = newPath();
    const store = sqlite(path);
    await store.commitAll([opening('a')]);
    await store.close();
    const newer = new DatabaseSync(path);
    newer.exec('PRAGMA user_version = 99');
    newer.close();
    const bytes = readFileSync(path);
    const older = sqlite(path);
    await expect(older.load('a')).rejects.toSatisfy(unusableBecause(/newer outcome-router \(schema 99\)/, path));
    await older.close();
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });

  it.each([0, -1])(
    'a ledger with the schema version %d is damaged: no outcome-router has written that',
    async version => {
      const path = join(directory, `version${version}.db`);
      const store = sqlite(path);
      await store.commitAll([opening('a')]);
      await store.close();
      const database = new DatabaseSync(path);
      database.exec(`PRAGMA user_version = ${version}`);
      database.close();
      const damaged = sqlite(path);
      await expect(damaged.load('a')).rejects.toSatisfy(
        unusableBecause(new RegExp(`the file is damaged: its schema version is ${version}`), path),
      );
      await damaged.close();
    },
  );

  it('a ledger whose table "store" is empty is damaged, for every kind of call', async () => {
    const path = join(directory, 'no-store.db');
    const store = sqlite(path);
    await store.commitAll([opening('a')]);
    await store.close();
    const database = new DatabaseSync(path);
    database.exec('DELETE FROM store');
    database.close();
    const damaged = sqlite(path);
    const isDamaged = unusableBecause(/the file is damaged: its table "store" is empty/, path);
    await expect(damaged.cells('f')).rejects.toSatisfy(isDamaged);
    await expect(damaged.scan()[Symbol.asyncIterator]().next()).rejects.toSatisfy(isDamaged);
    await expect(damaged.commitAll([opening('b')])).rejects.toSatisfy(isDamaged);
    await damaged.close();
  });

  it('if this user may not write the file or its directory, the error names it and asks for write permission', async () => {
    const readOnly = join(directory, 'read-only');
    mkdirSync(readOnly);
    const path = join(readOnly, 'router.db');
    const store = sqlite(path);
    await store.commitAll([opening('a')]);
    await store.close();
    chmodSync(readOnly, 0o555);
    chmodSync(path, 0o444);
    chmodSync(directory, 0o755);
    for (const file of [path, join(readOnly, 'new.db')]) {
      const writer = startWriter(file, { prefix: 'a', intents: 5, unprivileged: true });
      await writer.ended;
      const error = JSON.parse(writer.acknowledged[0] ?? '{}') as { code: string; message: string };
      expect(error.code).toBe('store-unusable');
      expect(error.message).toContain(file);
      expect(error.message).toMatch(/write/);
    }
    chmodSync(readOnly, 0o755);
  });
});

describe('a file of version 1', () => {
  /** The file as version 1 wrote it: the first evidence of an intent has the kind `settled`. */
  async function fileOfVersion1() {
    const path = newPath();
    const store = former.sqlite(path);
    const { records } = history('a', 'support', [
      decided(NOON),
      attempted(NOON + 1),
      evidence(NOON + 2, { source: 'explicit', success: true }),
    ]);
    for (const change of changesOf({ intentId: 'a', feature: 'support', records })) await store.commit(change);
    await store.close();
    const database = new DatabaseSync(path);
    const { changes } = database
      .prepare(
        `UPDATE ledger SET kind = 'settled', json = json_replace(json, '$.kind', 'settled') WHERE kind = 'labelled'`,
      )
      .run();
    expect(changes).toBe(1);
    database.exec('PRAGMA user_version = 1');
    database.close();
    return { path, records };
  }

  it('records of version 1 are read in the current format, by intent and by kind, together with new ones', async () => {
    const { path, records } = await fileOfVersion1();
    const store = sqlite(path);
    expect(await store.load('a')).toEqual(records);
    const later = history('b', 'support', [decided(NOON), evidence(NOON + 3, { source: 'explicit', success: false })]);
    for (const change of changesOf(later)) await store.commitAll([change]);
    const labelled: LedgerRecord[] = [];
    for await (const record of store.scan({ kind: 'labelled' })) labelled.push(record);
    expect(labelled).toEqual([records[2], later.records[1]]);
    expect(await store.prune(NOON + HOUR)).toEqual({ intents: 2, records: 5 });
    await store.close();
  });

  it('a file of version 1 is marked with the current version on first use, so that an older process refuses it', async () => {
    const { path } = await fileOfVersion1();
    const store = sqlite(path);
    await store.load('a');
    await store.close();
    const database = new DatabaseSync(path);
    expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: 10 });
    database.close();
  });

  it('a file without the tables of replies gets them on first use', async () => {
    const { path } = await fileOfVersion1();
    const database = new DatabaseSync(path);
    database.exec('DROP TABLE replies; DROP TABLE awaited_replies; PRAGMA user_version = 2');
    database.close();
    const store = sqlite(path);
    expect(await store.modelOfReply?.('resp_1')).toBeUndefined();
    const attempt = { replyKeys: ['resp_1'], unpriced: [NOT_RETRIEVED] };
    const later = history('b', 'support', [decided(NOON), attempted(NOON + 1, attempt)]);
    for (const change of changesOf(later)) await store.commitAll([change]);
    expect(await store.modelOfReply?.('resp_1')).toBe('mini');
    expect(await store.intentOfReply?.('resp_1')).toBe('b');
    await store.close();
  });
});

describe('the mode of the files', () => {
  const modesOf = (path: string): readonly string[] =>
    ['', '-wal', '-shm'].map(suffix => (statSync(path + suffix).mode & 0o777).toString(8));

  it('the files of a new ledger can be read and written by their owner alone', () => {
    const path = newPath();
    const database = openDatabase(path, { synchronous: 'NORMAL' });
    expect(modesOf(path)).toEqual(['600', '600', '600']);
    database.close();
  });

  it('an existing ledger keeps its mode, and the files beside it get the same', () => {
    const path = newPath();
    openDatabase(path, { synchronous: 'NORMAL' }).close();
    chmodSync(path, 0o640);
    const database = openDatabase(path, { synchronous: 'NORMAL' });
    database.exec('BEGIN IMMEDIATE; COMMIT');
    expect(modesOf(path)).toEqual(['640', '640', '640']);
    database.close();
  });
});

describe('a file that is empty or too short', () => {
  it.each([
    [0, '-wal'],
    [0, '.spool.jsonl'],
    [1, '-wal'],
    [99, '.spool.jsonl'],
  ])(
    'a file of %i bytes is refused where a %s says that a ledger was there, and both are left as they are',
    (bytes, suffix) => {
      const path = newPath();
      writeFileSync(path, 'S'.repeat(bytes));
      writeFileSync(path + suffix, 'the last of a ledger');
      expect(() => openDatabase(path, { synchronous: 'NORMAL' })).toThrow(
        expect.objectContaining({
          code: 'store-unusable',
          path,
          message: expect.stringContaining(path + suffix) as string,
        }),
      );
      expect([readFileSync(path).length, readFileSync(path + suffix, 'utf8')]).toEqual([bytes, 'the last of a ledger']);
    },
  );

  /** The lines that a spool has of an intent with two changes. */
  const LINES = [0, 1].map(expectedRevision => `0 ${JSON.stringify({ intentId: 'i', expectedRevision })}\n`);

  it('an empty file becomes a ledger where every intent of its spool begins there, and the process is warned', () => {
    const path = newPath();
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    writeFileSync(path, '', { mode: 0o600 });
    writeFileSync(`${path}.spool.jsonl`, LINES.join(''));
    openDatabase(path, { synchronous: 'NORMAL' }).close();
    expect(warned).toHaveBeenCalledWith(
      expect.stringContaining(path),
      expect.objectContaining({ code: 'EMPTY_LEDGER' }),
    );
    openDatabase(path, { synchronous: 'NORMAL' }).close();
    expect(warned).toHaveBeenCalledOnce();
    warned.mockRestore();
  });

  it('an empty file is refused where its spool continues an intent that an earlier ledger had', () => {
    const path = newPath();
    writeFileSync(path, '');
    writeFileSync(`${path}.spool.jsonl`, LINES[1] ?? '');
    expect(() => openDatabase(path, { synchronous: 'NORMAL' })).toThrow('a ledger was there');
  });

  it('an empty file becomes a ledger where nothing is beside it, as a missing file does beside a spool', () => {
    const [empty, missing] = [newPath(), newPath()];
    writeFileSync(empty, '');
    writeFileSync(`${missing}.spool.jsonl`, 'a change');
    for (const path of [empty, missing]) openDatabase(path, { synchronous: 'NORMAL' }).close();
  });
});
