import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import * as dashboard from '../../../src/cli/commands/dashboard.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { runCommand } from './run-command.ts';

const MAIN = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
const folder = temporaryFolder();
const ledger = join(folder, 'router.db');

beforeAll(async () => {
  writeFileSync(join(folder, 'index.html'), '<p>The page</p>');
  const store = sqlite(ledger);
  await store.features();
  await store.close();
});

test('`dashboard` prints a one-time link, prints a new one at every Enter, and stops at Ctrl+C', async () => {
  const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];
  const child = spawn(process.execPath, [...flags, MAIN, 'dashboard', ledger, '--site', folder], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => (await lines.next()).value as string;
  const first = await line();
  expect(first).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/enter\?token=[\w-]{43}$/);
  const statuses = [first, first].map(async link => (await fetch(link, { redirect: 'manual' })).status);
  expect(new Set(await Promise.all(statuses))).toEqual(new Set([303, 403]));
  child.stdin.write('\n');
  const second = await line();
  expect(second).not.toBe(first);
  expect((await fetch(second, { redirect: 'manual' })).status).toBe(303);
  child.kill('SIGINT');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test.each([
  [['--port', '70000'], '--port: "70000" is not a port'],
  [['--port', ''], '--port: "" is not accepted'],
  [['--text', join(folder, 'none.jsonl')], 'There is no such file.'],
  [['--site', join(folder, 'none')], 'the dashboard’s page is not built'],
])('the mistake in %j gives one message and exit code 1', async (args, message) => {
  const { code, stderr } = await runCommand(dashboard, ['dashboard', ledger, ...args]);
  expect(code).toBe(1);
  expect(stderr).toContain(message);
});
