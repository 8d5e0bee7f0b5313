import { expect, it } from 'vitest';
import { cellReader } from '../../../src/stores/postgres/cell-reader.ts';
import { openSchema } from '../../../src/stores/postgres/opening.ts';
import { packer } from '../../../src/stores/postgres/packing.ts';
import { describeOnPostgres, withStore } from '../../support/postgres.ts';
import { anIntent, changesOf, sorted } from '../histories.ts';

describeOnPostgres('reading what decisions are made from', () => {
  it.each([
    ['of another server', `cursor = 'another.server {}'`],
    ['that are damaged', `body = '\\x00'`],
    ['of another format', `body = '\\x0300'`],
    ['that are not there yet', 'cursor = NULL, body = NULL'],
  ])('packed cells %s are passed over: the cells themselves are read', async (_, damage) => {
    const { name, s, store, ask } = await withStore();
    const opened = async () => openSchema(ask, name);
    await store.commitAll(changesOf(anIntent('a')));
    await packer(s, opened)(ask);
    const reader = cellReader(s, { read: async task => task(ask), opened });
    const whole = await reader.routingCellsOfRows('support');
    expect(sorted((await reader.routingCells('support')).cells)).toEqual(sorted(whole.cells));
    await ask(`UPDATE ${s}.packed_cells SET ${damage}`);
    const read = await reader.routingCells('support');
    expect(sorted(read.cells)).toEqual(sorted(whole.cells));
    expect(read).toMatchObject({ complete: true, grains: whole.grains });
  });

  it('an old cursor of packed cells, before rows were dropped, has everything read', async () => {
    const { name, s, store, ask } = await withStore();
    const opened = async () => openSchema(ask, name);
    await store.commitAll(changesOf(anIntent('a')));
    await packer(s, opened)(ask);
    await store.commitAll(changesOf(anIntent('b')));
    const reader = cellReader(s, { read: async task => task(ask), opened });
    const before = await reader.routingCells('support');
    await ask(`INSERT INTO ${s}.grains (feature, dropped_xid) VALUES ('support', pg_current_xact_id())`);
    expect(sorted((await reader.routingCells('support')).cells)).toEqual(sorted(before.cells));
  });
});
