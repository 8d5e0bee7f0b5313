import { appendFileSync, cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { forgetArchived } from '../../src/analysis/forget-archived.ts';
import type { Store } from '../../src/contracts/store.ts';
import { archiveLedger } from '../../src/exports/archive/archive-ledger.ts';
import { archivedBase } from '../../src/exports/archive/archived-base.ts';
import { withArchive } from '../../src/exports/archive/archived-view.ts';
import { memory } from '../../src/stores/memory.ts';
import { rebuildCells } from '../../src/stores/rebuild.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import {
  archivePart,
  billOf,
  expectErased,
  expectRecounted,
  isLineOfPerson,
  isOfPerson,
  manifestOf,
  PERSON,
  recordsOf,
} from '../exports/archive/ledger-with-person.ts';
import { DAY, LATER } from '../exports/archive/old-ledger.ts';
import { anIntent, commitAll, must } from '../stores/histories.ts';
import { sqliteFiles } from '../stores/sqlite-files.ts';
import { describeOnPostgres, openPostgres } from '../support/postgres.ts';

const { newPath } = sqliteFiles();

async function opened(store: Store = sqlite(newPath())): Promise<{ readonly store: Store; readonly folder: string }> {
  const folder = `${newPath()}.archive`;
  await archivePart(store, folder);
  return { store, folder };
}

const idOf = (line: string): string => (JSON.parse(line) as { readonly intentId: string }).intentId;

function rules(open: () => Promise<Store>): void {
  test('a person’s records are gone from ledger and archive, and every sum and every other record is as before', async () => {
    const { store, folder } = await opened(await open());
    await expectRecounted(store, folder);
    const [before, bill] = [await recordsOf(store, folder), await billOf(store, folder)];
    const gone = before.filter(isLineOfPerson);
    const ids = new Set(gone.map(idOf));
    const stored = (await Array.fromAsync(store.scan())).filter(({ intentId }) => isOfPerson(intentId));
    // The person has records in both places.
    expect(stored.length).toBeGreaterThan(3);
    expect(gone.length - stored.length).toBeGreaterThan(3);
    const steps: number[] = [];
    const erased = await forgetArchived(store, folder, { session: PERSON, progress: runs => steps.push(runs) });
    expect(erased).toMatchObject({ intents: ids.size, records: gone.length });
    expect(erased.pending).toBeGreaterThan(0);
    expect(steps.length).toBeGreaterThan(manifestOf(folder).runs.length);
    expect(await recordsOf(store, folder)).toEqual(before.filter(line => !isLineOfPerson(line)));
    expect(await billOf(store, folder)).toEqual(bill);
    await expectRecounted(store, folder);
    await expectErased(folder);
    // Nothing is due for the open one, and the error of an erased id does not name the archive.
    expect(await store.claimDue(LATER + 9 * DAY, 10, 1_000)).toEqual([]);
    for (const id of ids) await expect(store.load(id)).rejects.toThrow('were pruned');
    await expect(forgetArchived(store, folder, { session: PERSON })).rejects.toMatchObject({ code: 'unknown-intent' });
    // The ledger goes on archiving into the same folder.
    expect((await archiveLedger(store, folder, { beforeMs: LATER })).intents).toBeGreaterThan(0);
    await expectRecounted(store, folder);
    await expectErased(folder);
    await store.close();
  });
}

describe('on SQLite', () => rules(async () => sqlite(newPath())));
describeOnPostgres('on PostgreSQL', () => rules(async () => openPostgres()));

test('an intent can be forgotten by its id, in the archive alone or in the ledger alone, one after the other', async () => {
  const { store, folder } = await opened();
  const [before, bill] = [await recordsOf(store, folder), await billOf(store, folder)];
  const inStore = must((await Array.fromAsync(store.scan()))[0]).intentId;
  const inArchive = idOf(must(before[0]));
  expect(inArchive).not.toBe(inStore);
  for (const intentId of [inArchive, inStore])
    expect(await forgetArchived(store, folder, { intentId })).toMatchObject({ intents: 1, files: 3 });
  const left = before.filter(line => ![inArchive, inStore].includes(idOf(line)));
  expect(await recordsOf(store, folder)).toEqual(left);
  expect(await billOf(store, folder)).toEqual(bill);
  await expectRecounted(store, folder);
  await store.close();
});

test('a run whose intents are all forgotten stays in the list, and counts what they cost', async () => {
  const store = sqlite(newPath());
  const folder = `${newPath()}.archive`;
  await commitAll(store, [anIntent('a'), anIntent('b')]);
  await archiveLedger(store, folder, { beforeMs: LATER + 999 * DAY });
  const bill = await billOf(store, folder);
  for (const intentId of ['a', 'b']) await forgetArchived(store, folder, { intentId });
  expect(manifestOf(folder)).toMatchObject({ version: 2, runs: [{ intents: 0, spendNanoUsd: '0' }] });
  expect(manifestOf(folder).runs[0]?.rows).toEqual({ records: 0, contributions: 0 });
  expect(await billOf(store, folder)).toEqual(bill);
  await expectRecounted(store, folder);
  expect(await recordsOf(store, folder)).toEqual([]);
  await store.close();
});

test('files with the same content are each checked before they are read', async () => {
  const store = sqlite(newPath());
  const folder = `${newPath()}.archive`;
  await commitAll(store, [anIntent('a'), anIntent('b')]);
  await archiveLedger(store, folder, { beforeMs: LATER + 999 * DAY, intentsPerRun: 1 });
  for (const intentId of ['a', 'b']) await forgetArchived(store, folder, { intentId });
  const [one, other] = manifestOf(folder).runs.map(run => run.files.contributions);
  expect(must(other).sha256).toBe(must(one).sha256);
  rmSync(join(folder, must(other).path));
  const archive = await archivedBase(folder);
  const feature = must((await store.features())[0]);
  await expect(rebuildCells(store, feature, { base: archive.base })).rejects.toThrow(
    `${must(other).path}: the archive is damaged`,
  );
  await archive.close();
  await store.close();
});

test('a store that was opened together with its archive before does not give erased records any more', async () => {
  const { store, folder } = await opened();
  const together = withArchive(store, folder);
  const count = async () => (await Array.fromAsync(together.scan())).filter(each => isOfPerson(each.intentId)).length;
  const id = must((await together.intents({ feature: 'support', limit: 99 })).filter(isOfPerson).at(-1));
  expect((await together.load(id)).length).toBeGreaterThan(0);
  expect(await count()).toBeGreaterThan(0);
  await forgetArchived(store, folder, { session: PERSON });
  expect(await count()).toBe(0);
  await expect(together.load(id)).rejects.toMatchObject({ code: 'intent-removed' });
  await together.close();
});

test('files that an interrupted run left are erased too', async () => {
  const { store, folder } = await opened();
  const first = must(manifestOf(folder).runs.find(({ intents }) => intents > 5));
  for (const kind of ['records', 'contributions'] as const)
    cpSync(join(folder, first.files[kind].path), join(folder, `unlisted/${kind}/day=${first.day}/left.parquet`));
  await forgetArchived(store, folder, { session: PERSON });
  await expectErased(folder);
  for (const kind of ['records', 'contributions'])
    expect(existsSync(join(folder, `unlisted/${kind}/day=${first.day}/left.parquet`))).toBe(true);
  await store.close();
});

test.each<[string, (folder: string) => void]>([
  ['a file of records has another size', folder => appendFileSync(join(folder, lastFile(folder, 'records')), 'x')],
  ['a file of contributions is missing', folder => rmSync(join(folder, lastFile(folder, 'contributions')))],
])('where %s, one error names the file, and nothing is erased', async (_, damage) => {
  const { store, folder } = await opened();
  const before = (await Array.fromAsync(store.scan())).length;
  const files = () => (readdirSync(folder, { recursive: true }) as string[]).sort();
  damage(folder);
  const damaged = [files(), manifestOf(folder)];
  await expect(forgetArchived(store, folder, { session: PERSON })).rejects.toMatchObject({
    code: 'invalid-data',
    message: expect.stringContaining('the archive is damaged'),
  });
  expect([files(), manifestOf(folder)]).toEqual(damaged);
  expect((await Array.fromAsync(store.scan())).length).toBe(before);
  await store.close();
});

/** The file of a run that has intents of the person. */
function lastFile(folder: string, kind: 'records' | 'contributions'): string {
  return must(manifestOf(folder).runs.find(({ intents }) => intents > 5)).files[kind].path;
}

test('another ledger’s archive, a folder without one, and a store without an archive are refused', async () => {
  const { store, folder } = await opened();
  const other = sqlite(newPath());
  await commitAll(other, [anIntent('a')]);
  await expect(forgetArchived(other, folder, { session: PERSON })).rejects.toThrow('belongs to another ledger');
  await expect(forgetArchived(store, newPath(), { session: PERSON })).rejects.toThrow('there is no archive');
  await expect(forgetArchived(memory(), folder, { session: PERSON })).rejects.toThrow('cannot remove single intents');
  await expect(forgetArchived(store, folder, {})).rejects.toMatchObject({ path: 'forgetArchived.session' });
  await expect(forgetArchived(store, folder, { intentId: 'x' })).rejects.toMatchObject({ code: 'unknown-intent' });
  await expectRecounted(store, folder);
  for (const each of [store, other]) await each.close();
});

test('a session that changes while it is erased is erased with its last record', async () => {
  const { store, folder } = await opened();
  const bill = await billOf(store, folder);
  const archiving = must(store.archiving);
  let times = 0;
  const busy: Store = {
    ...store,
    archiving: { ...archiving, remove: async (...given) => (times++ === 0 ? false : archiving.remove(...given)) },
  };
  await forgetArchived(busy, folder, { session: PERSON });
  expect(times).toBe(2);
  expect(await billOf(store, folder)).toEqual(bill);
  await expectRecounted(store, folder);
  await expectErased(folder);
  const never: Store = { ...store, archiving: { ...archiving, remove: async () => false } };
  await expect(forgetArchived(never, folder, { intentId: 'of another' })).rejects.toThrow(
    'changed while they were written',
  );
  expect(await store.load('of another')).toHaveLength(1);
  await expectRecounted(store, folder);
  await store.close();
});
