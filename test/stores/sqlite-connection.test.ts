import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { RouterError } from '../../src/errors.ts';
import type { Connection, SqliteConnection } from '../../src/stores/sqlite-connection.ts';
import { sqliteConnection } from '../../src/stores/sqlite-connection.ts';
import { sqliteFiles } from './sqlite-files.ts';

const { newPath } = sqliteFiles();

function setUp(lockTimeoutMs = 10_000) {
  const path = newPath();
  return { path, file: sqliteConnection(path, { synchronous: 'NORMAL', lockTimeoutMs }) };
}

const makeDue = ({ statements }: Connection): void => void statements.setDue.run('a', 1);
const due = ({ database }: Connection): unknown[] =>
  database.prepare('SELECT intent_id FROM pending ORDER BY intent_id').all();
/** The connection that a step runs on. */
const current = (connection: Connection): Connection => connection;

/** A disk without room for more pages, as SQLite reports one. */
async function fillDisk(file: SqliteConnection): Promise<void> {
  await file.run(({ database }) => database.exec('PRAGMA max_page_count = 1'));
  const large = 'x'.repeat(1_000_000);
  await expect(file.write(({ statements }) => statements.setDue.run(large, 1))).rejects.toMatchObject({
    code: 'store-unusable',
    message: expect.stringContaining('the disk is full') as string,
  });
}

test('after an I/O error the next step runs on a new connection, so that it succeeds once the cause is fixed', async () => {
  const { file } = setUp();
  await fillDisk(file);
  await file.write(({ statements }) => statements.setDue.run('x'.repeat(1_000_000), 1));
  expect(await file.run(due)).toHaveLength(1);
  await file.close();
});

test.each([new RouterError('invalid-value', 'half-way'), new Error('half-way')])(
  'a step that throws %s is rolled back, and the next step commits',
  async error => {
    const { file } = setUp();
    const before = await file.run(current);
    const half = (connection: Connection): void => {
      makeDue(connection);
      throw error;
    };
    await expect(file.write(half)).rejects.toThrow('half-way');
    expect(await file.run(due)).toEqual([]);
    // Only a fault of the file or the step is a reason to reconnect, not a refusal.
    expect((await file.run(current)) === before).toBe(RouterError.isInstance(error));
    await file.write(makeDue);
    expect(await file.run(due)).toHaveLength(1);
    await file.close();
  },
);

test('a step waits for another process’s lock for at most lockTimeoutMs', async () => {
  const { path, file } = setUp(60);
  await file.write(makeDue);
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  let tries = 0;
  const counted = (connection: Connection): void => {
    tries++;
    makeDue(connection);
  };
  await expect(file.run(counted)).rejects.toMatchObject({ message: expect.stringContaining('locked') as string });
  // Three slices of 20 ms.
  expect(tries).toBe(3);
  other.exec('COMMIT');
  other.close();
  // The connection is kept: a lock is no fault of the file.
  const before = await file.run(current);
  await file.run(counted);
  expect(await file.run(current)).toBe(before);
  await file.close();
});

test.each([
  ['NORMAL', 1],
  ['FULL', 2],
] as const)('the connection sets PRAGMA synchronous to %s', async (synchronous, level) => {
  const file = sqliteConnection(newPath(), { synchronous, lockTimeoutMs: 100 });
  expect(await file.run(({ database }) => database.prepare('PRAGMA synchronous').get())).toEqual({
    synchronous: level,
  });
  await file.close();
});

test('closing waits for the steps in flight', async () => {
  const { path, file } = setUp();
  await file.write(makeDue);
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  const waiting = file.write(makeDue);
  const closing = file.close();
  other.exec('COMMIT');
  other.close();
  await expect(waiting).resolves.toBeUndefined();
  await closing;
  // SQLite deletes the write-ahead log when the last connection closes.
  expect(existsSync(`${path}-wal`)).toBe(false);
});

test.each(['removed', 'replaced by another'])(
  'a step on a file that was %s while it was open is refused, and the next step uses the file now at the path',
  async how => {
    const { path, file } = setUp();
    await file.write(makeDue);
    for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix);
    if (how === 'replaced by another') {
      const elsewhere = newPath();
      const copy = sqliteConnection(elsewhere, { synchronous: 'NORMAL', lockTimeoutMs: 100 });
      await copy.write(({ statements }) => void statements.setDue.run('b', 1));
      await copy.close();
      renameSync(elsewhere, path);
    }
    const refusal = { code: 'store-unusable', path, message: expect.stringContaining('removed or replaced') as string };
    await expect(file.write(makeDue)).rejects.toMatchObject(refusal);
    expect(await file.run(due)).toEqual(how === 'removed' ? [] : [{ intent_id: 'b' }]);
    await file.write(makeDue);
    expect(await file.run(due)).toContainEqual({ intent_id: 'a' });
    await file.close();
  },
);

test('a step is refused if the file’s write-ahead log was removed, and what SQLite had in the log is kept', async () => {
  const { path, file } = setUp();
  await file.write(makeDue);
  rmSync(`${path}-wal`);
  await expect(file.write(makeDue)).rejects.toMatchObject({
    code: 'store-unusable',
    path,
    message: expect.stringContaining('(-wal) was removed or replaced') as string,
  });
  // As after a crash: only the files have the change.
  const copy = newPath();
  copyFileSync(path, copy);
  const restarted = sqliteConnection(copy, { synchronous: 'NORMAL', lockTimeoutMs: 100 });
  expect(await restarted.run(due)).toEqual([{ intent_id: 'a' }]);
  await restarted.close();
  await file.write(makeDue);
  await file.close();
});

test('a file whose folder was removed is refused until the folder is there again', async () => {
  const folder = join(dirname(newPath()), 'folder');
  mkdirSync(folder);
  const file = sqliteConnection(join(folder, 'router.db'), { synchronous: 'NORMAL', lockTimeoutMs: 100 });
  await file.write(makeDue);
  rmSync(folder, { recursive: true });
  for (let tries = 0; tries < 3; tries++)
    await expect(file.write(makeDue)).rejects.toMatchObject({ code: 'store-unusable' });
  mkdirSync(folder);
  await file.write(makeDue);
  expect(await file.run(due)).toHaveLength(1);
  await file.close();
});
