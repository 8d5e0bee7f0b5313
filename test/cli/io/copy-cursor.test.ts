import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { copyCursor } from '../../../src/cli/io/copy-cursor.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();
let names = 0;
const newLedgers = () => ({ from: join(folder, `${++names}.db`), to: join(folder, `${names}-copy.db`) });

test('the cursor of a copy is in a file beside the target, and the next copy of the same source finds it', () => {
  const ledgers = newLedgers();
  const cursor = copyCursor(ledgers);
  expect(cursor).toMatchObject({ file: `${ledgers.to}.copy.json` });
  expect(cursor.after).toBeUndefined();
  cursor.keep('17');
  cursor.save();
  expect(copyCursor(ledgers).after).toBe('17');
  expect(copyCursor({ ...ledgers, from: join(folder, 'other.db') }).after).toBeUndefined();
});

test('the cursor of a target with an address is in the current folder, and its file has no part of the address', () => {
  const ledgers = { from: 'postgres://me:secret@one/router', to: 'postgres://me:secret@two/router' };
  const cursor = copyCursor(ledgers);
  onTestFinished(() => rmSync(cursor.file, { force: true }));
  expect(cursor.file).toMatch(/^outcome-router-[\da-f]{12}\.copy\.json$/);
  cursor.keep('17');
  cursor.save();
  expect(readFileSync(cursor.file, 'utf8')).not.toMatch(/secret|one|router/);
  expect(copyCursor({ from: 'postgres://you@one:5432/router', to: 'postgres://two/router' }).after).toBe('17');
  expect(copyCursor({ ...ledgers, to: 'postgres://two/router?schema=other' }).file).not.toBe(cursor.file);
});

test('a cursor is written at most once a second, and once at the end', () => {
  const ledgers = newLedgers();
  let ms = 0;
  const cursor = copyCursor(ledgers, () => ms);
  ms = 999;
  cursor.keep('1');
  expect(existsSync(cursor.file)).toBe(false);
  ms = 1_000;
  cursor.keep('2');
  expect(copyCursor(ledgers).after).toBe('2');
  ms = 1_999;
  cursor.keep('3');
  expect(copyCursor(ledgers).after).toBe('2');
  cursor.save();
  expect(copyCursor(ledgers).after).toBe('3');
  rmSync(cursor.file);
  cursor.save();
  expect(readdirSync(folder).filter(name => name.startsWith(`${names}-`))).toEqual([]);
});

test.each(['', 'null', '[]', '{"source":1}', '{"source":"SOURCE","after":""}', '{"source":"SOURCE","after":7}'])(
  'a file with %j has no cursor, so everything is read again',
  text => {
    const ledgers = newLedgers();
    writeFileSync(`${ledgers.to}.copy.json`, text.replace('SOURCE', ledgers.from));
    expect(copyCursor(ledgers).after).toBeUndefined();
  },
);
