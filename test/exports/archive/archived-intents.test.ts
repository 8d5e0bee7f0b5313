import { expect, test } from 'vitest';
import { archivedLoads, runsOfIntents, timesBetween } from '../../../src/exports/archive/archived-intents.ts';
import { archiveLedger } from '../../../src/exports/archive/archive-ledger.ts';
import { openArchive } from '../../../src/exports/archive/reader.ts';
import { sqliteFiles } from '../../stores/sqlite-files.ts';
import { filledFile, LATER, someIntents } from './old-ledger.ts';

const { newPath } = sqliteFiles();

test('several intents that are loaded at once come with their records, whether their runs are known or not', async () => {
  const store = await filledFile(newPath());
  const folder = `${newPath()}.archive`;
  await archiveLedger(store, folder, { beforeMs: LATER });
  const reader = await openArchive(folder);
  const moment = await reader.at(await store.archive?.());
  const list = someIntents();
  const archived = new Map(list.map(({ intentId, records }) => [intentId, records]));
  const runs = runsOfIntents();
  const load = archivedLoads(moment, runs);
  const found = async (): Promise<readonly string[]> => {
    const loaded = await Promise.all(list.map(async ({ intentId }) => [intentId, await load(intentId)] as const));
    for (const [id, records] of loaded) if (records.length > 0) expect(records).toEqual(archived.get(id));
    return loaded.flatMap(([id, records]) => (records.length > 0 ? [id] : []));
  };
  const unknown = await found();
  expect(unknown.length).toBeGreaterThan(40);
  for (const run of moment.runs) for (const id of (await moment.recordsOf(run)).keys()) runs.set(id, run);
  expect(await found()).toEqual(unknown);
  expect(await load('unknown')).toEqual([]);
  await reader.close();
  await store.close();
});

test('a time bound that is not set adds no condition', () => {
  expect(timesBetween(-Infinity, Infinity)).toEqual([]);
  expect(timesBetween(5, 7.5)).toEqual(['at_ms >= 5::DOUBLE', 'at_ms < 7.5::DOUBLE']);
});
