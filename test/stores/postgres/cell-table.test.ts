import { expect, it } from 'vitest';
import { addToCells, addToPrunedCells, bump } from '../../../src/stores/postgres/cell-table.ts';
import { describeOnPostgres, withTables } from '../../support/postgres.ts';

const key = { scope: 'plan', feature: 'support', segment: '', subject: 'mini', version: '', bucket: 7 } as const;

describeOnPostgres('tables of cells', () => {
  it('cells are added to the existing cells in both tables, with sums beyond 64 bits where the column allows them', async () => {
    const { s, ask } = await withTables();
    const cells = [
      { key, sums: { n: 1n, cost: 2n ** 62n, cost3: 10n ** 60n } },
      { key, sums: { n: 1n, cost: -1n } },
    ];
    for (const add of [addToCells, addToPrunedCells]) {
      await add(ask, s, cells);
      await add(ask, s, [{ key, sums: { cost3: 1n } }]);
      await add(ask, s, []);
    }
    for (const table of ['cells', 'pruned_cells'])
      expect(await ask(`SELECT feature, place, start, grain, n, cost, cost3 FROM ${s}.${table}`)).toEqual([
        ['support', 'plan\t\tmini\t', '7', '2', '2', String(2n ** 62n - 1n), String(10n ** 60n + 1n)],
      ]);
  });

  it('a sum beyond its column is refused and not cut off', async () => {
    const { s, ask } = await withTables();
    await addToCells(ask, s, [{ key, sums: { cost: 2n ** 63n - 1n } }]);
    await expect(addToCells(ask, s, [{ key, sums: { cost: 1n } }])).rejects.toMatchObject({ code: '22003' });
  });

  it('a bump marks each of the given features as changed', async () => {
    const { s, ask } = await withTables();
    const pulses = async () => ask(`SELECT feature, xid FROM ${s}.pulse ORDER BY feature`);
    await bump(ask, s, ['b', 'a', 'b']);
    const before = await pulses();
    expect(before.map(([feature]) => feature)).toEqual(['a', 'b']);
    await bump(ask, s, ['b']);
    const after = await pulses();
    expect(after[0]).toEqual(before[0]);
    expect(after[1]).not.toEqual(before[1]);
  });
});
