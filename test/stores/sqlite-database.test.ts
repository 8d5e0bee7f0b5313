import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { LedgerRecord } from '../../src/core/ledger/records.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import { attempted, changesOf, decided, evidence, history, HOUR, NOON } from './histories.ts';
import { directory, newPath, opening, unusableBecause } from './sqlite-files.ts';
import { startWriter } from './sqlite-process.ts';

describe('a file that cannot be used', () => {
  it('a file that could not be opened is tried again on the next use', async () => {
    const missing = join(directory, 'not-there-yet');
    const store = sqlite(join(missing, 'router.db'));
    await expect(store.load('a')).rejects.toSatisfy(unusableBecause(/its directory must exist/, missing));
    mkdirSync(missing);
    expect(await store.load('a')).toEqual([]);
    await store.close();
  });

  it('the store leaves a file that is no database unchanged', async () => {
    const path = newPath();
    const text = 'precious notes, not a database\n'.repeat(50);
    writeFileSync(path, text);
    const store = sqlite(path);
    await expect(store.commit(opening('a'))).rejects.toSatisfy(unusableBecause(/not an SQLite database/, path));
    expect(readFileSync(path, 'utf8')).toBe(text);
    await store.close();
  });

  it('the store leaves a damaged file unchanged', async () => {
    const path = newPath();
    const store = sqlite(path);
    for (let index = 0; index < 200; index++) await store.commit(opening(`intent-${index}`));
    await store.close();
    const bytes = readFileSync(path);
    bytes.fill(0xff, 4096);
    writeFileSync(path, bytes);
    const damaged = sqlite(path);
    await expect(damaged.commit(opening('new'))).rejects.toSatisfy(unusableBecause(/damaged.*move it away/, path));
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

  it('the store refuses a file that a newer version wrote, and leaves it unchanged', async () => {
    const path = newPath();
    const store = sqlite(path);
    await store.commit(opening('a'));
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

  it('the error names a file or a directory that this user may not write, and asks for the permission', async () => {
    const readOnly = join(directory, 'read-only');
    mkdirSync(readOnly);
    const path = join(readOnly, 'router.db');
    const store = sqlite(path);
    await store.commit(opening('a'));
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
    const store = sqlite(path);
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

  it('records of version 1 are read as the present version, by intent and by kind, together with new ones', async () => {
    const { path, records } = await fileOfVersion1();
    const store = sqlite(path);
    expect(await store.load('a')).toEqual(records);
    const later = history('b', 'support', [decided(NOON), evidence(NOON + 3, { source: 'explicit', success: false })]);
    for (const change of changesOf(later)) await store.commit(change);
    const labelled: LedgerRecord[] = [];
    for await (const record of store.scan({ kind: 'labelled' })) labelled.push(record);
    expect(labelled).toEqual([records[2], later.records[1]]);
    expect(await store.prune(NOON + HOUR)).toEqual({ intents: 2, records: 5 });
    await store.close();
  });

  it('a file of version 1 has the present version after its first use, so that an older process refuses it', async () => {
    const { path } = await fileOfVersion1();
    const store = sqlite(path);
    await store.load('a');
    await store.close();
    const database = new DatabaseSync(path);
    expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: 2 });
    database.close();
  });
});
