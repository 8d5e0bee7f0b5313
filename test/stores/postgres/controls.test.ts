import { expect, it } from 'vitest';
import { readControls, writeControl } from '../../../src/stores/postgres/controls.ts';
import { askServer, describeOnPostgres, withTables } from '../../support/postgres.ts';

const control = { kind: 'disabled', subject: 'mini', isSet: true, revision: 1, atMs: 5 } as const;

describeOnPostgres('controls', () => {
  it('if several callers set a control at the same time, exactly one succeeds', async () => {
    const { s, ask } = await withTables();
    const answers = await Promise.all(
      ['ann', 'bob', 'cy'].map(async by => writeControl(await askServer(), s, { ...control, by })),
    );
    expect(answers.filter(Boolean)).toHaveLength(1);
    expect(await readControls(ask, s)).toHaveLength(1);
  });

  it('a damaged control is named, can be left out, and is replaced with the revision after its own', async () => {
    const { s, ask } = await withTables();
    await writeControl(ask, s, { ...control, subject: 'premium' });
    for (const json of ['{"kind":', 'null', JSON.stringify({ ...control, revision: 3 })]) {
      await ask(`DELETE FROM ${s}.controls WHERE name = 'disabled mini'`);
      await ask(`INSERT INTO ${s}.controls VALUES ('disabled mini', 7, $1)`, [json]);
      await expect(readControls(ask, s)).rejects.toThrow('controls (name "disabled mini")');
      const damaged: unknown[] = [];
      expect(await readControls(ask, s, error => damaged.push(error))).toHaveLength(1);
      expect(damaged).toHaveLength(1);
      expect(await writeControl(ask, s, control)).toBe(true);
      expect(await ask(`SELECT revision FROM ${s}.controls WHERE name = 'disabled mini'`)).toEqual([['8']]);
    }
  });
});
