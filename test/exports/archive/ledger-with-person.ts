/** A ledger and its archive, with the intents of a person in both, one of them open. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { reportOf } from '../../../src/analysis/report.ts';
import type { Store } from '../../../src/contracts/store.ts';
import { archiveLedger } from '../../../src/exports/archive/archive-ledger.ts';
import { archivedBase } from '../../../src/exports/archive/archived-base.ts';
import { withArchive } from '../../../src/exports/archive/archived-view.ts';
import { openDuckDb, sqlText } from '../../../src/exports/archive/duckdb.ts';
import type { ArchiveManifest } from '../../../src/exports/archive/manifest.ts';
import { filesOf } from '../../../src/exports/archive/manifest.ts';
import { exportLedger } from '../../../src/exports/ledger/export-ledger.ts';
import { rebuildCells } from '../../../src/stores/rebuild.ts';
import type { History } from '../../stores/histories.ts';
import { anIntent, changeOf, decided, history, must, sorted } from '../../stores/histories.ts';
import { DAY, fill, LATER, MARCH, someIntents } from './old-ledger.ts';

/** With letters that JSON escapes, and a quote of SQL. */
export const PERSON = 'person "o\'hara"\\é';

/** The intents of the person: every fifth of the others, archived and not, and one that waits for its outcome. */
export const isOfPerson = (id: string): boolean => id === 'waiting' || /^intent-\d*[05]$/.test(id);

function personsIntents(): readonly History[] {
  return someIntents().map(one => (isOfPerson(one.intentId) ? withSession(one) : one));
}

function withSession(one: History): History {
  const [first, ...rest] = one.records;
  return { ...one, records: [{ ...must(first), session: PERSON } as History['records'][number], ...rest] };
}

/** Fills the store, and archives all but the last day. Some intents were pruned before. */
export async function archivePart(store: Store, folder: string): Promise<void> {
  await fill(store, personsIntents());
  const waiting = history('waiting', 'support', [{ ...decided(MARCH + DAY), session: PERSON }]);
  await store.commitAll([{ ...changeOf(waiting), dueAtMs: LATER + DAY }]);
  await store.commitAll([changeOf(anIntent('of another', 'extract', MARCH + 2.9 * DAY))]);
  await store.prune(MARCH + DAY / 3);
  await archiveLedger(store, folder, { beforeMs: MARCH + 2.5 * DAY, intentsPerRun: 9 });
}

export const manifestOf = (folder: string): ArchiveManifest =>
  JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as ArchiveManifest;

/** The lines of an export of ledger and archive together. */
export async function recordsOf(store: Store, folder: string): Promise<readonly string[]> {
  const archived = withArchive({ ...store, close: async () => {} }, folder);
  const text = (await Array.fromAsync(exportLedger(archived))).join('');
  await archived.close();
  return text.split('\n').filter(line => line !== '' && !/^\{"kind":"(?:pruned|header|end)"/.test(line));
}

export const isLineOfPerson = (line: string): boolean =>
  isOfPerson((JSON.parse(line) as { readonly intentId: string }).intentId);

/** Policies are counted among the latest intents that have records. */
const withoutPolicies = (name: string, value: unknown): unknown => (name === 'latestPolicies' ? undefined : value);

/** The report of the ledger with its archive, and the sums of all cells. */
export async function billOf(store: Store, folder: string): Promise<unknown> {
  const archived = withArchive({ ...store, close: async () => {} }, folder);
  const report = await reportOf(archived, { nowMs: LATER });
  await archived.close();
  const cells: unknown[] = [];
  for (const feature of await store.features()) cells.push(sorted(await store.cells(feature)));
  return { report: JSON.parse(JSON.stringify(report, withoutPolicies)) as unknown, cells };
}

/** Statistics and archive agree to the integer, by the sums in the archive and by its records. */
export async function expectRecounted(store: Store, folder: string): Promise<void> {
  for (const fromRecords of [false, true]) {
    const archive = await archivedBase(folder, { fromRecords });
    for (const feature of await store.features())
      expect(await rebuildCells(store, feature, { base: archive.base })).toMatchObject({ corrected: 0 });
    await archive.close();
  }
}

/** Every file of the archive is listed, and no row in any of them is of the person. */
export async function expectErased(folder: string): Promise<void> {
  const { runs, pruned } = manifestOf(folder);
  const listed = [...runs.flatMap(filesOf), pruned].map(({ path }) => path);
  const there = (readdirSync(folder, { recursive: true }) as string[]).filter(name => /\.\w/.test(name));
  const counting = there.filter(name => !name.startsWith('unlisted') && !['.lock', 'manifest.json'].includes(name));
  expect(counting.sort()).toEqual(listed.sort());
  const db = await openDuckDb();
  for (const name of there.filter(path => path.endsWith('.parquet'))) {
    const rows = await db.rows(
      `SELECT DISTINCT intent_id FROM read_parquet(${sqlText(join(folder, name))}, hive_partitioning = false)`,
    );
    expect([name, rows.filter(([id]) => isOfPerson(String(id)))]).toEqual([name, []]);
  }
  await db.close();
}
