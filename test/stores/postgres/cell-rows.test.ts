import { describe, expect, it } from 'vitest';
import type { Cell } from '../../../src/core/cells/cell.ts';
import { SUM_NAMES } from '../../../src/core/cells/cell.ts';
import { cellOfRow, keyArrays, merged, sumArrays } from '../../../src/stores/postgres/cell-rows.ts';

const key = {
  scope: 'node',
  feature: 'support',
  segment: 'long',
  subject: 'mini>premium',
  version: 'v@1',
  bucket: 7,
} as const;

/** What the server would answer for a cell that was sent to it. */
function asRow(cell: Cell): (string | null)[] {
  const unquoted = (text: string): string => text.slice(1, -1).replaceAll('"', '');
  const [, place, start, grain] = keyArrays([cell]).map(unquoted) as [string, string, string, string];
  return [
    place,
    start,
    grain,
    ...sumArrays([cell])
      .map(unquoted)
      .map(sum => (sum === '0' ? null : sum)),
  ];
}

describe('cells as rows', () => {
  it.each([undefined, 'day', 'week'] as const)('a cell is read as it was written, with the grain %s', grain => {
    const sums = Object.fromEntries(SUM_NAMES.map((name, index) => [name, BigInt(index) ** 20n + 1n]));
    const cell = { key: grain === undefined ? key : { ...key, grain }, sums };
    expect(cellOfRow('support', asRow(cell))).toEqual(cell);
  });

  it('a sum that is 0 has no entry', () => {
    expect(cellOfRow('support', asRow({ key, sums: { n: -1n } }))).toEqual({ key, sums: { n: -1n } });
  });

  it('a week is before a day, and a day before an hour, so that rows are locked in one order', () => {
    const grains = (['week', 'day', undefined] as const).map(
      grain => keyArrays([{ key: grain === undefined ? key : { ...key, grain }, sums: {} }])[3],
    );
    expect(grains).toEqual(['{0}', '{1}', '{2}']);
  });

  it('cells of one key are added up, so that a statement has no row twice', () => {
    const [one, two] = [{ n: 1n }, { n: 2n, cost: 5n }];
    expect(
      merged([
        { key, sums: one },
        { key: { ...key }, sums: two },
      ]),
    ).toEqual([{ key, sums: { n: 3n, cost: 5n } }]);
  });
});
