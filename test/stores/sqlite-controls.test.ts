import { expect, test } from 'vitest';
import type { Control } from '../../src/contracts/control-store.ts';
import { readControls, setControl } from '../../src/stores/sqlite-controls.ts';
import { DamagedRow } from '../../src/stores/sqlite-damage.ts';
import { sqliteTables } from './sqlite-tables.ts';

const connection = sqliteTables();
const DISABLED: Control = { kind: 'disabled', subject: 'mini', isSet: true, revision: 1, atMs: 5 };

test('a control is set only if the stored revision is the one before its own', () => {
  const { statements } = connection();
  expect(setControl(statements, { ...DISABLED, revision: 2 })).toBe(false);
  expect(setControl(statements, DISABLED)).toBe(true);
  expect(setControl(statements, DISABLED)).toBe(false);
  expect(readControls(statements)).toEqual([DISABLED]);
});

test.each([
  '{',
  'null',
  '{}',
  JSON.stringify({ ...DISABLED, revision: 7 }),
  JSON.stringify({ ...DISABLED, atMs: 'x' }),
])('a control that is stored as %s is damaged, and is replaced with the revision after its own', json => {
  const { statements } = connection();
  statements.setControl.run('disabled mini', 3, json);
  const [row] = readControls(statements);
  expect(row).toBeInstanceOf(DamagedRow);
  expect((row as DamagedRow).message).toContain('controls (name "disabled mini")');
  expect(setControl(statements, DISABLED)).toBe(true);
  expect(readControls(statements)).toEqual([{ ...DISABLED, revision: 4 }]);
});

test.each(['9007199254740993', '-4'])(
  'a control with the revision %s is damaged, and its replacement is later than any that was read',
  revision => {
    const { database, statements } = connection();
    database.exec(`INSERT INTO controls VALUES ('disabled mini', ${revision}, '{}')`);
    expect(readControls(statements)).toEqual([expect.any(DamagedRow)]);
    const atMs = 1_800_000_000_000;
    expect(setControl(statements, { ...DISABLED, atMs })).toBe(true);
    expect(readControls(statements)).toEqual([{ ...DISABLED, atMs, revision: atMs }]);
  },
);
