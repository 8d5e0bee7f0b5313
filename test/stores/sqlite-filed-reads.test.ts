import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Store } from '../../src/contracts/store.ts';
import type { SqliteConnection } from '../../src/stores/sqlite-connection.ts';
import { sqliteConnection } from '../../src/stores/sqlite-connection.ts';
import { filedReads } from '../../src/stores/sqlite-filed-reads.ts';
import { sqliteView } from '../../src/stores/sqlite-view.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import { anIntent, changesOf, commitAll, independentSum, sorted } from './histories.ts';
import { fileJournal, sqliteFiles } from './sqlite-files.ts';

const { newPath } = sqliteFiles();

let path: string;
/** Its event loop never gets to filing what it has noted, as that of a process that was stopped or killed. */
let writer: Store;
let reader: SqliteConnection;
let waits: number;

/** A ledger with one intent, and a connection to it that may only read. */
beforeEach(async () => {
  path = newPath();
  writer = sqlite(path);
  waits = 0;
  await commitAll(writer, [anIntent('filed')]);
  await writer.load('filed');
  reader = sqliteConnection(path, { synchronous: 'NORMAL', lockTimeoutMs: 100 });
  await reader.run(({ database }) => database.exec('PRAGMA query_only = 1'));
});
afterEach(async () => {
  await reader.close();
  await writer.close();
});

const note = (id: string): unknown => writer.commitAll.now?.(changesOf(anIntent(id)));

function setClock(atMs: string): void {
  const database = new DatabaseSync(path);
  database.exec(`UPDATE journal SET at_ms = ${atMs}`);
  database.close();
}

/** Reads as the store does; each wait for the writer is one call. */
function viewOf(onWait: () => void = () => {}) {
  const sleep = async (): Promise<void> => {
    waits++;
    onWait();
  };
  return sqliteView(path, filedReads(path, reader, { sleep }), { isSnapshot: false });
}

test.each([0, -3_600_000, 3_600_000])(
  'a reader that may not file the journal waits for the writer, whose clock is off by %i ms',
  async differenceMs => {
    note('noted');
    setClock(`at_ms + ${differenceMs}`);
    const view = viewOf(() => fileJournal(path));
    expect(await view.load('noted')).toHaveLength(3);
    expect(waits).toBe(1);
  },
);

test('a reader does not wait for what was noted after it began', async () => {
  note('noted');
  const view = viewOf(() => {
    fileJournal(path);
    note(`later ${waits}`);
  });
  expect(await view.load('noted')).toHaveLength(3);
  expect(waits).toBe(1);
});

test.each([0, -3_600_000, 3_600_000])(
  'a reader finds in a copy what a killed process has noted, whose clock was off by %i ms',
  async differenceMs => {
    note('noted');
    setClock(`at_ms + ${differenceMs}`);
    const view = viewOf();
    expect(await view.load('noted')).toHaveLength(3);
    expect(sorted(await view.cells('support'))).toEqual(
      sorted(independentSum([anIntent('filed'), anIntent('noted')], 'support')),
    );
  },
);

test('a reader waits for the writer once, and again when more was noted', async () => {
  const view = viewOf();
  note('noted');
  for (const id of ['noted', 'noted']) expect(await view.load(id)).toHaveLength(3);
  expect(waits).toBe(20);
  note('more');
  expect(await view.load('more')).toHaveLength(3);
  expect(waits).toBe(40);
});

test('a row that reuses the number of a filed row has another time, and counts as a different row', async () => {
  const view = viewOf();
  for (const id of ['noted', 'later']) {
    note(id);
    setClock('7');
    expect(await view.load(id)).toHaveLength(3);
    fileJournal(path);
  }
});

test('cursors of a copy lead to everything that is filed later', async () => {
  const view = viewOf();
  note('noted');
  const cells = await view.cellsSince('support');
  const pages = view.scanPages();
  let next: string | undefined;
  for await (const page of pages) ({ next } = page);
  // The later intent is filed in one transaction with what the copy had, and so has the same serial number.
  note('later');
  fileJournal(path);
  const news = await view.cellsSince('support', cells.next);
  const all = await view.cells('support');
  expect(news.complete).toBe(false);
  const changed = new Set(news.cells.map(({ key }) => JSON.stringify(key)));
  expect(sorted(news.cells)).toEqual(sorted(all.filter(({ key }) => changed.has(JSON.stringify(key)))));
  expect(sorted([...news.cells, ...cells.cells.filter(({ key }) => !changed.has(JSON.stringify(key)))])).toEqual(
    sorted(all),
  );
  const later: string[] = [];
  for await (const { records } of view.scanPages({ ...(next && { after: next }) })) {
    later.push(...records.map(({ intentId }) => intentId));
  }
  expect(new Set(later)).toEqual(new Set(['later']));
});

test('while another process keeps the lock, every read finds the noted changes, views of one moment too, and the generation shows them', async () => {
  await commitAll(writer, [anIntent('other', 'extract')]);
  const store = sqlite(path, { lockTimeoutMs: 1 });
  const generation = async () => (await store.generations(['support'])).get('support');
  const before = await generation();
  note('noted');
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  expect(await store.load('noted')).toHaveLength(3);
  const during = await generation();
  expect(during).not.toBe(before);
  expect(await generation()).toBe(during);
  expect(await store.consistently(view => view.load('noted'))).toHaveLength(3);
  expect(await store.controls?.()).toEqual([]);
  other.exec('ROLLBACK');
  other.close();
  expect(await store.load('noted')).toHaveLength(3);
  expect([before, during]).not.toContain(await generation());
  await store.close();
});

test('a read that fails for a reason other than the journal rejects at once', async () => {
  const run = filedReads(path, reader, { sleep: async () => expect.unreachable() });
  await expect(
    run(() => {
      throw new Error('a fault');
    }),
  ).rejects.toMatchObject({ code: 'store-unusable', path });
});
