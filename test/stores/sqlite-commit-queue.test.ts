import { execFileSync } from 'node:child_process';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import type { Change, CommitNow, Store } from '../../src/contracts/store.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import { conformance } from './conformance.ts';
import { anIntent, changesOf, must } from './histories.ts';
import { opening, sqliteFiles } from './sqlite-files.ts';

const { newPath } = sqliteFiles();
const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

function open(path: string): Store & { readonly commitNow: CommitNow } {
  const store = sqlite(path);
  opened.push(store);
  return { ...store, commitNow: must(store.commitAll.now) };
}

function rowsIn(path: string): unknown {
  const database = new DatabaseSync(path);
  const rows = database.prepare(
    'SELECT (SELECT count(*) FROM journal) AS noted, (SELECT count(*) FROM ledger_8) AS filed',
  );
  const found = rows.get();
  database.close();
  return found;
}

conformance(
  'sqlite that answers at once',
  () => {
    const store = sqlite(newPath());
    return { ...store, commitAll: async changes => store.commitAll.now?.(changes) ?? store.commitAll(changes) };
  },
  { propertyRuns: 10 },
);

test('a commit that is answered at once is already durable: another connection reads it', async () => {
  const path = newPath();
  const store = open(path);
  expect(store.commitNow(changesOf(anIntent('a')))).toEqual([1, 2, 3].map(() => ({ kind: 'committed' })));
  expect(rowsIn(path)).toEqual({ noted: 1, filed: 0 });
  expect(await open(path).load('a')).toEqual(anIntent('a').records);
  expect(rowsIn(path)).toEqual({ noted: 0, filed: 3 });
});

test('the journal is filed soon, also where nothing reads it', async () => {
  const path = newPath();
  open(path).commitNow(changesOf(anIntent('a')));
  await expect.poll(() => rowsIn(path)).toEqual({ noted: 0, filed: 3 });
});

test('a store files its noted changes when it closes', async () => {
  const path = newPath();
  const store = open(path);
  store.commitNow(changesOf(anIntent('a')));
  await store.close();
  expect(rowsIn(path)).toEqual({ noted: 0, filed: 3 });
});

test('a process that ends normally files its noted changes, even if it does not close the store', () => {
  const path = newPath();
  const program = fileURLToPath(new URL('ended-writer.ts', import.meta.url));
  execFileSync(process.execPath, [
    '--experimental-strip-types',
    '--disable-warning=ExperimentalWarning',
    program,
    path,
  ]);
  expect(rowsIn(path)).toEqual({ noted: 0, filed: 3 });
});

test('the store has no listener for the end of the process while no change is noted', async () => {
  const listening = (): number => process.listeners('beforeExit').filter(({ name }) => name === 'runSteps').length;
  // What earlier tests have noted is filed first.
  await expect.poll(listening).toBe(0);
  const [one, other] = [open(newPath()), open(newPath())];
  for (const store of [one, other]) store.commitNow([opening('a')]);
  expect(listening()).toBe(1);
  await one.close();
  await expect.poll(listening).toBe(0);
});

test('while another process holds the lock no change is answered at once, and waiting changes are committed first', async () => {
  const path = newPath();
  const store = open(path);
  store.commitNow([opening('a')]);
  const other = new DatabaseSync(path);
  opened.push(other);
  other.exec('BEGIN IMMEDIATE');
  const [first, second] = changesOf(anIntent('b')) as [Change, Change];
  expect(store.commitNow([first])).toBeUndefined();
  const waiting = store.commitAll([first]);
  other.exec('COMMIT');
  expect(store.commitNow([second])).toBeUndefined();
  expect(await waiting).toEqual([{ kind: 'committed' }]);
  expect(await store.commitAll([second])).toEqual([{ kind: 'committed' }]);
});

test('a group that takes several transactions is not answered at once', () => {
  const store = open(newPath());
  const many = Array.from({ length: 501 }, (_, index) => opening(`intent-${index}`));
  expect(store.commitNow(many)).toBeUndefined();
  expect(store.commitNow(many.slice(1))).toHaveLength(500);
});
