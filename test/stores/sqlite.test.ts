import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { foldIntent } from '../../src/core/ledger.ts';
import { RouterError } from '../../src/errors.ts';
import { rebuildCells } from '../../src/stores/rebuild.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import { conformance } from './conformance.ts';
import { changesOf, decided, history, NOON } from './histories.ts';
import { costOf, startWriter } from './sqlite-process.ts';

const directory = mkdtempSync(join(tmpdir(), 'outcome-router-'));
let files = 0;
const newPath = (): string => join(directory, `store-${files++}.db`);

afterAll(() => rmSync(directory, { recursive: true }));

conformance('sqlite', () => sqlite(newPath()));
conformance('sqlite that waits for the disk', () => sqlite(newPath(), { survives: 'power-loss' }), { propertyRuns: 5 });

describe('several processes at one file', () => {
  it('loses nothing that was acknowledged, and half of nothing, when a writer is killed', async () => {
    const path = newPath();
    for (const killAfter of [1, 7, 40]) {
      const writer = startWriter(path, { prefix: `killed-${killAfter}`, intents: 100_000, killAfter });
      await writer.ended;
      const store = sqlite(path);
      for (const id of writer.acknowledged) expect(foldIntent(await store.load(id))?.outcome.state).toBe('success');
      expect(await rebuildCells(store, 'support')).toMatchObject({ corrected: 0 });
      await store.close();
    }
  });

  it('adds up exactly what four writers wrote at once, from a file none of them found', async () => {
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

  it('shows another connection’s commit as a new generation', async () => {
    const path = newPath();
    const [reader, writer] = [sqlite(path), sqlite(path)];
    const before = await reader.generation();
    expect(await writer.commit(opening('a'))).toBe(true);
    expect(await reader.generation()).not.toBe(before);
    await Promise.all([reader.close(), writer.close()]);
  });

  it('leaves the event loop to others while it waits for a lock, and says so when it never comes', async () => {
    const path = newPath();
    const store = sqlite(path, { lockTimeoutMs: 100 });
    await store.commit(opening('a'));
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    let turns = 0;
    const ticking = setInterval(() => turns++, 1);
    await expect(store.commit(opening('b'))).rejects.toSatisfy(unusableBecause(/locked.*another process/));
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(1);
    const waiting = sqlite(path).commit(opening('c'));
    setTimeout(() => other.exec('COMMIT'), 50);
    expect(await waiting).toBe(true);
    expect(await store.commit(opening('b'))).toBe(true);
    other.close();
    await store.close();
  });
});

describe('a file that cannot be used', () => {
  it('opens nothing before the first use, and tries again at the next', async () => {
    const missing = join(directory, 'not-there-yet');
    const store = sqlite(join(missing, 'router.db'));
    await expect(store.load('a')).rejects.toSatisfy(unusableBecause(/its directory must exist/, missing));
    mkdirSync(missing);
    expect(await store.load('a')).toEqual([]);
    await store.close();
  });

  it('leaves a file that is no database as it is', async () => {
    const path = newPath();
    const text = 'precious notes, not a database\n'.repeat(50);
    writeFileSync(path, text);
    const store = sqlite(path);
    await expect(store.commit(opening('a'))).rejects.toSatisfy(unusableBecause(/not an SQLite database/, path));
    expect(readFileSync(path, 'utf8')).toBe(text);
    await store.close();
  });

  it('leaves a damaged file as it is', async () => {
    const path = newPath();
    const store = sqlite(path);
    for (let index = 0; index < 200; index++) await store.commit(opening(`intent-${index}`));
    await store.close();
    const bytes = readFileSync(path);
    bytes.fill(0xff, 4096);
    writeFileSync(path, bytes);
    const damaged = sqlite(path);
    await expect(damaged.commit(opening('new'))).rejects.toSatisfy(unusableBecause(/damaged.*move it away/, path));
    await damaged.close();
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });

  it('leaves another program’s database as it is', async () => {
    const path = newPath();
    const other = new DatabaseSync(path);
    other.exec('CREATE TABLE ledger (mine TEXT)');
    other.close();
    const bytes = readFileSync(path);
    const store = sqlite(path);
    await expect(store.cells('support')).rejects.toSatisfy(unusableBecause(/another program/, path));
    await store.close();
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });

  it('does not touch a file that a newer version wrote', async () => {
    const path = newPath();
    const store = sqlite(path);
    await store.commit(opening('a'));
    await store.close();
    const newer = new DatabaseSync(path);
    newer.exec('PRAGMA user_version = 2');
    newer.close();
    const older = sqlite(path);
    await expect(older.load('a')).rejects.toSatisfy(unusableBecause(/newer outcome-router \(schema 2\)/, path));
    await older.close();
  });

  it('says that a directory or a file cannot be written', async () => {
    const readOnly = join(directory, 'read-only');
    mkdirSync(readOnly);
    const path = join(readOnly, 'router.db');
    const store = sqlite(path);
    await store.commit(opening('a'));
    await store.close();
    chmodSync(readOnly, 0o555);
    chmodSync(path, 0o444);
    chmodSync(directory, 0o755);
    for (const file of [path, join(readOnly, 'new.db')]) {
      const writer = startWriter(file, { prefix: 'a', intents: 5, unprivileged: true });
      await writer.ended;
      const said = JSON.parse(writer.acknowledged[0] ?? '{}') as { code: string; message: string };
      expect(said.code).toBe('store-unusable');
      expect(said.message).toContain(file);
      expect(said.message).toMatch(/write/);
    }
    chmodSync(readOnly, 0o755);
  });
});

function opening(id: string) {
  const [change] = changesOf(history(id, 'support', [decided(NOON)]));
  if (change === undefined) throw new Error('no change');
  return change;
}

function unusableBecause(message: RegExp, path = directory): (error: unknown) => boolean {
  return error =>
    RouterError.isInstance(error) &&
    error.code === 'store-unusable' &&
    message.test(error.message) &&
    error.path?.startsWith(path) === true;
}
