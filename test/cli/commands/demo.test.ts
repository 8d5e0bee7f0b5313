import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { afterEach, describe, expect, test, vi } from 'vitest';
import * as demo from '../../../src/cli/commands/demo.ts';
import type { DemoResult } from '../../../src/cli/text/demo-text.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { runCommand } from './run-command.ts';

const folder = temporaryFolder();
const run = (...args: string[]) => runCommand(demo, ['demo', ...args]);

test('the demo prints the report, the learning curve, the cost comparison and the bill, and exits with 0', async () => {
  const db = join(folder, 'shown.db');
  const { code, stdout } = await run('--intents', '40', '--db', db);
  expect(code).toBe(0);
  for (const part of [
    'Cost per success',
    'What the router learnt',
    'Always the most expensive',
    'equal to the nano-dollar',
  ])
    expect(stdout).toContain(part);
  expect(stdout).toContain(`outcome-router report ${db}`);
});

test('--json prints one document with exact amounts', async () => {
  const { code, stdout, stderr } = await run('--intents', '20', '--json');
  const result = JSON.parse(stdout);
  rmSync(dirname(result.db), { recursive: true });
  expect([code, stderr, result.report.intents, result.bill.equal]).toEqual([0, '', 20, true]);
  expect(result.bill.ledgerNanoUsd).toMatch(/^\d+$/);
});

test('without --db the ledger is kept in a temporary folder', async () => {
  const { db } = JSON.parse((await run('--intents', '1', '--json')).stdout);
  expect(existsSync(db)).toBe(true);
  const store = sqlite(db);
  expect(await store.features()).toHaveLength(1);
  await store.close();
  rmSync(dirname(db), { recursive: true });
});

test('--dashboard opens the ledger in the dashboard until the command is interrupted', async () => {
  const db = join(folder, 'watched.db');
  const written: string[] = [];
  const out = vi.spyOn(process.stdout, 'write').mockImplementation(text => {
    written.push(String(text));
    if (String(text).startsWith('http://')) setImmediate(() => process.emit('SIGINT'));
    return true;
  });
  const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    const program = new Command();
    demo.register(program);
    await program.parseAsync(['demo', '--intents', '5', '--db', db, '--dashboard'], { from: 'user' });
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
  expect(written.at(-1)).toMatch(/^http:\/\/127\.0\.0\.1:\d+\//);
});

describe('mistakes', () => {
  test('an existing file is refused and stays unchanged', async () => {
    const db = join(folder, 'mine.db');
    writeFileSync(db, 'mine');
    const { code, stderr } = await run('--db', db);
    expect(code).toBe(1);
    expect(stderr).toContain('the file exists');
  });

  test.each(['0', 'many'])('the option --intents %s is refused', async intents => {
    const { code, stdout } = await run('--intents', intents);
    expect([code, stdout]).toEqual([1, '']);
  });
});

describe('a bill that differs', () => {
  const before = process.exitCode;
  afterEach(() => {
    process.exitCode = before;
    vi.restoreAllMocks();
  });

  test('a bill that differs from the ledger sets the exit code to 1', () => {
    const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    for (const [equal, exitCode] of [
      [true, before],
      [false, 1],
    ] as const) {
      demo.finish({ bill: { equal } } as DemoResult, { json: true });
      expect(process.exitCode).toBe(exitCode);
    }
    expect(out).toHaveBeenCalledTimes(2);
  });
});
