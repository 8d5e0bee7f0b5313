import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import type { Store } from '../../src/contracts/store.ts';
import { warnIfReadableByOthers } from '../../src/stores/readable-by-others.ts';
import { spooling } from '../../src/stores/spool.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { attempted, changesOf, decided, history, NOON } from './histories.ts';

const folder = temporaryFolder();

const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
afterEach(() => warned.mockClear());
afterAll(() => warned.mockRestore());

const texts = (): readonly string[] => warned.mock.calls.map(([text]) => String(text));

test.each([
  [0o600, 0],
  [0o660, 0],
  [0o602, 0],
  [0o644, 1],
  [0o604, 1],
])('a file of mode %o is reported %i times, however often it is opened', (mode, times) => {
  const path = join(folder, `mode-${mode}`);
  writeFileSync(path, 'records');
  chmodSync(path, mode);
  warnIfReadableByOthers(path);
  warnIfReadableByOthers(path);
  expect(texts()).toHaveLength(times);
});

test('a file that does not exist, or is empty, is not reported', () => {
  warnIfReadableByOthers(join(folder, 'none'));
  writeFileSync(join(folder, 'empty'), '', { mode: 0o644 });
  warnIfReadableByOthers(join(folder, 'empty'));
  expect(texts()).toEqual([]);
});

test('an existing ledger that others can read is opened, with a warning that says how to restrict its mode', async () => {
  const path = join(folder, 'open.db');
  await sqlite(path).features();
  expect(texts()).toEqual([]);
  chmodSync(path, 0o644);
  expect(await sqlite(path).features()).toEqual([]);
  expect(texts()).toEqual([`every user of this machine can read ${path}. Close it: chmod o= '${path}'`]);
});

test('the warning names only those files beside a ledger that exist', () => {
  const path = join(folder, "ann's.db");
  for (const end of ['', '-wal', '-old']) writeFileSync(`${path}${end}`, 'records', { mode: 0o644 });
  warnIfReadableByOthers(path);
  const word = String.raw`'${folder}/ann'\''s.db`;
  expect(texts()).toEqual([
    `every user of this machine can read ${path}, ${path}-wal. Close it: chmod o= ${word}' ${word}-wal'`,
  ]);
});

test.each(['a text\n'.repeat(100), 'SQLite format 3'])(
  'a file that is not a ledger is refused without advice: %#',
  async text => {
    const path = join(folder, `not-ours-${text.length}`);
    writeFileSync(path, text, { mode: 0o644 });
    await expect(sqlite(path).features()).rejects.toThrow();
    expect(texts()).toEqual([]);
  },
);

test('a database of another program, and a spool path with no change in it, are not reported', async () => {
  const path = join(folder, 'other.db');
  const other = new DatabaseSync(path);
  other.exec('CREATE TABLE notes (id)');
  other.close();
  chmodSync(path, 0o644);
  await expect(sqlite(path).features()).rejects.toThrow('a database of another program');
  writeFileSync(join(folder, 'notes.txt'), 'no change\n', { mode: 0o644 });
  const store = spooling(sqlite(':memory:'), { path: join(folder, 'notes.txt'), nowMs: Date.now });
  await store.drain();
  await store.close();
  expect(texts()).toEqual([]);
});

test('a spool that others can read is reported when it is taken over', async () => {
  const [change] = changesOf(history('a', 'support', [decided(NOON), attempted(NOON)]));
  const fail = async () => Promise.reject(new Error('down'));
  const down: Store = { ...sqlite(':memory:'), commitAll: fail };
  const path = join(folder, 'router.spool');
  const open = () => spooling(down, { path, nowMs: Date.now });
  const first = open();
  if (change !== undefined) await first.commitAll([change]);
  await first.close();
  expect(texts()).toEqual([]);
  const file = readdirSync(folder).find(name => name.startsWith('router.spool') && !name.endsWith('.owner')) ?? '';
  chmodSync(join(folder, file), 0o644);
  const second = open();
  expect(await second.drain()).toBe(1);
  expect(texts()).toEqual([expect.stringContaining(join(folder, file))]);
  await second.close();
});
