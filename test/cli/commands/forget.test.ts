import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { forget as forgetOnly } from '../../../src/analysis/forget.ts';
import * as forget from '../../../src/cli/commands/forget.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { tenantLedger } from '../tenant-ledger.ts';
import { runCommand, runProgram } from './run-command.ts';

const { directory, ledger } = tenantLedger();
const run = async (...args: string[]) => runCommand(forget, ['forget', ledger, ...args]);

test('no byte of the file contains a forgotten session, and the totals of the report stay the same', async () => {
  const totals = async () => {
    const { totalUsd, intents, labelled } = JSON.parse((await runProgram(['report', ledger, '--json'])).stdout);
    return { totalUsd, intents, labelled };
  };
  const before = await totals();
  expect(readFileSync(ledger).includes('user-4')).toBe(true);
  const { stdout, code } = await run('--session', 'user-4');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Erased \d+ records of 16 intents\./);
  for (const file of [ledger, `${ledger}-wal`]) {
    const bytes = readIfThere(file);
    expect(bytes.includes('user-4')).toBe(false);
  }
  expect(readFileSync(ledger).includes('user-3')).toBe(true);
  expect(await totals()).toEqual(before);
});

function readIfThere(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    return Buffer.alloc(0);
  }
}

test('one intent can be forgotten by its id, and --json says what is left', async () => {
  const { stdout } = await run('--intent', 'intent-7', '--json');
  expect(JSON.parse(stdout)).toEqual({ intents: 1, records: 2, pending: 1 });
  expect((await run('--intent', 'intent-7')).stderr).toContain('no intent with records has the id "intent-7"');
});

test('after an interruption before the file was rewritten, the same command removes the text that was left in it', async () => {
  const store = sqlite(ledger);
  await forgetOnly(store, { session: 'user-1' });
  await store.close();
  expect(readFileSync(ledger).includes('user-1')).toBe(true);
  expect((await run('--session', 'user-1')).stderr).toContain('no intent with records has the session');
  for (const file of [ledger, `${ledger}-wal`]) expect(readIfThere(file).includes('user-1')).toBe(false);
});

test('with --archive the person is erased in both, and the report of both stays the same', async () => {
  const folder = join(directory, 'archive');
  const report = async () => {
    const { totalUsd, intents, labelled } = JSON.parse(
      (await runProgram(['report', ledger, '--archive', folder, '--json'])).stdout,
    );
    return { totalUsd, intents, labelled };
  };
  expect((await runProgram(['archive', ledger, '--older-than', '1d', '--to', folder])).code).toBe(0);
  const before = await report();
  const alone = await run('--session', 'user-3');
  expect([alone.code, alone.stderr]).toEqual([1, expect.stringContaining('--archive: the ledger has an archive')]);
  const { code, stdout } = await run('--session', 'user-3', '--archive', folder);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Erased \d+ records of 16 intents\./);
  expect(stdout).toMatch(/\d+ files of the archive were written again, with new checksums\./);
  expect(readFileSync(ledger).includes('user-3')).toBe(false);
  expect(await report()).toEqual(before);
  const shown = await runProgram(['intents', ledger, '--archive', folder, '--session', 'user-3']);
  expect(shown.stdout).toContain('No intent');
  const rebuilt = await runProgram(['rebuild', ledger, '--archive', folder, '--json']);
  expect(JSON.parse(rebuilt.stdout)).toMatchObject({ corrected: 0 });
  const again = await run('--session', 'user-3', '--archive', folder, '--json');
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('no intent with records has the session')]);
});

test('`forget` without a session or an intent is refused', async () => {
  const { code, stderr } = await run();
  expect(code).toBe(1);
  expect(stderr).toContain('--session, --intent: nothing is named to be forgotten');
});
