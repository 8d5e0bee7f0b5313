import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ClosedIntent } from '../../../src/contracts/archiving.ts';
import type { DuckDb } from '../../../src/exports/archive/duckdb.ts';
import { openDuckDb } from '../../../src/exports/archive/duckdb.ts';
import { dayOf, writeRun } from '../../../src/exports/archive/write-run.ts';
import { anIntent, NOON } from '../../stores/histories.ts';
import { sqliteFiles } from '../../stores/sqlite-files.ts';

const { newPath } = sqliteFiles();
let db: DuckDb;
beforeAll(async () => void (db = await openDuckDb()));
afterAll(async () => db.close());

const closed = (id: string, change: (json: string) => string = json => json): ClosedIntent => ({
  id,
  records: anIntent(id).records.map((record, index) => ({ json: change(JSON.stringify(record)), position: index + 1 })),
});

function newFolder(): string {
  const folder = `${newPath()}.archive`;
  mkdirSync(folder);
  return folder;
}

test('the entry of a written run states its rows, times and spend, and its two files are on the disk', async () => {
  const folder = newFolder();
  const entry = await writeRun(db, folder, { run: 'r-1', intents: [closed('a'), closed('b')] });
  expect(entry).toMatchObject({
    run: 'r-1',
    day: '2026-11-20',
    fromMs: NOON,
    toMs: NOON,
    intents: 2,
    rows: { records: 6, contributions: 4 },
    spendNanoUsd: String(2 * 1_234_567),
  });
  for (const { path } of Object.values(entry.files)) expect(existsSync(join(folder, path))).toBe(true);
  const [[json]] = (await db.rows(
    `SELECT json FROM read_parquet('${join(folder, entry.files.records.path)}') WHERE intent_id = 'b' AND revision = 1`,
  )) as [[string]];
  expect(json).toBe(JSON.stringify(anIntent('b').records[1]));
});

test.each<[string, ClosedIntent]>([
  ['no JSON', closed('a', json => json.slice(1))],
  ['records of another intent', closed('a', json => json.replace('"a"', '"b"'))],
  ['no records', { id: 'a', records: [] }],
  ['a record before its decision', { id: 'a', records: closed('a').records.slice(1) }],
])('an intent with %s is named, and no file is written', async (_, intent) => {
  const folder = newFolder();
  await expect(writeRun(db, folder, { run: 'r-1', intents: [intent] })).rejects.toThrow('the intent "a" is damaged');
  expect(readdirSync(folder)).toEqual([]);
});

test('an intent whose costs do not fit in a column is reported, and no file is written', async () => {
  const folder = newFolder();
  const intents = [
    closed('a'),
    closed('b', json => json.replace(/"costNanoUsd":\d+/, '"costNanoUsd":9300000000000000000')),
  ];
  await expect(writeRun(db, folder, { run: 'r-1', intents })).rejects.toMatchObject({
    code: 'invalid-data',
    message: expect.stringContaining('the costs of the intent "b"'),
  });
  expect(readdirSync(folder)).toEqual([]);
});

test('if a file cannot be written, one error names it, and no partial file is left', async () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'records'), 'a file');
  await expect(writeRun(db, folder, { run: 'r-1', intents: [closed('a')] })).rejects.toMatchObject({
    code: 'store-unusable',
    path: join(folder, 'records/day=2026-11-20/r-1.parquet.part'),
  });
  expect(readdirSync(folder)).toEqual(['records']);
});

test('a time out of range is archived on the first or the last possible day', () => {
  expect([NOON, -5, 1e300, 8.64e15].map(dayOf)).toEqual(['2026-11-20', '1970-01-01', '2199-12-31', '2199-12-31']);
});
