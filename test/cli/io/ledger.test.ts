import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, expect, test } from 'vitest';
import { useLedger, withLedger } from '../../../src/cli/io/ledger.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';

const directory = mkdtempSync(join(tmpdir(), 'outcome-router-'));
afterAll(() => rmSync(directory, { recursive: true }));

test('opening a ledger that does not exist fails and creates no file', async () => {
  const path = join(directory, 'none.db');
  await expect(useLedger(path, async () => 1)).rejects.toMatchObject({ code: 'store-unusable', path });
  expect(existsSync(path)).toBe(false);
});

test('an empty file or a folder is no ledger, and stays as it is', async () => {
  const empty = join(directory, 'empty.db');
  writeFileSync(empty, '');
  await expect(useLedger(empty, async () => 1)).rejects.toThrow('empty.db: not a ledger: the file is empty');
  expect(readFileSync(empty, 'utf8')).toBe('');
  await expect(useLedger(directory, async () => 1)).rejects.toThrow('not a ledger: this is a folder');
});

test('the ledger is closed after the command, whether it succeeds or fails', async () => {
  const path = join(directory, 'router.db');
  const made = sqlite(path);
  await made.features();
  await made.close();
  for (const fail of [false, true]) {
    const opened: { features(): Promise<unknown> }[] = [];
    const used = useLedger(path, async store => {
      opened.push(store);
      if (fail) throw new Error('the command failed');
      return store.features();
    });
    await used.catch(() => undefined);
    await expect(opened[0]?.features()).rejects.toMatchObject({ code: 'store-unusable' });
  }
});

test('a command reads the ledger given as an argument or by --db, or a default ledger', async () => {
  const named = async (...args: string[]): Promise<string> => {
    let ledger = '';
    const command = withLedger(new Command('look').argument('<file>')).action(
      (_, path: string) => void (ledger = path),
    );
    await command.parseAsync(['in.jsonl', ...args], { from: 'user' });
    return ledger;
  };
  expect(await named()).toBe('router.db');
  expect(await named('a.db')).toBe('a.db');
  expect(await named('--db', 'b.db')).toBe('b.db');
  await expect(named('a.db', '--db', 'b.db')).rejects.toThrow('--db: the ledger is already given as a.db');
});
