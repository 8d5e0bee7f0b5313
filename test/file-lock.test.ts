import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockFile } from '../src/file-lock.ts';
import { must } from './stores/histories.ts';
import { refusal } from './support/refusal.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const folder = temporaryFolder();

test('a lock has one owner until it is released, and its file stays, readable by its owner only', () => {
  const file = join(folder, 'one');
  const release = must(lockFile(file));
  expect(lockFile(file)).toBeUndefined();
  release();
  release();
  must(lockFile(file))();
  expect(existsSync(file)).toBe(true);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('the lock of a process that is killed is free', async () => {
  const file = join(folder, 'two');
  const script = `import { lockFile } from ${JSON.stringify(new URL('../src/file-lock.ts', import.meta.url).href)};
    lockFile(${JSON.stringify(file)}); process.stdout.write('locked'); setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(owner.stdout, 'data');
  expect(lockFile(file)).toBeUndefined();
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  must(lockFile(file))();
});

test('a file that is not empty is refused as a lock: the error names the file, which is left unchanged', () => {
  const file = join(folder, 'three');
  writeFileSync(file, '4711\n');
  expect(refusal(() => lockFile(file))).toMatchObject({ code: 'store-unusable', path: file });
  expect(readFileSync(file, 'utf8')).toBe('4711\n');
});
