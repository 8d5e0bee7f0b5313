import { isDeepStrictEqual } from 'node:util';
import { Pool } from 'pg';
import { afterEach, expect, test } from 'vitest';
import type { Store } from '../../../src/contracts/store.ts';
import { reportOf } from '../../../src/analysis/report.ts';
import { archiveLedger } from '../../../src/exports/archive/archive-ledger.ts';
import { withArchive } from '../../../src/exports/archive/archived-view.ts';
import type { BillRow } from '../../../src/exports/bill/bill-row.ts';
import { readBill } from '../../../src/exports/bill/bill.ts';
import { reconcile } from '../../../src/exports/bill/reconcile.ts';
import { exportFocus } from '../../../src/exports/focus/focus.ts';
import { exportLedger } from '../../../src/exports/ledger/export-ledger.ts';
import { importLedger } from '../../../src/exports/ledger/import-ledger.ts';
import { fixed } from '../../../src/policies/fixed.ts';
import { thompson } from '../../../src/policies/thompson.ts';
import { replayLedger } from '../../../src/replay/ledger/replay-ledger.ts';
import { savingsAgainst } from '../../../src/replay/ledger/savings.ts';
import { memory } from '../../../src/stores/memory.ts';
import { postgres } from '../../../src/stores/postgres.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import type { Loose } from '../../support/refusal.ts';
import { describeOnPostgres, newSchema, openPostgres, PATIENT, postgresUrl } from '../../support/postgres.ts';
import { anIntent, changeOf, HOUR, must, sorted } from '../../stores/histories.ts';
import { sqliteFiles } from '../../stores/sqlite-files.ts';
import { DAY, fill, filledFile, LATER, MARCH, someIntents } from './old-ledger.ts';

const { newPath } = sqliteFiles();
const opened: Store[] = [];
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});

/** Some intents are pruned before the archive begins, one waits, and the boundaries of days have moved. */
async function filled(store: Store): Promise<Store> {
  opened.push(store);
  await fill(store, someIntents());
  await store.commitAll([{ ...changeOf(anIntent('waiting', 'support', MARCH)), dueAtMs: LATER + DAY }]);
  await store.prune(MARCH + 8 * HOUR);
  while ((await store.maintain(LATER)).more);
  return store;
}

/** The store with its archive, closed after the test. */
function archived(store: Store, folder: string): Store {
  const together = withArchive(store, folder);
  opened.push(together);
  return together;
}

const VENDOR = 'OpenAI';
const vendorOf = () => ({
  billingAccountId: VENDOR,
  billingAccountName: VENDOR,
  serviceProviderName: VENDOR,
  serviceName: VENDOR,
  hostProviderName: VENDOR,
  invoiceIssuerName: VENDOR,
});

const textOf = async (chunks: AsyncIterable<string>): Promise<string> => (await Array.fromAsync(chunks)).join('');

/** Everything that is reported, replayed, exported and compared with a bill. */
async function figures(store: Store, bill: readonly BillRow[]): Promise<Readonly<Record<string, unknown>>> {
  const period = { fromMs: MARCH + 20 * HOUR, toMs: MARCH + 2 * DAY };
  const lines = (await textOf(exportLedger(store))).split('\n');
  const options = { priceOf: () => undefined };
  return {
    report: await reportOf(store, { nowMs: LATER }),
    'report of a period': await reportOf(store, { nowMs: LATER, period: { fromMs: MARCH + DAY }, againstMs: DAY }),
    'replay of a fixed plan': await replayLedger(store, fixed('premium')),
    'replay of a policy that learns': await replayLedger(store, thompson(), { seed: 'archive', ...period }),
    savings: await savingsAgainst(store, 'mini'),
    records: lines.filter(line => !line.startsWith('{"kind":"pruned"')),
    'pruned cells': lines.filter(line => line.startsWith('{"kind":"pruned"')).sort(),
    'export of a feature': (await textOf(exportLedger(store, { feature: 'extract', ...period }))).split('\n').sort(),
    'FOCUS export': await textOf(exportFocus(store, { ...options, vendorOf, version: '1.3' })),
    'FOCUS export of a period': await textOf(exportFocus(store, { ...options, vendorOf, version: '1.3', ...period })),
    reconciliation: await reconcile(bill, store, options),
    intents: await store.intents({ feature: 'support', limit: 1_000 }),
    'intents of a period': await store.intents({ feature: 'support', limit: 7, ...period }),
    pages: await pagesOf(store, 9),
  };
}

/** A list in pages, requested as by a reader of a long list. */
async function pagesOf(store: Store, limit: number): Promise<readonly (readonly string[])[]> {
  return store.consistently(async view => {
    const pages: (readonly string[])[] = [];
    for (let after: string | undefined; ; ) {
      const page = await view.intents({ feature: 'support', limit, ...(after === undefined ? {} : { after }) });
      if (page.length === 0) return pages;
      pages.push(page);
      after = page.at(-1);
    }
  });
}

async function expectSameFigures(store: Store): Promise<void> {
  const focus = await textOf(exportFocus(store, { priceOf: () => undefined, vendorOf, version: '1.3' }));
  const bill = (await Array.fromAsync(readBill([focus], { costColumn: 'EffectiveCost' }))).slice(3);
  const before = await figures(store, bill);
  const cells = await Promise.all((await store.features()).map(async name => sorted(await store.cells(name))));
  const folder = `${newPath()}.archive`;
  const done = await archiveLedger(store, folder, { beforeMs: LATER, intentsPerRun: 12 });
  expect(done.intents).toBeGreaterThan(40);
  const together = archived(store, folder);
  const after = await figures(together, bill);
  // The difference of two long texts takes minutes to print.
  const differing = Object.keys(before).filter(what => !isDeepStrictEqual(after[what], before[what]));
  expect(differing).toEqual([]);
  expect(await Promise.all((await store.features()).map(async name => sorted(await store.cells(name))))).toEqual(cells);
  // Without the archive, there is less to read.
  expect((await Array.fromAsync(store.scan())).length).toBeLessThan(
    (before['records'] as readonly string[]).length / 2,
  );
}

test('report, replay, export and reconciliation of a ledger and its archive equal those before archiving, figure by figure', async () => {
  await expectSameFigures(await filled(sqlite(newPath())));
});

describeOnPostgres('on PostgreSQL', () => {
  test('report, replay, export and reconciliation equal those before archiving, figure by figure', async () => {
    await expectSameFigures(await filled(await openPostgres()));
  });

  test('a bill of many rows is compared through one connection of a pool, and charges are read through two', async () => {
    const schema = newSchema();
    const filling = await openPostgres(schema);
    opened.push(filling);
    await fill(filling, someIntents({ count: 150 }));
    const options = { priceOf: () => undefined };
    const focus = await textOf(exportFocus(filling, { ...options, vendorOf, version: '1.3' }));
    const bill = await Array.fromAsync(readBill([focus]));
    expect(bill.length).toBeGreaterThan(100);
    const folder = newPath();
    await archiveLedger(filling, folder, { beforeMs: LATER });

    /** What it resolves to, and how many connections the pool has opened: it closes none before its end. */
    const throughPool = async <Result>(read: (store: Store) => Promise<Result>): Promise<readonly [Result, number]> => {
      const pool = new Pool({ connectionString: await postgresUrl(), max: 20, idleTimeoutMillis: 0 });
      const store = postgres(pool, { schema, ...PATIENT });
      try {
        return [await read(archived(store, folder)), pool.totalCount];
      } finally {
        await store.close();
        await pool.end();
      }
    };
    const [result, ofComparison] = await throughPool(async store => reconcile(bill, store, options));
    expect([result.matched.billedNanoUsd, result.missingInLedger.count]).toEqual([result.billedNanoUsd, 0]);
    const [again, ofExport] = await throughPool(async store =>
      textOf(exportFocus(store, { ...options, vendorOf, version: '1.3' })),
    );
    expect(again).toBe(focus);
    expect([ofComparison, ofExport]).toEqual([1, 2]);
  });
});

test('an export with the archive can be imported, and then equals the ledger before archiving', async () => {
  const store = await filled(sqlite(newPath()));
  const cells = await Promise.all(['extract', 'support'].map(async name => sorted(await store.cells(name))));
  const folder = `${newPath()}.archive`;
  await archiveLedger(store, folder, { beforeMs: LATER });
  const copy = memory();
  await importLedger(exportLedger(archived(store, folder)), copy);
  while ((await copy.maintain(LATER)).more);
  expect(await Promise.all(['extract', 'support'].map(async name => sorted(await copy.cells(name))))).toEqual(cells);
});

test('each intent is loaded with its records, wherever they are, and an unknown one has none', async () => {
  const store = await filled(sqlite(newPath()));
  const ids = [
    'large-0',
    'large-1',
    'waiting',
    'unknown',
    must((await store.intents({ feature: 'support', limit: 1 }))[0]),
  ];
  const before = await Promise.all(ids.map(async id => store.load(id)));
  const pruned = (await Array.fromAsync(someIntents())).find(
    ({ records }) => must(records.at(-1)).atMs < MARCH + 8 * HOUR,
  );
  const folder = `${newPath()}.archive`;
  await archiveLedger(store, folder, { beforeMs: LATER, intentsPerRun: 12 });
  const together = archived(store, folder);
  expect(await Promise.all(ids.map(async id => together.load(id)))).toEqual(before);
  // It was pruned before there was an archive.
  await expect(together.load(must(pruned).intentId)).rejects.toMatchObject({ code: 'intent-removed' });
});

test('all reads of a view are of one moment, even while another run is archived', async () => {
  const path = newPath();
  const store = await filled(sqlite(path));
  const folder = `${newPath()}.archive`;
  await archiveLedger(store, folder, { beforeMs: MARCH + DAY });
  const together = archived(store, folder);
  const exported = await textOf(exportLedger(together));
  await together.consistently(async view => {
    const first = await Array.fromAsync(view.scan());
    await archiveLedger(store, folder, { beforeMs: LATER });
    expect(await Array.fromAsync(view.scan())).toEqual(first);
  });
  expect(await textOf(exportLedger(together))).toBe(exported);
});

test('a late record of an archived intent is refused with an error that names the archive, and nothing is counted twice', async () => {
  const store = await filled(sqlite(newPath()));
  const folder = `${newPath()}.archive`;
  await archiveLedger(store, folder, { beforeMs: LATER });
  const together = archived(store, folder);
  const cells = sorted(await together.cells('support'));
  for (const change of [
    changeOf(anIntent('large-0')),
    changeOf(anIntent('large-0'), 1),
    { ...changeOf(anIntent('large-0'), 2), expectedRevision: 4, records: [] },
  ])
    expect(await together.commitAll([change])).toMatchObject([{ kind: 'refused', error: { code: 'intent-removed' } }]);
  expect(sorted(await together.cells('support'))).toEqual(cells);
});

test('withArchive refuses at once a value that is not a store, and an empty folder name', () => {
  const loose = withArchive as Loose;
  expect(() => loose({}, 'archive')).toThrow(expect.objectContaining({ path: 'withArchive.store' }));
  expect(() => loose(memory(), undefined)).toThrow(expect.objectContaining({ path: 'withArchive.folder' }));
});

test('the pages of a scan, from which a copy continues, cannot be read from a store together with its archive', async () => {
  const store = await filled(sqlite(newPath()));
  const folder = `${newPath()}.archive`;
  await archiveLedger(store, folder, { beforeMs: LATER });
  const together = archived(store, folder);
  await expect(together.consistently(async view => Array.fromAsync(view.scanPages()))).rejects.toThrow(
    'the store alone',
  );
});

/** The store, and the largest number of views that were open at the same time. */
function counted(store: Store): { readonly store: Store; readonly most: () => number } {
  let [open, most] = [0, 0];
  const consistently: Store['consistently'] = async work => {
    most = Math.max(most, ++open);
    return store.consistently(work).finally(() => open--);
  };
  return { store: { ...store, consistently }, most: () => most };
}

test('a bill of many rows is compared through one view of the ledger, and charges are read through two', async () => {
  const store = await filledFile(newPath(), someIntents({ count: 600 }));
  opened.push(store);
  const options = { priceOf: () => undefined };
  const focus = await textOf(exportFocus(store, { ...options, vendorOf, version: '1.3' }));
  const bill = await Array.fromAsync(readBill([focus]));
  expect(bill.length).toBeGreaterThan(500);
  const folder = newPath();
  await archiveLedger(store, folder, { beforeMs: LATER });

  const compared = counted(store);
  const result = await reconcile(bill, archived(compared.store, folder), options);
  expect([result.matched.billedNanoUsd, result.missingInLedger.count, compared.most()]).toEqual([
    result.billedNanoUsd,
    0,
    1,
  ]);

  const exported = counted(store);
  expect(await textOf(exportFocus(archived(exported.store, folder), { ...options, vendorOf, version: '1.3' }))).toBe(
    focus,
  );
  expect(exported.most()).toBe(2);
});

test('a failed load does not fail the loads that were requested with it', async () => {
  const store = sqlite(newPath());
  opened.push(store);
  await store.commitAll([changeOf(anIntent('pruned', 'support', MARCH)), changeOf(anIntent('old', 'support', LATER))]);
  await store.prune(LATER);
  const folder = newPath();
  await archiveLedger(store, folder, { beforeMs: LATER + DAY });
  const together = archived(store, folder);
  const loads = await Promise.allSettled(['pruned', 'old', 'unknown'].map(async id => together.load(id)));
  expect(loads.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  expect((await together.load('old')).length).toBeGreaterThan(0);
});
