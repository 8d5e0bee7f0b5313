import { expect, it } from 'vitest';
import type { Cell, Grain } from '../../../src/core/cells/cell.ts';
import { canonical, grainsAt } from '../../../src/core/cells/grains.ts';
import { addToCells } from '../../../src/stores/postgres/cell-table.ts';
import { mergeRows } from '../../../src/stores/postgres/merging.ts';
import { askServer, describeOnPostgres, withTables } from '../../support/postgres.ts';

const { dayBefore, weekBefore } = grainsAt(Date.UTC(2026, 10, 29));
const NOW_H = Date.UTC(2026, 10, 29) / 3_600_000;

function cell(bucket: number, grain?: Grain): Cell {
  const key = { scope: 'plan', feature: 'support', segment: '', subject: 'mini', version: '', bucket } as const;
  return { key: grain === undefined ? key : { ...key, grain }, sums: { n: 1n, cost2: 10n ** 30n } };
}

async function withBoundaries() {
  const tables = await withTables();
  await tables.ask(`INSERT INTO ${tables.s}.grains VALUES ('support', $1, $2)`, [dayBefore, weekBefore]);
  return tables;
}

describeOnPostgres('merging', () => {
  it('hours become days and weeks, their shards become one, and the sums stay the same', async () => {
    const { s, ask } = await withBoundaries();
    await addToCells(ask, s, [
      ...Array.from({ length: 48 }, (_, index) => cell(dayBefore - 1 - index)),
      ...Array.from({ length: 400 }, (_, index) => cell(weekBefore - 1 - index)),
      cell(weekBefore - 24, 'day'),
      cell(NOW_H),
    ]);
    await ask(
      `INSERT INTO ${s}.cells (feature, place, start, grain, shard, xid, n) VALUES
      ('support', E'plan\\t\\tmini\\t', $1, 2, 5, pg_current_xact_id(), 3), ('support', E'plan\\t\\tmini\\t', $2, 2, 5, pg_current_xact_id(), 3)`,
      [NOW_H - 4, NOW_H],
    );
    let slices = 1;
    while (!(await mergeRows(ask, s, { feature: 'support', hour: NOW_H }))) slices++;
    expect(slices).toBeGreaterThan(1);
    const rows = await ask(
      `SELECT grain, shard, sum(n), sum(cost2), count(*) FROM ${s}.cells GROUP BY 1, 2 ORDER BY 1, 2`,
    );
    const weeks = new Set(
      Array.from({ length: 400 }, (_, index) => canonical(weekBefore - 1 - index, { dayBefore, weekBefore }).bucket),
    );
    expect(rows).toEqual([
      ['0', '0', '401', `401${'0'.repeat(30)}`, String(weeks.size)],
      ['1', '0', '48', `48${'0'.repeat(30)}`, '2'],
      ['2', '0', '4', `1${'0'.repeat(30)}`, '2'],
      ['2', '5', '3', '0', '1'],
    ]);
  });

  it('merging skips a row that a writer has locked, and merges the row later', async () => {
    const { s, ask } = await withBoundaries();
    await addToCells(ask, s, [cell(weekBefore - 1), cell(weekBefore - 2)]);
    const writer = await askServer();
    await writer('BEGIN');
    await writer(`UPDATE ${s}.cells SET n = n + 1 WHERE start = $1`, [weekBefore - 1]);
    await mergeRows(ask, s, { feature: 'support', hour: NOW_H });
    expect(await ask(`SELECT grain, n FROM ${s}.cells ORDER BY grain, start`)).toEqual([
      ['0', '1'],
      ['2', '1'],
    ]);
    await writer('COMMIT');
    await mergeRows(ask, s, { feature: 'support', hour: NOW_H });
    expect(await ask(`SELECT grain, n FROM ${s}.cells`)).toEqual([['0', '3']]);
  });
});
