import { expect, test } from 'vitest';
import { openDuckDb } from '../../../src/exports/archive/duckdb.ts';
import { findIntents } from '../../../src/exports/archive/find-intents.ts';
import { writeRun } from '../../../src/exports/archive/write-run.ts';
import { anIntent, decided, history, must, NOON } from '../../stores/histories.ts';
import { sqliteFiles } from '../../stores/sqlite-files.ts';

const { newPath } = sqliteFiles();

test('a session is found however JSON writes its name, and only where it is the name of the session', async () => {
  const folder = `${newPath()}.archive`;
  const intents = ['é "1"', 'é', 'other'].map((session, index) => {
    const first = must(history(`of ${session}`, 'support', [{ ...decided(NOON), session }]).records[0]);
    const json = index === 0 ? JSON.stringify(first).replace('é', '\\u00e9') : JSON.stringify(first);
    return { id: first.intentId, records: [{ json, position: index }] };
  });
  const labelled = {
    id: 'a',
    records: anIntent('a').records.map(each => ({ json: JSON.stringify(each), position: 9 })),
  };
  const db = await openDuckDb();
  const { files } = await writeRun(db, folder, { run: 'r', intents: [...intents, labelled] });
  const find = async (session: string, ids: readonly string[] = []) =>
    (await findIntents(db, `['${folder}/${files.records.path}']`, { ids, session })).map(({ id }) => id).sort();
  expect(await find('é "1"')).toEqual(['of é "1"']);
  expect(await find('é')).toEqual(['of é']);
  expect(await find('of other')).toEqual([]);
  expect(await find('other', ['a', 'unknown'])).toEqual(['a', 'of other']);
  expect(await findIntents(db, `['${folder}/${files.records.path}']`, { ids: ['a'] })).toEqual([
    { id: 'a', records: 3, lastMs: must(anIntent('a').records.at(-1)).atMs, hasOutcome: true },
  ]);
  await db.close();
});
