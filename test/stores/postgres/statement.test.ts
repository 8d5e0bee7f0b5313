import { expect, it } from 'vitest';
import { statement } from '../../../src/stores/postgres/statement.ts';

it('statements have one name per text, short enough for PostgreSQL', () => {
  expect(statement('SELECT 1')).toEqual(statement('SELECT 1'));
  expect(statement('SELECT 1').name).not.toBe(statement('SELECT 2').name);
  expect(statement('SELECT 1').name?.length).toBeLessThan(63);
});
