import { describe, expect, it } from 'vitest';
import { SUM_NAMES } from '../../../src/core/cells/cell.ts';
import {
  createMonth,
  createTables,
  monthOf,
  monthsFrom,
  SUM_COLUMNS,
  TABLES,
} from '../../../src/stores/postgres/schema.ts';

describe('the schema', () => {
  it('every sum has a column of its own, and powers and products of money have no limit', () => {
    expect(new Set(SUM_COLUMNS.map(({ name }) => name)).size).toBe(SUM_NAMES.length);
    const large = SUM_COLUMNS.filter(({ type }) => type === 'numeric').map(({ name }) => name);
    const powers = SUM_COLUMNS.map(({ name }) => name).filter(name => /\d$|^cost_times/.test(name));
    expect(large).toEqual(powers);
  });

  it('every table that the schema creates is one by which the schema is recognized', () => {
    const created = [...createTables('"x"').matchAll(/CREATE (?:UNLOGGED )?TABLE (?:IF NOT EXISTS )?"x"\.(\w+)/g)].map(
      ([, name]) => name,
    );
    expect(new Set(created)).toEqual(new Set(TABLES));
  });

  it.each([
    [Date.UTC(2026, 10, 30, 23, 59, 59, 999), 202_611],
    [Date.UTC(2026, 11, 1), 202_612],
    [Date.UTC(2027, 0, 1), 202_701],
    [Date.UTC(1969, 11, 31), 197_001],
    [-1e300, 197_001],
    [1e300, 219_912],
    [Date.UTC(9999, 0, 1), 219_912],
  ])('the month of %d is %d', (ms, month) => {
    expect(monthOf(ms)).toBe(month);
  });

  it('months follow each other over the end of a year, and no two parts of the ledger overlap', () => {
    expect(monthsFrom(Date.UTC(2026, 10, 30), 4)).toEqual([202_611, 202_612, 202_701, 202_702]);
    expect(createMonth('"x"', 202_612)).toContain('FROM (202612) TO (202613)');
  });
});
