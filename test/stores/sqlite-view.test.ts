import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { textsOf } from '../../src/contracts/record-texts.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import { anIntent, changesOf, independentSum, must, NOON } from './histories.ts';
import { opening, sqliteFiles } from './sqlite-files.ts';

const { newPath } = sqliteFiles();

test('a cursor from beyond the end, as after a restore from a copy, leads to a full reading', async () => {
  const path = newPath();
  const store = sqlite(path);
  await store.commitAll(['a', 'b', 'c'].flatMap(id => changesOf(anIntent(id))));
  const { next } = await store.cellsSince('support');
  const later = next.replace(/\d+$/, number => String(Number(number) + 5));
  expect(await store.cellsSince('support', later)).toMatchObject({ complete: true, next });
  const page = must((await Array.fromAsync(store.scanPages())).at(-1));
  expect(await Array.fromAsync(store.scanPages({ after: page.next }))).toEqual([]);
  await store.close();
});

test('a reader whose cells were forgotten reads everything again', async () => {
  const path = newPath();
  const store = sqlite(path);
  await store.commitAll(changesOf(anIntent('a')));
  const { next } = await store.cellsSince('support');
  await store.commitAll(changesOf(anIntent('b')));
  expect((await store.cellsSince('support', next)).complete).toBe(false);
  const database = new DatabaseSync(path);
  database.exec('UPDATE features SET forgotten_serial = serial');
  database.close();
  const read = await store.cellsSince('support', next);
  expect(read.complete).toBe(true);
  expect((await store.cellsSince('support', read.next)).complete).toBe(false);
  await store.close();
});

test('a reading of cells is of one moment, also while another connection merges them and moves boundaries', async () => {
  const path = newPath();
  const [reader, writer] = [sqlite(path), sqlite(path)];
  const list = Array.from({ length: 30 }, (_, day) =>
    anIntent(`intent-${day}`, 'support', Date.now() - day * 86_400_000),
  );
  await writer.commitAll(list.flatMap(changesOf));
  const total = (n: bigint, { sums }: { readonly sums: { readonly n?: bigint } }): bigint => n + (sums.n ?? 0n);
  const expected = independentSum(list, 'support').reduce(total, 0n);
  for (let more = true; more; ) {
    ({ more } = await writer.maintain());
    expect((await reader.cells('support')).reduce(total, 0n)).toBe(expected);
  }
  await Promise.all([reader.close(), writer.close()]);
});

test('pages of a filtered scan without any record are left out, except the last, whose cursor continues after it', async () => {
  const store = sqlite(newPath());
  await store.commitAll(Array.from({ length: 1_700 }, (_, index) => opening(`intent-${index}`)));
  const pages = await Array.fromAsync(store.scanPages({ fromMs: NOON + 1 }));
  expect(pages.map(({ records }) => records.length)).toEqual([0]);
  await store.commitAll([opening('later')]);
  const [page] = await Array.fromAsync(store.scanPages({ after: must(pages[0]).next }));
  expect(page?.records).toHaveLength(1);
  await store.close();
});

test('the store and a view of one moment name the row that was set aside, and everything else works', async () => {
  const path = newPath();
  const store = sqlite(path);
  await store.commitAll(changesOf(anIntent('a')));
  expect(await store.setAside?.()).toEqual([]);
  const database = new DatabaseSync(path);
  database.exec("INSERT INTO journal (at_ms, changes) VALUES (1, 'damaged')");
  database.close();
  expect(await store.load('a')).toEqual(anIntent('a').records);
  const [error, ...rest] = must(await store.setAside?.());
  expect([error, rest]).toEqual([
    expect.objectContaining({ code: 'store-unusable', path, message: expect.stringContaining('journal (seq 1)') }),
    [],
  ]);
  expect(await store.consistently(async view => view.setAside?.())).toEqual([error]);
  expect(await store.commitAll(changesOf(anIntent('b')))).toHaveLength(3);
  await store.close();
});

test('a page of texts is freed when the next one is asked for, and every record was read before that', async () => {
  const store = sqlite(newPath());
  await store.commitAll(Array.from({ length: 300 }, (_, index) => anIntent(`i${index}`)).flatMap(changesOf));
  const read = must(textsOf(store))();
  const [pages, revisions] = [[] as Uint8Array[], [] as number[]];
  for await (const page of read) {
    expect(pages.every(({ byteLength }) => byteLength === 0)).toBe(true);
    pages.push(page.bytes);
    for (let index = 0; index < page.length; index++) revisions.push(must(page.record(index)).revision);
  }
  expect(pages.length).toBeGreaterThan(1);
  expect(revisions).toEqual((await Array.fromAsync(store.scan())).map(({ revision }) => revision));
  await store.close();
});
