import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as forget from '../../../src/cli/commands/forget.ts';
import { tenantLedger } from '../tenant-ledger.ts';
import { runCommand, runProgram } from './run-command.ts';

const { ledger } = tenantLedger();
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
  expect(JSON.parse(stdout)).toEqual({ intents: 1, records: 2, pending: 1, hasArchive: false });
  expect((await run('--intent', 'intent-7')).stderr).toContain('no intent with records has the id "intent-7"');
});

test('`forget` without a session or an intent is refused', async () => {
  const { code, stderr } = await run();
  expect(code).toBe(1);
  expect(stderr).toContain('--session, --intent: nothing is named to be forgotten');
});
