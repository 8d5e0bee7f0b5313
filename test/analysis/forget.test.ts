import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { forget, intentsOfSession } from '../../src/analysis/forget.ts';
import type { Store } from '../../src/contracts/store.ts';
import { cellKeyString } from '../../src/core/cells/cell.ts';
import { memory } from '../../src/stores/memory.ts';
import { rebuildCells } from '../../src/stores/rebuild.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import { tenantHistories } from '../cli/tenant-ledger.ts';
import { changesOf, commitAll, decided, history, NOON } from '../stores/histories.ts';
import { describeOnPostgres, newSchema, openPostgres } from '../support/postgres.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const directory = temporaryFolder();

const sorted = async (store: Store, feature: string) =>
  (await store.cells(feature)).toSorted((a, b) => cellKeyString(a.key).localeCompare(cellKeyString(b.key)));

function rules(open: () => Promise<Store>): void {
  test('no record names a forgotten session any more, and every sum is as before', async () => {
    const store = await open();
    await commitAll(store, tenantHistories(NOON));
    await store.putSessions?.([
      { id: 'user-1', last: { tokens: 1, atMs: NOON, intents: 1, feature: 'support' }, models: {} },
    ]);
    const before = [await sorted(store, 'search'), await sorted(store, 'support')];
    expect(await forget(store, { session: 'user-1' })).toMatchObject({ intents: 16 });
    const left = await Array.fromAsync(store.scan());
    expect(JSON.stringify(left)).not.toContain('user-1');
    expect(JSON.stringify(left)).toContain('user-2');
    expect(await store.sessions?.(['user-1'])).toEqual([]);
    expect([await sorted(store, 'search'), await sorted(store, 'support')]).toEqual(before);
    // The statistics still equal a second count from the records that are left.
    expect((await rebuildCells(store, 'support')).corrected).toBe(0);
    await store.close();
  });

  test('an intent that was open is counted as pending from then on, and its records never come back', async () => {
    const store = await open();
    const open1 = history('open', 'support', [{ ...decided(NOON), session: 's' }]);
    for (const change of changesOf(open1)) await store.commitAll([{ ...change, dueAtMs: NOON + 1 }]);
    expect(await forget(store, { intentId: 'open' })).toMatchObject({ intents: 1, records: 1, pending: 1 });
    expect(await store.claimDue(Date.now() + 1e9, 10, 1_000)).toEqual([]);
    await expect(store.load('open')).rejects.toMatchObject({ code: 'intent-removed' });
    await store.close();
  });

  test('a session or an intent that the ledger does not have is an error that names it', async () => {
    const store = await open();
    await commitAll(store, tenantHistories(NOON, 4));
    await expect(forget(store, { session: 'user-9' })).rejects.toThrow(
      'session: no intent with records has the session "user-9" (',
    );
    await expect(forget(store, { intentId: 'x' })).rejects.toMatchObject({ code: 'unknown-intent', path: 'intentId' });
    await store.close();
  });
}

let files = 0;
describe('on SQLite', () => rules(async () => sqlite(join(directory, `${files++}.db`))));
describeOnPostgres('on PostgreSQL', () => rules(async () => openPostgres(newSchema())));

test('a session’s intents are in the order of their decisions', async () => {
  const store = memory();
  await commitAll(store, tenantHistories(NOON, 24));
  expect(await intentsOfSession(store, 'user-3')).toEqual(['intent-3', 'intent-9', 'intent-15', 'intent-21']);
});

test('forget() fails with an error on a store that cannot remove single intents', async () => {
  await expect(forget(memory(), { session: 's' })).rejects.toMatchObject({ code: 'store-unusable' });
});

test('a ledger with an archive is refused, and keeps its records: they have to be erased in both', async () => {
  const store = sqlite(join(directory, 'with-archive.db'));
  await commitAll(store, tenantHistories(NOON, 4));
  await store.archiving?.claim('archive');
  await expect(forget(store, { session: 'user-1' })).rejects.toMatchObject({
    code: 'store-unusable',
    path: '--archive',
  });
  expect(await intentsOfSession(store, 'user-1')).toEqual(['intent-1']);
  await store.close();
});
