import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import type { Cell } from '../../src/core/cells/cell.ts';
import type { DecidedRecord } from '../../src/core/ledger/records.ts';
import type { Control } from '../../src/contracts/control-store.ts';
import type { Store } from '../../src/contracts/store.ts';
import { rebuildCells } from '../../src/stores/rebuild.ts';
import { spooling } from '../../src/stores/spool.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import { anIntent, attempted, changeOf, changesOf, decided, history, HOUR, must, NOON, sorted } from './histories.ts';
import { openBesideAnother, sqliteFiles, unusableBecause } from './sqlite-files.ts';
import * as former from './version-5.mjs';
import { startFormerProcess } from './version-5-process.ts';

const { newPath } = sqliteFiles();
const CONTROL: Control = { kind: 'disabled', subject: 'mini', isSet: true, revision: 1, atMs: NOON };
const opened: Pick<Store, 'close'>[] = [];

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});

function open(path: string): Store {
  const store = sqlite(path);
  opened.push(store);
  return store;
}

function openFormer(path: string): former.FormerStore {
  const store = former.sqlite(path);
  opened.push(store);
  return store;
}

/** Statistics of 40 hours, a pruned base, something due, a control, a reply, and a name with what a key is made of. */
async function formerFile(): Promise<string> {
  const path = newPath();
  const store = former.sqlite(path);
  const list = Array.from({ length: 40 }, (_, index) =>
    anIntent(`intent-${index}`, index % 3 === 0 ? 'extract' : 'support', NOON + index * HOUR),
  );
  const odd = history('odd', 'a\nb', [
    decided(NOON, ['mini'], 'tier=5'),
    attempted(NOON + 20 * HOUR, { replyKeys: ['resp_1'] }),
  ]);
  for (const one of [...list, odd]) for (const change of changesOf(one)) expect(await store.commit(change)).toBe(true);
  await store.commit({ ...changeOf(anIntent('waiting')), dueAtMs: NOON + 7 });
  await store.prune(NOON + 10 * HOUR);
  await store.setControl(CONTROL);
  await store.close();
  return path;
}

/** Everything that a store of either version can read. */
async function contents(store: former.FormerStore | Store): Promise<unknown> {
  const features = await store.features();
  const cells = await Promise.all(features.map(async feature => sorted(await store.cells(feature))));
  return [
    features,
    cells,
    sorted(await store.prunedCells()),
    await Array.fromAsync(store.scan()),
    await store.load('odd'),
  ];
}

async function contentsOfFormer(path: string): Promise<unknown> {
  const store = former.sqlite(path);
  const found = await contents(store);
  await store.close();
  return found;
}

function withDatabase<T>(path: string, step: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(path);
  try {
    return step(database);
  } finally {
    database.close();
  }
}

const versionOf = (path: string): unknown =>
  withDatabase(path, database => database.prepare('PRAGMA user_version').get()?.['user_version']);

/** What version 10 changed, undone. */
const TO_VERSION_9 = 'DROP INDEX intents_without_success;';

/** What versions 9 and 10 changed, undone. */
const TO_VERSION_8 = `${TO_VERSION_9} DROP INDEX intents_by_session;`;

/** What versions 8 to 10 changed, undone. */
const TO_VERSION_7 = `${TO_VERSION_8} DROP TABLE journal; DROP TABLE sessions; ${['ledger', 'cells', 'pruned_cells']
  .map(name => `ALTER TABLE ${name}_8 RENAME TO ${name}_6;`)
  .join(' ')}`;

/** The tables that versions 3, 4 and 5 added. */
const ADDED = ['replies', 'awaited_replies', 'controls'];

describe('a file of an earlier version', () => {
  it('a file of version 5 keeps all its contents when this version opens it, and is exact afterwards', async () => {
    const path = await formerFile();
    const before = await contentsOfFormer(path);
    const store = open(path);
    expect(await contents(store)).toEqual(before);
    expect(await store.controls?.()).toEqual([CONTROL]);
    expect(await store.modelOfReply?.('resp_1')).toBe('mini');
    expect(await store.claimDue(NOON + 7, 9, 1_000)).toEqual(['waiting']);
    expect(await store.claimDue(NOON + 7, 9, 1_000)).toEqual([]);
    const { next } = await store.cellsSince('support');
    await store.commitAll([...changesOf(anIntent('new')), changeOf(anIntent('waiting'), 1)]);
    expect((await store.cellsSince('support', next)).complete).toBe(false);
    for (const feature of await store.features())
      expect(await rebuildCells(store, feature)).toMatchObject({ corrected: 0 });
    expect(versionOf(path)).toBe(10);
  });

  it('hours of an earlier version’s file become days and weeks like those of a new file', async () => {
    const path = newPath();
    const old = Date.now() - 100 * 24 * HOUR;
    const store = former.sqlite(path);
    for (let hour = 0; hour < 30; hour++)
      for (const change of changesOf(anIntent(`intent-${hour}`, 'support', old + hour * HOUR)))
        await store.commit(change);
    const before = await store.cells('support');
    await store.close();
    const migrated = open(path);
    while ((await migrated.maintain()).more);
    const after = await migrated.cells('support');
    expect(after.every(({ key }) => key.grain !== undefined)).toBe(true);
    const total = (cells: readonly Cell[]): bigint => cells.reduce((n, { sums }) => n + (sums.cost3 ?? 0n), 0n);
    expect(total(after)).toBe(total(before));
    expect(await rebuildCells(migrated, 'support')).toMatchObject({ corrected: 0 });
  });

  it.each([1, 2, 3, 4])(
    'an upgraded file of version %i keeps its contents, and gets the tables that it lacked',
    async version => {
      const path = await formerFile();
      if (version === 1)
        withDatabase(path, database =>
          database.exec(
            `UPDATE ledger SET kind = 'settled', json = json_replace(json, '$.kind', 'settled') WHERE kind = 'labelled'`,
          ),
        );
      const before = await contentsOfFormer(path);
      withDatabase(path, database => {
        for (const table of ADDED.slice(Math.max(0, version - 2))) database.exec(`DROP TABLE ${table}`);
        database.exec(`PRAGMA user_version = ${version}`);
      });
      const store = open(path);
      expect(await contents(store)).toEqual(before);
      expect(await store.controls?.()).toEqual([]);
      expect(await store.setControl?.(CONTROL)).toBe(true);
      expect(versionOf(path)).toBe(10);
    },
  );

  it('an upgrade of a file of version 6 keeps its contents, and intents removed afterwards are remembered', async () => {
    const path = newPath();
    const store = open(path);
    await store.commitAll([...changesOf(anIntent('a')), ...changesOf(anIntent('b'))]);
    const before = await contents(store);
    await store.close();
    withDatabase(path, database => {
      for (const table of ['packed_cells', 'removed_intents', 'archive', 'archive_runs'])
        database.exec(`DROP TABLE ${table}`);
      database.exec(`${TO_VERSION_7} PRAGMA user_version = 6`);
    });
    const migrated = open(path);
    expect(await contents(migrated)).toEqual(before);
    await migrated.prune(NOON + 10 * HOUR);
    await expect(migrated.load('a')).rejects.toMatchObject({ code: 'intent-removed' });
    expect(versionOf(path)).toBe(10);
  });

  it('an upgraded file of version 7 keeps its contents, and can keep sessions', async () => {
    const path = newPath();
    const store = open(path);
    await store.commitAll(changesOf(anIntent('a')));
    const before = await contents(store);
    await store.close();
    withDatabase(path, database => database.exec(`${TO_VERSION_7} PRAGMA user_version = 7`));
    const migrated = open(path);
    expect(await contents(migrated)).toEqual(before);
    const session = { id: 's1', last: { tokens: 5, atMs: NOON, intents: 1, feature: 'support' }, models: {} };
    await migrated.putSessions?.([session]);
    expect(await migrated.sessions?.(['s1'])).toEqual([session]);
    expect(versionOf(path)).toBe(10);
  });

  it('an upgraded file of version 7 keeps its contents, and a process of that version that has it open fails and is refused', async () => {
    const path = newPath();
    const store = open(path);
    await store.commitAll([...changesOf(anIntent('a')), ...changesOf(anIntent('b'))]);
    const before = await contents(store);
    await store.close();
    withDatabase(path, database => database.exec(`${TO_VERSION_7} PRAGMA user_version = 7`));
    const old = new DatabaseSync(path);
    const statements = ['SELECT * FROM ledger_6', 'INSERT INTO cells_6 DEFAULT VALUES'].map(sql => old.prepare(sql));
    expect(statements[0]?.all()).toHaveLength(6);
    const migrated = open(path);
    expect(await contents(migrated)).toEqual(before);
    expect(versionOf(path)).toBe(10);
    for (const statement of statements) expect(() => statement.all()).toThrow(/no such table/);
    old.close();
    await migrated.commitAll(changesOf(anIntent('c')));
    expect(await rebuildCells(migrated, 'support')).toMatchObject({ intents: 3, corrected: 0 });
  });

  it('an upgraded file of version 8 keeps its contents, and a process of that version still writes intents that are found by session', async () => {
    const path = newPath();
    const store = open(path);
    const { records, ...intent } = anIntent('a');
    const [first, ...others] = records;
    await store.commitAll(
      changesOf({ ...intent, records: [{ ...(first as DecidedRecord), session: 's1' }, ...others] }),
    );
    const before = await contents(store);
    await store.close();
    withDatabase(path, database => database.exec(`${TO_VERSION_8} PRAGMA user_version = 8`));
    const old = new DatabaseSync(path);
    const write = old.prepare(`UPDATE ledger_8 SET json = json_replace(json, '$.session', 's2') WHERE revision = 0`);
    const migrated = open(path);
    expect(await contents(migrated)).toEqual(before);
    const ofSession = async (session: string) => migrated.intents({ feature: 'support', session, limit: 9 });
    expect(await ofSession('s1')).toEqual(['a']);
    expect(write.run().changes).toBe(1);
    old.close();
    expect([await ofSession('s1'), await ofSession('s2')]).toEqual([[], ['a']]);
    expect(versionOf(path)).toBe(10);
  });

  it('an upgraded file of version 9 keeps its contents, and a process of that version still writes evidence that is found', async () => {
    const path = newPath();
    const store = open(path);
    await store.commitAll([...changesOf(anIntent('a')), ...changesOf(anIntent('b'))]);
    const before = await contents(store);
    await store.close();
    withDatabase(path, database => database.exec(`${TO_VERSION_9} PRAGMA user_version = 9`));
    const old = new DatabaseSync(path);
    const write = old.prepare(
      `UPDATE ledger_8 SET json = json_replace(json, '$.evidence.success', json('null')) WHERE intent_id = 'b' AND revision = 2`,
    );
    const migrated = open(path);
    expect(await contents(migrated)).toEqual(before);
    const withEvidence = async (evidence: false | null) => migrated.intents({ feature: 'support', evidence, limit: 9 });
    expect([await withEvidence(false), await withEvidence(null)]).toEqual([['b', 'a'], []]);
    expect(write.run().changes).toBe(1);
    old.close();
    expect([await withEvidence(false), await withEvidence(null)]).toEqual([['a'], ['b']]);
    expect(versionOf(path)).toBe(10);
  });

  it('damaged rows are still damaged after an upgrade, and are named', async () => {
    const path = await formerFile();
    withDatabase(path, database =>
      database.exec(
        `UPDATE cells SET key = 'junk' WHERE key = (SELECT min(key) FROM cells WHERE feature = 'support');
         UPDATE cells SET sums = 'x' WHERE key = (SELECT max(key) FROM cells WHERE feature = 'support')`,
      ),
    );
    const store = open(path);
    const damaged: unknown[] = [];
    await store.cells('support', error => void damaged.push(error));
    expect(damaged).toHaveLength(2);
    expect(damaged).toSatisfy((errors: unknown[]) =>
      errors.every(unusableBecause(/a row is damaged: cells \(key "/, path)),
    );
    expect(await rebuildCells(store, 'support')).toMatchObject({ corrected: expect.any(Number) as number });
    expect(await rebuildCells(store, 'support')).toMatchObject({ corrected: 0 });
  });

  it('opening a file of an earlier version waits for a writer; if it cannot wait long enough, the file keeps its version', async () => {
    const path = await formerFile();
    const before = await contentsOfFormer(path);
    const writer = new DatabaseSync(path);
    writer.exec('BEGIN IMMEDIATE');
    const impatient = sqlite(path, { lockTimeoutMs: 50 });
    await expect(impatient.load('odd')).rejects.toSatisfy(unusableBecause(/locked/, path));
    expect(versionOf(path)).toBe(5);
    const waiting = open(path).features();
    writer.exec('COMMIT');
    writer.close();
    await waiting;
    expect(await contents(open(path))).toEqual(before);
    await impatient.close();
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7])(
    'a migration that another process commits before statement %i is not made twice',
    async statement => {
      const path = await formerFile();
      const before = await contentsOfFormer(path);
      openBesideAnother(path, statement);
      expect(await contents(open(path))).toEqual(before);
    },
  );
});

describe('a process of an earlier version that has the file open', () => {
  it.each<[string, (store: former.FormerStore) => Promise<unknown>]>([
    ['a decision', store => store.commit(changeOf(anIntent('later')))],
    ['a change of the statistics', store => store.commit(changeOf(anIntent('waiting'), 1))],
    ['only statistics', store => store.commit({ ...changeOf(anIntent('x'), 1), expectedRevision: 0, records: [] })],
    ['nothing but a time', store => store.commit({ ...changeOf(anIntent('y')), records: [], delta: [], dueAtMs: 5 })],
    ['a read of the ledger', store => store.load('odd')],
    ['a read of the statistics', store => store.cells('support')],
    ['a pruning', store => store.prune(Infinity)],
  ])(
    'the next statement of a process of an earlier version fails (%s), the one after says to upgrade, and the file has nothing of either',
    async (_, use) => {
      const path = await formerFile();
      const old = openFormer(path);
      await old.load('odd');
      await old.commit(changeOf(anIntent('before')));
      const store = open(path);
      const before = await contents(store);
      await expect(use(old)).rejects.toSatisfy(unusableBecause(/no such table/, path));
      await expect(use(old)).rejects.toSatisfy(unusableBecause(/newer outcome-router \(schema 10\)/, path));
      expect(await contents(store)).toEqual(before);
      expect(await store.claimDue(NOON + 99 * HOUR, 9, 1)).toEqual(['waiting']);
    },
  );

  it('a process of an earlier version that has the file open loses nothing that it acknowledges: it spools, and this version replays that', async () => {
    const path = newPath();
    const processes = ['a', 'b'].map(prefix => startFormerProcess(path, prefix));
    await Promise.all(processes.map(each => each.acknowledge(20)));
    const store = spooling(sqlite(path), { path: `${path}.spool.jsonl`, nowMs: Date.now });
    opened.push(store);
    await store.commitAll(changesOf(anIntent('new')));
    await Promise.all(processes.map(each => each.acknowledge(20)));
    const acknowledged = (await Promise.all(processes.map(each => each.end()))).flat();
    await store.close();
    const later = spooling(sqlite(path), { path: `${path}.spool.jsonl`, nowMs: Date.now });
    opened.push(later);
    expect(await later.drain()).toBe(0);
    for (const id of [...acknowledged, 'new']) expect(await later.load(id)).toEqual(anIntent(id).records);
    expect(await later.intents({ feature: 'support', limit: 100_000 })).toHaveLength(acknowledged.length + 1);
    expect(await rebuildCells(later, 'support')).toMatchObject({ corrected: 0 });
    expect(must(acknowledged.at(-1))).toMatch(/^[ab]-\d+$/);
  });
});
