import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { useLedger } from '../../src/cli/ledger.ts';
import { sqlite } from '../../src/stores/sqlite.ts';

const directory = mkdtempSync(join(tmpdir(), 'outcome-router-'));
afterAll(() => rmSync(directory, { recursive: true }));

test('a ledger that does not exist is not made by looking at it', async () => {
  const path = join(directory, 'none.db');
  await expect(useLedger(path, async () => 1)).rejects.toMatchObject({ code: 'store-unusable', path });
  expect(existsSync(path)).toBe(false);
});

test('the ledger is closed when the command is done, and when it fails', async () => {
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
