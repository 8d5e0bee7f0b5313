import { afterEach, describe, expect, test } from 'vitest';
import type { Store } from '../../../src/contracts/store.ts';
import { archiveLedger } from '../../../src/exports/archive/archive-ledger.ts';
import { withArchive } from '../../../src/exports/archive/archived-view.ts';
import { copyLedger } from '../../../src/exports/ledger/copy-ledger.ts';
import { memory } from '../../../src/stores/memory.ts';
import { rebuildCells } from '../../../src/stores/rebuild.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { anIntent, changeOf, commitAll, HOUR, must, NOON, sorted } from '../../stores/histories.ts';
import { sqliteFiles } from '../../stores/sqlite-files.ts';
import { describeOnPostgres, openPostgres } from '../../support/postgres.ts';

const { newPath } = sqliteFiles();
const opened: Store[] = [];
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});

/** Closed after the test, with the store. */
function archived(store: Store, folder: string): Store {
  const together = withArchive(store, folder);
  opened.push(together);
  return together;
}

type Open = () => Promise<Store>;
const onSqlite: Open = async () => sqlite(newPath());
const DAY = 24 * HOUR;

function copiesBetween(openSource: Open, openTarget: Open): void {
  async function both(): Promise<{ readonly source: Store; readonly target: Store }> {
    const [source, target] = [await openSource(), await openTarget()];
    opened.push(source, target);
    await commitAll(source, [anIntent('a'), anIntent('b', 'extract'), anIntent('young', 'support', NOON + 3 * DAY)]);
    return { source, target };
  }

  async function expectRefused(target: Store, id: string, where: string): Promise<void> {
    const refusal = { code: 'intent-removed', message: expect.stringContaining(where) as string };
    expect(await target.commitAll([changeOf(anIntent(id))])).toMatchObject([{ kind: 'refused', error: refusal }]);
    await expect(target.load(id)).rejects.toMatchObject(refusal);
  }

  async function expectSameStatistics(target: Store, source: Store): Promise<void> {
    for (const feature of ['support', 'extract']) {
      expect(sorted(await target.cells(feature))).toEqual(sorted(await source.cells(feature)));
      expect(sorted(await target.prunedCells(feature))).toEqual(sorted(await source.prunedCells(feature)));
      expect(await rebuildCells(target, feature)).toMatchObject({ corrected: 0 });
    }
  }

  test('the copy of a pruned ledger refuses the ids of pruned intents, as its source does', async () => {
    const { source, target } = await both();
    await source.prune(NOON + DAY);
    expect(await copyLedger(source, target)).toMatchObject({ added: 3, removed: 2 });
    await expectRefused(target, 'a', 'were pruned');
    await expectSameStatistics(target, source);
    expect(await copyLedger(source, target)).toMatchObject({ added: 0, removed: 2 });
    await expectSameStatistics(target, source);
  });

  test('the copy of an archived ledger is read with the same archive, and refuses late records of archived intents', async () => {
    const { source, target } = await both();
    const folder = `${newPath()}-archive`;
    await archiveLedger(source, folder, { beforeMs: NOON + DAY });
    const { archive } = must(await source.archive?.());
    expect(await copyLedger(source, target)).toMatchObject({ removed: 2, archive });
    expect(await target.archive?.()).toEqual(await source.archive?.());
    await expectRefused(target, 'b', 'are in the archive');
    await expectSameStatistics(target, source);
    const idsOf = async (store: Store): Promise<readonly string[]> =>
      (await Array.fromAsync(archived(store, folder).scan({ kind: 'decided' }))).map(each => each.intentId).sort();
    expect(await idsOf(target)).toEqual(['a', 'b', 'young']);
    expect(await archived(target, folder).load('a')).toEqual(anIntent('a').records);
    await expect(target.prune(Infinity)).rejects.toThrow('has an archive');
  });

  test('an intent that was archived after it was copied is counted once, with and without a due time', async () => {
    const { source, target } = await both();
    await copyLedger(source, target, { dueAtMs: ({ decided }) => decided.atMs + HOUR });
    const folder = `${newPath()}-archive`;
    await archiveLedger(source, folder, { beforeMs: NOON + DAY });
    expect(await copyLedger(source, target)).toMatchObject({ added: 0, removed: 2 });
    await expectRefused(target, 'a', 'are in the archive');
    await expectSameStatistics(target, source);
    expect(await target.claimDue(NOON + 2 * HOUR, 9, 0)).toEqual([]);
    expect(await Array.fromAsync(archived(target, folder).scan({ kind: 'decided' }))).toHaveLength(3);
  });

  test('an intent that was pruned from the source between two copies is pruned from the copy too', async () => {
    const { source, target } = await both();
    let after: string | undefined;
    await copyLedger(source, target, { reached: cursor => (after = cursor) });
    await source.prune(NOON + DAY);
    expect(await copyLedger(source, target, { after: must(after) })).toMatchObject({ added: 0, removed: 2 });
    await expectRefused(target, 'a', 'were pruned');
    await expectSameStatistics(target, source);
  });

  test('a target that has an archive of its own is refused before anything is written', async () => {
    const { source, target } = await both();
    await must(target.archiving).claim('another');
    await expect(copyLedger(source, target)).rejects.toThrow('not the archive of the source');
    expect(await target.load('young')).toEqual([]);
  });
}

test('a target in memory gets the statistics of removed intents, and no ids', async () => {
  const source = await onSqlite();
  opened.push(source);
  await commitAll(source, [anIntent('a')]);
  await source.prune(NOON + DAY);
  const target = memory();
  expect(await copyLedger(source, target)).toMatchObject({ removed: 0 });
  expect(sorted(await target.prunedCells())).toEqual(sorted(await source.prunedCells()));
});

describe('from SQLite to SQLite', () => copiesBetween(onSqlite, onSqlite));
describeOnPostgres('from SQLite to PostgreSQL', () => copiesBetween(onSqlite, openPostgres));
describeOnPostgres('from PostgreSQL to SQLite', () => copiesBetween(openPostgres, onSqlite));
