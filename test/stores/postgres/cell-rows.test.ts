import { describe, expect, it } from 'vitest';
import { SUM_NAMES } from '../../../src/core/cells/cell.ts';
import { cellOfRow, cellRows, cellsParameter, GIVEN_SUMS, merged } from '../../../src/stores/postgres/cell-rows.ts';
import { askServer, describeOnPostgres } from '../../support/postgres.ts';

const key = {
  scope: 'node',
  feature: 'support',
  segment: 'long',
  subject: 'mini>premium',
  version: 'v@1',
  bucket: 7,
} as const;

describeOnPostgres('cells as rows on the server', () => {
  it.each([undefined, 'day', 'week'] as const)('a cell is read as it was written, with the grain %s', async grain => {
    const ask = await askServer();
    const sums = Object.fromEntries(SUM_NAMES.map((name, index) => [name, (BigInt(index) + 1n) * (-2n) ** 50n]));
    const cell = { key: grain === undefined ? key : { ...key, grain }, sums };
    const rows = await ask(`SELECT d.place, d.start, d.grain, ${GIVEN_SUMS} FROM ${cellRows('$1')}`, [
      cellsParameter([cell], () => ({ shard: 3 })),
    ]);
    expect(rows.map(row => cellOfRow('support', row, { from: 0, sums: SUM_NAMES }))).toEqual([cell]);
  });

  it('powers of money have no limit, and names may have any characters', async () => {
    const ask = await askServer();
    const cell = { key: { ...key, segment: '"\\ é \n', subject: "a'b" }, sums: { cost3: 10n ** 60n + 7n } };
    const text = cellsParameter([cell], () => ({ shard: 3, change: 5 }));
    const [row] = await ask(
      `SELECT d.change, d.shard, d.feature, d.place, d.start, d.grain, d.n, d.cost3 FROM ${cellRows('$1')}`,
      [text],
    );
    expect(row?.slice(0, 3)).toEqual(['5', '3', 'support']);
    expect(row?.[7]).toBe(String(10n ** 60n + 7n));
    expect(cellOfRow('support', row ?? [], { from: 3, sums: SUM_NAMES }).key).toEqual(cell.key);
    expect(row?.[6]).toBeNull();
  });
});

describe('cells as rows', () => {
  it('a week is before a day, and a day before an hour, so that rows are locked in one order', () => {
    const grains = (['week', 'day', undefined] as const).map(grain => {
      const text = cellsParameter([{ key: grain === undefined ? key : { ...key, grain }, sums: {} }], () => ({
        shard: 0,
      }));
      return (JSON.parse(text) as { grain: number }[])[0]?.grain;
    });
    expect(grains).toEqual([0, 1, 2]);
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
