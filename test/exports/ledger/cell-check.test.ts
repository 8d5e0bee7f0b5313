import { expect, it } from 'vitest';
import { checkCell } from '../../../src/exports/ledger/cell-check.ts';

it('a cell of the pruned base is refused unless its key has all parts and its sums are whole numbers', () => {
  const key = 'plan\tsupport\t\tmini\t\t7';
  expect(() => checkCell({ key, sums: { n: '3' } })).not.toThrow();
  for (const cell of [
    { key: 'plan', sums: {} },
    { key: `x${key}`, sums: {} },
    { key, sums: { n: '-1' } },
    { key, sums: 7 },
  ])
    expect(() => checkCell(cell), JSON.stringify(cell)).toThrow(expect.objectContaining({ code: 'invalid-value' }));
});
