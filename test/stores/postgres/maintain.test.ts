import { expect, it } from 'vitest';
import { grainsAt } from '../../../src/core/cells/grains.ts';
import { difference } from '../../../src/core/cells/sums.ts';
import type { AskServer } from '../../../src/stores/postgres/connection.ts';
import { maintainer } from '../../../src/stores/postgres/maintain.ts';
import { openSchema } from '../../../src/stores/postgres/opening.ts';
import { monthsFrom } from '../../../src/stores/postgres/schema.ts';
import {
  askServer,
  describeOnPostgres,
  newSchema,
  openPostgres,
  withStore,
  withTables,
} from '../../support/postgres.ts';
import { anIntent, changesOf } from '../histories.ts';
import { keptCells } from '../kept-cells.ts';

describeOnPostgres('maintenance', () => {
  it('the parts of the ledger for the next twelve months are created ahead, and the boundaries follow the server’s clock', async () => {
    const { s, store, ask } = await withStore();
    await store.commitAll(changesOf(anIntent('a')));
    while ((await store.maintain()).more);
    const parts = await ask(
      `SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = '${s}.ledger'::regclass`,
    );
    const months = parts.map(([part]) => Number(part?.replace(/^.*_/, '')));
    expect(months).toEqual(expect.arrayContaining([...monthsFrom(Date.now(), 12)]));
    const { dayBefore, weekBefore } = grainsAt(Date.now());
    expect(await ask(`SELECT feature, day_before, week_before FROM ${s}.grains`)).toEqual([
      ['support', String(dayBefore), String(weekBefore)],
    ]);
  });

  it('work that failed is done at the next call, and each process begins with a different feature', async () => {
    const { name, s, ask } = await withTables();
    await ask(`INSERT INTO ${s}.grains SELECT 'feature ' || n, 1, 1 FROM generate_series(1, 40) n`);
    const orderOf = async (): Promise<readonly unknown[]> => {
      let isFailing = true;
      const order: unknown[] = [];
      const recording: AskServer = async (given, values) => {
        const text = typeof given === 'string' ? given : given.text;
        if (isFailing && text.includes('.grains')) throw new Error('lost');
        if (text.includes('AS to_grain') && order.at(-1) !== values?.[0]) order.push(values?.[0]);
        return ask(given, values);
      };
      const maintain = maintainer({
        reader: { run: async task => task(recording), close: async () => {} },
        name,
        opened: async () => openSchema(ask, name),
      });
      await expect(maintain()).rejects.toThrow('lost');
      isFailing = false;
      while ((await maintain()).more);
      return order;
    };
    const [one, other] = [await orderOf(), await orderOf()];
    expect(new Set(one).size).toBe(40);
    expect(new Set(other)).toEqual(new Set(one));
    expect(one).not.toEqual(other);
  });

  it('ids of corrections are remembered for a limited time', async () => {
    const { s, store, ask } = await withStore();
    for (const id of ['old', 'young']) expect(await store.correctCells('support', [], { id })).toBe(true);
    await ask(`UPDATE ${s}.corrections SET at = at - interval '91 days' WHERE id = 'old'`);
    while ((await store.maintain()).more);
    expect(await ask(`SELECT id FROM ${s}.corrections`)).toEqual([['young']]);
    expect(await store.correctCells('support', [], { id: 'young' })).toBe(false);
  });

  it('boundaries never go back', async () => {
    const { s, store, ask } = await withStore();
    await store.commitAll(changesOf(anIntent('a')));
    await ask(`INSERT INTO ${s}.grains VALUES ('support', 900000, 800000)`);
    await store.maintain();
    expect(await ask(`SELECT day_before, week_before FROM ${s}.grains`)).toEqual([['900000', '800000']]);
  });

  it('rows that are empty are dropped after a day, and a reader with an older cursor has to read everything', async () => {
    const name = newSchema();
    const ask = await askServer();
    let store = await openPostgres(name);
    await store.commitAll(changesOf(anIntent('a')));
    await store.commitAll(changesOf(anIntent('b', 'support', Date.now() - 60 * 86_400_000)));
    // A transaction of another test that is open keeps rows from being dropped that changed after its begin.
    const settled = async (): Promise<void> => {
      const isOver = `SELECT max(xid) < pg_snapshot_xmin(pg_current_snapshot()) FROM "${name}".cells`;
      await expect.poll(async () => ask(isOver)).toEqual([['t']]);
    };
    const kept = keptCells('support');
    await settled();
    await kept.read(store);
    const emptied = (await store.cells('support')).filter(({ key }) => key.bucket > Date.now() / 3_600_000 - 1000);
    await store.correctCells(
      'support',
      emptied.map(({ key, sums }) => ({ key, sums: difference({}, sums) })),
      { id: 'x' },
    );
    const rows = async () => Number((await ask(`SELECT count(*) FROM "${name}".cells`))[0]?.[0]);
    for (const day of [0, 1, 2]) {
      await settled();
      while ((await store.maintain()).more);
      expect(await rows()).toBe(day < 1 ? 4 : 2);
      await ask(`UPDATE "${name}".grains SET marked_at = marked_at - interval '25 hours'`);
      // Another process: this one has done its work for the hour.
      await store.close();
      store = await openPostgres(name);
    }
    expect(await kept.read(store)).toMatchObject({ complete: true });
    expect(kept.cells).toHaveLength(2);
    expect(await kept.read(store)).toMatchObject({ complete: false, cells: [] });
    await store.close();
  });
});
