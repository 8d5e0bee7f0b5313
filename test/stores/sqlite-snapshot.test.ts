import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import type { Connection } from '../../src/stores/sqlite-connection.ts';
import { sqliteConnection } from '../../src/stores/sqlite-connection.ts';
import { openSnapshot } from '../../src/stores/sqlite-snapshot.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import { opening, sqliteFiles } from './sqlite-files.ts';

const { newPath } = sqliteFiles();
const OPTIONS = { synchronous: 'NORMAL', lockTimeoutMs: 100 } as const;

const idsIn = ({ database }: Connection): unknown => database.prepare('SELECT id FROM corrections ORDER BY id').all();

test.each(['a file', 'memory'])(
  'a snapshot of a database in %s has the contents at the moment it was opened',
  async where => {
    const path = where === 'memory' ? ':memory:' : newPath();
    const file = sqliteConnection(path, OPTIONS);
    const put = (id: string): Promise<unknown> => file.write(({ statements }) => statements.correct.run(id));
    await put('a');
    const first = openSnapshot(path, OPTIONS, file);
    await first.begun;
    await put('b');
    const second = openSnapshot(path, OPTIONS, file);
    await second.begun;
    await put('c');
    expect(await first.run(idsIn)).toEqual([{ id: 'a' }]);
    expect(await second.run(idsIn)).toEqual([{ id: 'a' }, { id: 'b' }]);
    expect(await file.run(idsIn)).toHaveLength(3);
    const idOf = ({ statements }: Connection): unknown => statements.store.get();
    expect(await second.run(idOf)).toEqual(await file.run(idOf));
    await Promise.all([first.close(), second.close()]);
    await expect(first.run(idsIn)).rejects.toMatchObject({ code: 'store-unusable' });
    await file.close();
    expect(existsSync(`${path}-wal`)).toBe(false);
  },
);

test('a snapshot whose connection failed is not continued at another moment', async () => {
  const path = newPath();
  const file = sqliteConnection(path, OPTIONS);
  const snapshot = openSnapshot(path, OPTIONS, file);
  await snapshot.begun;
  const failing = snapshot.run(() => {
    throw new Error('the disk failed');
  });
  await expect(failing).rejects.toThrow('the disk failed');
  await expect(snapshot.run(idsIn)).rejects.toMatchObject({ code: 'store-unusable', path });
  await snapshot.close();
  await file.close();
});

test('a file that cannot be opened a second time is refused, and nothing stays open', async () => {
  const path = newPath();
  const store = sqlite(path);
  await store.commitAll([opening('a')]);
  const other = new DatabaseSync(path);
  other.exec('PRAGMA user_version = 99');
  other.close();
  await expect(store.consistently(async () => 'read')).rejects.toMatchObject({ code: 'store-unusable' });
  await store.close();
  expect(existsSync(`${path}-wal`)).toBe(false);
});
