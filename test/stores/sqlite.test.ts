import { existsSync } from 'node:fs';
import { DatabaseSync, StatementSync } from 'node:sqlite';
import { describe, expect, it, vi } from 'vitest';
import { foldIntent } from '../../src/core/ledger/records.ts';
import { rebuildCells } from '../../src/stores/rebuild.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import { conformance } from './conformance.ts';
import { attempted, changesOf, decided, history, NOON } from './histories.ts';
import { sharedConformance } from './shared-conformance.ts';
import { fileJournal, opening, sqliteFiles, unusableBecause } from './sqlite-files.ts';
import { costOf, startWriter } from './sqlite-process.ts';
import type { Loose } from '../support/refusal.ts';
import { refusal } from '../support/refusal.ts';

const { newPath } = sqliteFiles();

conformance('sqlite', () => sqlite(newPath()));
conformance('sqlite in memory', () => sqlite(':memory:'), { propertyRuns: 10 });
conformance('sqlite that waits for the disk', () => sqlite(newPath(), { survives: 'power-loss' }), { propertyRuns: 5 });

sharedConformance('sqlite', () => {
  const path = newPath();
  return { open: () => sqlite(path), address: { kind: 'sqlite', path } };
});

describe('the SQLite store', () => {
  /** Each transaction counts the feature once. */
  function transactionsIn(path: string): number {
    fileJournal(path);
    const database = new DatabaseSync(path);
    const row = database.prepare(`SELECT serial FROM features WHERE feature = 'support'`).get();
    database.close();
    return Number(row?.['serial'] ?? 0);
  }

  it('commits made together share a transaction, up to 500 commits each, and a larger group has several', async () => {
    const path = newPath();
    const store = sqlite(path);
    await store.features();
    const start = transactionsIn(path);
    const group = await store.commitAll(Array.from({ length: 1_200 }, (_, index) => opening(`group-${index}`)));
    expect(group.map(({ kind }) => kind)).toEqual(Array.from({ length: 1_200 }, () => 'committed'));
    expect(transactionsIn(path) - start).toBe(3);
    for (const [commits, transactions] of [
      [1, 1],
      [500, 1],
      [1_200, 3],
    ] as const) {
      const before = transactionsIn(path);
      const ids = Array.from({ length: commits }, (_, index) => `${commits}-${index}`);
      const answers = await Promise.all(ids.map(id => store.commitAll([opening(id)])));
      expect(new Set(answers.flat().map(({ kind }) => kind))).toEqual(new Set(['committed']));
      expect(transactionsIn(path) - before).toBe(transactions);
    }
    await store.close();
  });

  it('pruning reports the intents removed so far, page by page, and skips pages with nothing to prune', async () => {
    const store = sqlite(newPath());
    const ids = Array.from({ length: 1_200 }, (_, index) => `intent-${index}`);
    const dueAtMs = (index: number): number | null => (index >= 500 && index < 1_000 ? 1 : null);
    await Promise.all(ids.map((id, index) => store.commitAll([{ ...opening(id), dueAtMs: dueAtMs(index) }])));
    const reported: number[] = [];
    expect(await store.prune(Infinity, { progress: intents => reported.push(intents) })).toEqual({
      intents: 700,
      records: 700,
    });
    expect(reported).toEqual([500, 700]);
    await store.close();
  });

  it('pruning searches all replies once, however many pages it removes, and not at all if it removes none', async () => {
    const store = sqlite(newPath());
    await store.commitAll(Array.from({ length: 1_200 }, (_, index) => opening(`intent-${index}`)));
    const run = vi.spyOn(StatementSync.prototype, 'run');
    const scans = (): number =>
      run.mock.contexts.filter(statement => (statement as StatementSync).sourceSQL.startsWith('DELETE FROM replies'))
        .length;
    expect(await store.prune(Infinity)).toMatchObject({ intents: 1_200 });
    expect(scans()).toBe(1);
    expect(await store.prune(Infinity)).toMatchObject({ intents: 0 });
    expect(scans()).toBe(1);
    run.mockRestore();
    await store.close();
  });

  it('the event loop runs other work between two slices of maintenance, also in a loop that awaits nothing else', async () => {
    const store = sqlite(newPath());
    const ending = new AbortController();
    setImmediate(() => ending.abort());
    for (let slices = 0; !ending.signal.aborted; slices++) {
      expect(slices).toBeLessThan(1_000);
      await store.maintain();
    }
    await store.close();
  });

  it.each([
    [{}, 'NORMAL'],
    [{ survives: 'process-crash' }, 'NORMAL'],
    [{ survives: 'power-loss' }, 'FULL'],
  ] as const)('a store with the options %j is opened with PRAGMA synchronous = %s', async (options, synchronous) => {
    const exec = vi.spyOn(DatabaseSync.prototype, 'exec');
    const store = sqlite(newPath(), options);
    await store.features();
    expect(exec).toHaveBeenCalledWith(expect.stringContaining(`PRAGMA synchronous = ${synchronous};`));
    exec.mockRestore();
    await store.close();
  });

  it.each([
    ['router.db', 'router.db.spool.jsonl'],
    [':memory:', undefined],
  ])('a store at %j spools to %j', (path, spoolPath) => {
    expect(sqlite(path).spoolPath).toBe(spoolPath);
  });
});

describe('a damaged row', () => {
  async function ledgerOf(ids: readonly string[]): Promise<string> {
    const path = newPath();
    const store = sqlite(path);
    for (const id of ids) await store.commitAll([opening(id)]);
    await store.close();
    return path;
  }

  function damage(path: string, sql: string): void {
    fileJournal(path);
    const database = new DatabaseSync(path);
    database.exec(sql);
    database.close();
  }

  it('a damaged row of the ledger is named by its intent and revision, and the rest of the ledger can still be read', async () => {
    const path = await ledgerOf(['a', 'b', 'c']);
    damage(path, `UPDATE ledger_8 SET json = replace(json, '"plan"', 'plan"') WHERE intent_id = 'b'`);
    const store = sqlite(path);
    const isNamed = unusableBecause(/ledger \(intent "b", revision 0\)/, path);
    await expect(store.load('b')).rejects.toSatisfy(isNamed);
    await expect(Array.fromAsync(store.scan())).rejects.toSatisfy(isNamed);
    const damaged: unknown[] = [];
    const records = await Array.fromAsync(store.scan({ damaged: (...row) => void damaged.push(row) }));
    expect(records.map(({ intentId }) => intentId)).toEqual(['a', 'c']);
    expect(damaged).toEqual([[expect.toSatisfy(isNamed), 'b']]);
    expect(await store.load('a')).toHaveLength(1);
    await store.close();
  });

  it('a damaged row of the statistics is named by its key, in reads and in commits that would add to it', async () => {
    const path = newPath();
    const store = sqlite(path);
    const commitAttempt = async (id: string): Promise<void> => {
      for (const change of changesOf(history(id, 'support', [decided(NOON), attempted(NOON)])))
        await store.commitAll([change]);
    };
    await commitAttempt('a');
    damage(path, 'UPDATE cells_8 SET sums = substr(sums, 2)');
    const isNamed = unusableBecause(/cells \(key ".*support/, path);
    await expect(store.cells('support')).rejects.toSatisfy(isNamed);
    await expect(commitAttempt('b')).rejects.toSatisfy(isNamed);
    await store.close();
  });

  it('changes that are given together with one that would add to a damaged row are committed', async () => {
    const path = newPath();
    const store = sqlite(path);
    const intentOf = (id: string, feature: string) => changesOf(history(id, feature, [decided(NOON), attempted(NOON)]));
    await store.commitAll(intentOf('a', 'support'));
    damage(path, `UPDATE cells_8 SET sums = 'x'`);
    const [before, damaged, after] = await Promise.allSettled([
      store.commitAll(intentOf('b', 'extract')),
      store.commitAll(intentOf('c', 'support')),
      store.commitAll(intentOf('d', 'extract')),
    ]);
    expect([before.status, damaged.status, after.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await store.load('c')).toEqual([]);
    expect(await rebuildCells(store, 'extract')).toMatchObject({ intents: 2, corrected: 0 });
    await store.close();
  });

  it.each(['junk', 'x\tsupport\t\tmini\t\t7', 'node\tsupport\t\tmini\t\tx', ''])(
    'a row of the statistics with the key %j, which no cell has, is named',
    async key => {
      const path = newPath();
      const store = sqlite(path);
      for (const change of changesOf(history('a', 'support', [decided(NOON), attempted(NOON)])))
        await store.commitAll([change]);
      damage(path, `UPDATE cells_8 SET key = '${key}' WHERE key = (SELECT min(key) FROM cells_8)`);
      await expect(store.cells('support')).rejects.toSatisfy(unusableBecause(/a row is damaged: cells \(key "/, path));
      await store.close();
    },
  );

  it('a damaged row of the statistics is left out on request, and a correction replaces or removes it', async () => {
    const path = newPath();
    const store = sqlite(path);
    for (const change of changesOf(history('a', 'support', [decided(NOON), attempted(NOON)])))
      await store.commitAll([change]);
    const sound = await store.cells('support');
    damage(
      path,
      `UPDATE cells_8 SET sums = 'x'; UPDATE cells_8 SET key = 'junk' WHERE key = (SELECT min(key) FROM cells_8)`,
    );
    const damaged: unknown[] = [];
    expect(await store.cells('support', error => void damaged.push(error))).toEqual([]);
    expect(damaged).toHaveLength(sound.length);
    expect(damaged).toSatisfy((errors: unknown[]) => errors.every(unusableBecause(/a row is damaged: cells/, path)));
    expect(await store.correctCells('support', sound, { id: 'repair' })).toBe(true);
    expect(await store.cells('support')).toEqual(sound);
    await store.close();
  });

  it('a read of a damaged row causes no other error, whatever byte of the row is changed', async () => {
    const path = await ledgerOf(['a']);
    const store = sqlite(path);
    const [row] = await store.load('a');
    const json = JSON.stringify(row);
    const database = new DatabaseSync(path);
    const change = database.prepare('UPDATE ledger_8 SET json = ?');
    for (let index = 0; index < json.length; index++) {
      change.run(json.slice(0, index) + String.fromCharCode(json.charCodeAt(index) ^ 1) + json.slice(index + 1));
      const error = await store.load('a').then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (error !== undefined) expect(error).toSatisfy(unusableBecause(/ledger \(intent "a", revision 0\)/, path));
    }
    database.close();
    await store.close();
  });
});

describe('closing', () => {
  it('the store waits for pending commits and reads, then closes the file and refuses every call', async () => {
    const path = newPath();
    const store = sqlite(path);
    const pending = [store.commitAll([opening('a')]), store.commitAll([opening('b')]), store.load('a')];
    await store.close();
    expect(existsSync(path)).toBe(true);
    expect(existsSync(`${path}-wal`)).toBe(false);
    expect((await Promise.all(pending)).slice(0, 2)).toEqual([[{ kind: 'committed' }], [{ kind: 'committed' }]]);
    await expect(store.commitAll([opening('c')])).rejects.toSatisfy(unusableBecause(/is closed/, path));
    const calls: readonly (() => Promise<unknown>)[] = [
      () => store.load('a'),
      () => store.generations(['support']),
      () => store.correctCells('support', [], { id: 'a' }),
      () => store.claimDue(0, 1, 1),
      () => store.maintain(),
      () => store.consistently(async () => 0),
      () => store.prune(0),
      () => store.scan()[Symbol.asyncIterator]().next(),
    ];
    for (const call of calls) await expect(call()).rejects.toSatisfy(unusableBecause(/is closed/, path));
    expect(existsSync(`${path}-wal`)).toBe(false);
  });
});

describe('closing within a time', () => {
  it('a commit that still waits for another process’s lock is refused, and its records can be given again', async () => {
    const path = newPath();
    const store = sqlite(path);
    await store.features();
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    const waiting = store.commitAll([opening('a')]);
    const refused = expect(waiting).rejects.toSatisfy(unusableBecause(/is closed/, path));
    await store.close(30);
    await refused;
    other.exec('COMMIT');
    other.close();
    const later = sqlite(path);
    expect(await later.commitAll([opening('a')])).toEqual([{ kind: 'committed' }]);
    await later.close();
    expect(existsSync(`${path}-wal`)).toBe(false);
  });

  it('closing waits for work on a view of one moment, and ends the view when the work takes longer', async () => {
    const path = newPath();
    const [quick, slow] = [sqlite(path), sqlite(path)];
    const soon = quick.consistently(async view => {
      await new Promise(setImmediate);
      return view.features();
    });
    await quick.close();
    expect(await soon).toEqual([]);
    let resume = (): void => {};
    const late = slow.consistently(async view => {
      await new Promise<void>(resolve => {
        resume = resolve;
      });
      return view.features();
    });
    const refused = expect(late).rejects.toSatisfy(unusableBecause(/is closed/, path));
    await slow.features().catch(() => {});
    await slow.close(30);
    expect(existsSync(`${path}-wal`)).toBe(false);
    resume();
    await refused;
  });

  it('a view that is still being opened when the time is over is ended too, and leaves no write-ahead log', async () => {
    for (let turns = 0; turns < 12; turns++) {
      const path = newPath();
      const store = sqlite(path);
      let isClosed = false;
      const view = store.consistently(async () => isClosed);
      const end = view.catch(unusableBecause(/is closed/, path));
      for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
      await store.close(0);
      isClosed = true;
      expect([turns, existsSync(`${path}-wal`)]).toEqual([turns, false]);
      // Either the read began before the store was closed, or it was refused.
      expect([false, true]).toContain(await end);
    }
  });
});

describe('several processes at one file', () => {
  it('a killed writer loses no acknowledged commit and leaves no partial one', async () => {
    const path = newPath();
    for (const killAfter of [1, 7, 40]) {
      const writer = startWriter(path, { prefix: `killed-${killAfter}`, intents: 100_000, killAfter });
      await writer.ended;
      expect(writer.acknowledged.length).toBeGreaterThanOrEqual(killAfter);
      const store = sqlite(path);
      for (const id of writer.acknowledged) expect(foldIntent(await store.load(id))?.outcome.state).toBe('success');
      expect(await rebuildCells(store, 'support')).toMatchObject({ corrected: 0 });
      await store.close();
    }
  });

  it('the statistics are exact when four processes create the file and write at once', async () => {
    const path = newPath();
    const intents = 300;
    const writers = ['a', 'b', 'c', 'd'].map(prefix => startWriter(path, { prefix, intents }));
    await Promise.all(writers.map(writer => writer.ended));
    expect(writers.map(writer => writer.acknowledged.length)).toEqual([intents, intents, intents, intents]);
    let cost = 0n;
    for (let index = 0; index < intents; index++) cost += 4n * BigInt(costOf(index));
    const store = sqlite(path);
    const plan = (await store.cells('support')).find(cell => cell.key.scope === 'plan');
    expect(plan?.sums).toMatchObject({ n: 1200n, labelled: 1200n, successes: 1200n, cost });
    expect(await rebuildCells(store, 'support')).toMatchObject({ intents: 1200, corrected: 0 });
    await store.close();
  });

  it('a commit by another connection changes the generation of its feature', async () => {
    const path = newPath();
    const [reader, writer] = [sqlite(path), sqlite(path)];
    const generation = async (): Promise<string | undefined> => (await reader.generations(['support'])).get('support');
    expect(await generation()).toBeUndefined();
    await writer.commitAll([opening('a')]);
    const before = await generation();
    await writer.commitAll([opening('b')]);
    expect(await generation()).not.toBe(before);
    await Promise.all([reader.close(), writer.close()]);
  });

  it('a commit that waits for a lock leaves the event loop free, and rejects after lockTimeoutMs', async () => {
    const path = newPath();
    const store = sqlite(path, { lockTimeoutMs: 100 });
    await store.commitAll([opening('a')]);
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    let ticks = 0;
    const ticking = setInterval(() => ticks++, 1);
    await expect(store.commitAll([opening('b')])).rejects.toSatisfy(unusableBecause(/locked.*another process/));
    clearInterval(ticking);
    expect(ticks).toBeGreaterThan(0);
    const waiting = sqlite(path).commitAll([opening('c')]);
    setTimeout(() => other.exec('COMMIT'), 50);
    expect(await waiting).toEqual([{ kind: 'committed' }]);
    expect(await store.commitAll([opening('b')])).toEqual([{ kind: 'committed' }]);
    other.close();
    await store.close();
  });
});

describe('the arguments of sqlite()', () => {
  it.each<[string, readonly unknown[], string]>([
    ['no path', [], 'sqlite.path'],
    ['an empty path', [''], 'sqlite.path'],
    ['null for options', ['x.db', null], 'sqlite'],
    ['a misspelt option', ['x.db', { surives: 'power-loss' }], 'sqlite.surives'],
    ['a misspelt value', ['x.db', { survives: 'powerloss' }], 'sqlite.survives'],
    ['a boolean for a name', ['x.db', { survives: true }], 'sqlite.survives'],
    ['a time below 0', ['x.db', { lockTimeoutMs: -1 }], 'sqlite.lockTimeoutMs'],
    ['a time as text', ['x.db', { lockTimeoutMs: '5' }], 'sqlite.lockTimeoutMs'],
  ])('the call refuses %s and says where the mistake is', (_, given, path) => {
    const { code, path: found, accepted } = refusal(() => (sqlite as Loose)(...given));
    expect([code, found]).toEqual(['invalid-value', path]);
    expect(accepted).toBeTruthy();
  });

  it('a misspelt durability is answered with the nearest one', () => {
    expect(refusal(() => (sqlite as Loose)('x.db', { survives: 'powerloss' })).message).toContain('"power-loss"?');
  });
});
