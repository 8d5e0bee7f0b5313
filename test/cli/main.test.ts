import type { StdioOptions } from 'node:child_process';
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const PRETENDS_NODE_20 = fileURLToPath(new URL('./pretend-node-20.cjs', import.meta.url));
const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

function main(args: readonly string[], nodeArgs: readonly string[] = [], stdio: StdioOptions = 'pipe') {
  // The oldest supported Node strips types only with this flag.
  const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning', ...nodeArgs];
  return spawnSync(process.execPath, [...flags, MAIN, ...args], { encoding: 'utf8', stdio });
}

test('--version prints the version of package.json', () => {
  expect(main(['--version'])).toMatchObject({ status: 0, stdout: `${manifest.version}\n`, stderr: '' });
});

test('--help lists the commands on stdout', () => {
  const { status, stdout, stderr } = main(['--help']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('Usage: outcome-router');
});

test('a pipe whose reader stops early is not an error', () => {
  const flags = '--experimental-strip-types --disable-warning=ExperimentalWarning';
  const { stdout, stderr } = spawnSync(`"${process.execPath}" ${flags} "${MAIN}" simulate --help | head -1`, {
    encoding: 'utf8',
    shell: true,
  });
  expect({ stdout, stderr }).toEqual({ stdout: 'Usage: outcome-router simulate [options]\n', stderr: '' });
});

test('a table of outcomes can come from a pipe', () => {
  const folder = temporaryFolder();
  const table = join(folder, 'table.csv');
  writeFileSync(table, 'id,feature,model,success,cost_usd\n1,support,mini,1,0.01\n1,support,premium,1,0.02\n');
  const flags = '--experimental-strip-types --disable-warning=ExperimentalWarning';
  const bench = `"${process.execPath}" ${flags} "${MAIN}" bench /dev/stdin --policy always:mini`;
  const { stdout, stderr } = spawnSync(`cat "${table}" | ${bench}`, { encoding: 'utf8', shell: true });
  expect(stderr).toBe('');
  expect(stdout).toContain('1 request of 1 feature, models mini, premium');
});

test('if stdout cannot be written, one line on stderr says why, and the exit code is 1', () => {
  const readOnly = openSync(MAIN, 'r');
  const { status, stderr } = main(['--version'], [], ['ignore', readOnly, 'pipe']);
  closeSync(readOnly);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^error: EBADF: .*\n$/);
});

test('on a Node that is too old, one line names the required version and no command runs', () => {
  const { status, stdout, stderr } = main(['--version'], ['--require', PRETENDS_NODE_20]);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toBe('outcome-router needs Node.js 22.13 or newer; this is 20.20.2.\n');
});
