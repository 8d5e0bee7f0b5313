import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Command } from 'commander';
import { expect, test, vi } from 'vitest';
import { useLedger, viewLedger, withLedger } from '../../../src/cli/io/ledger.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { anIntent, commitAll } from '../../stores/histories.ts';
import { describeOnPostgres, newSchema, openPostgres, postgresUrl } from '../../support/postgres.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const directory = temporaryFolder();

test('opening a ledger that does not exist fails and creates no file', async () => {
  const path = join(directory, 'none.db');
  await expect(useLedger(path, async () => 1)).rejects.toMatchObject({ code: 'store-unusable', path });
  expect(existsSync(path)).toBe(false);
});

test('an empty file or a folder is not a ledger, and stays as it is', async () => {
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

test('every command reports on stderr what the store has set aside, and goes on', async () => {
  const path = join(directory, 'aside.db');
  const made = sqlite(path);
  await commitAll(made, [anIntent('a')]);
  await made.close();
  const database = new DatabaseSync(path);
  database.exec("INSERT INTO journal (at_ms, changes) VALUES (1, 'x')");
  database.close();
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    expect(await viewLedger(path, async view => view.features())).toEqual(['support']);
    expect(written.mock.calls).toEqual([[expect.stringMatching(/^warning: .*journal \(seq 1\).*\n$/)]]);
  } finally {
    written.mockRestore();
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

test.each(['mysql://me:secret@db/router', 'https://example.com/router.db'])(
  'the address %s belongs to no known store, and the error does not contain its password',
  async address => {
    const failed = useLedger(address, async () => 1);
    await expect(failed).rejects.toMatchObject({ code: 'store-unusable' });
    await expect(failed).rejects.not.toThrow('secret');
  },
);

test('the error for a second ledger does not have the password of the first', async () => {
  const command = withLedger(new Command('look')).action(() => {});
  const given = command.parseAsync(['postgres://me:secret@db/router', '--db', 'b.db'], { from: 'user' });
  await expect(given).rejects.toThrow('the ledger is already given as postgres://me@db/router');
});

describeOnPostgres('a ledger on PostgreSQL', () => {
  test('a command that reads a ledger does not create one', async () => {
    const address = `${await postgresUrl()}?schema=${newSchema()}`;
    for (let i = 0; i < 2; i++)
      await expect(useLedger(address, async store => store.features())).rejects.toThrow('there is no ledger');
  });

  test('a command finds what an application wrote to the same schema, and closes its connections', async () => {
    const schema = newSchema();
    const store = await openPostgres(schema);
    await commitAll(store, [anIntent('a')]);
    await store.close();
    const address = `${await postgresUrl()}?schema=${schema}`;
    expect(await useLedger(address, async ledger => ledger.features())).toEqual(['support']);
    expect(await viewLedger(address, async view => Array.fromAsync(view.scan()))).toHaveLength(3);
  });
});
