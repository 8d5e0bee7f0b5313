import { expect, it } from 'vitest';
import type { RoutingRead } from '../../../src/contracts/store.ts';
import type { Cell } from '../../../src/core/cells/cell.ts';
import { integerCell } from '../../../src/core/cells/cell.ts';
import { cellReader } from '../../../src/stores/postgres/cell-reader.ts';
import { openSchema } from '../../../src/stores/postgres/opening.ts';
import { packer } from '../../../src/stores/postgres/packing.ts';
import { describeOnPostgres, withStore } from '../../support/postgres.ts';
import { anIntent, changesOf, sorted } from '../histories.ts';

const cellsOf = ({ cells }: RoutingRead): readonly Cell[] => sorted(Array.from(cells, integerCell));

describeOnPostgres('reading what decisions are made from', () => {
  it.each([
    ['of another server', `cursor = 'another.server {}'`],
    ['that are damaged', `body = '\\x00'`],
    ['of another format', `body = '\\x0300'`],
    ['that are not there yet', 'cursor = NULL, body = NULL'],
  ])('packed cells %s are ignored: the cells themselves are read', async (_, damage) => {
    const { name, s, store, ask } = await withStore();
    const opened = async () => openSchema(ask, name);
    await store.commitAll(changesOf(anIntent('a')));
    await packer(s, opened)(ask);
    const reader = cellReader(s, { read: async task => task(ask), opened });
    const whole = await reader.routingCellsOfRows('support');
    expect(cellsOf(await reader.routingCells('support'))).toEqual(cellsOf(whole));
    await ask(`UPDATE ${s}.packed_cells SET ${damage}`);
    const read = await reader.routingCells('support');
    expect(cellsOf(read)).toEqual(cellsOf(whole));
    expect(read).toMatchObject({ complete: true, grains: whole.grains });
  });

  it('a cursor of packed cells from before rows were dropped leads to a full reading', async () => {
    const { name, s, store, ask } = await withStore();
    const opened = async () => openSchema(ask, name);
    await store.commitAll(changesOf(anIntent('a')));
    await packer(s, opened)(ask);
    await store.commitAll(changesOf(anIntent('b')));
    const reader = cellReader(s, { read: async task => task(ask), opened });
    const before = await reader.routingCells('support');
    await ask(`INSERT INTO ${s}.grains (feature, dropped_xid) VALUES ('support', pg_current_xact_id())`);
    expect(cellsOf(await reader.routingCells('support'))).toEqual(cellsOf(before));
  });
});
