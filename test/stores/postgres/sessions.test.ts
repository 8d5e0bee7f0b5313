import { expect, it } from 'vitest';
import { readSessions, writeSessions } from '../../../src/stores/postgres/sessions.ts';
import { askServer, describeOnPostgres, withTables } from '../../support/postgres.ts';

const state = (id: string, atMs: number) => ({
  id,
  last: { tokens: 5, atMs, intents: 1, feature: 'f' },
  models: { mini: { tokens: 5, atMs } },
});

describeOnPostgres('sessions', () => {
  it('many processes write the same sessions at once, and the latest reply of each is kept', async () => {
    const { s, ask } = await withTables();
    const ids = Array.from({ length: 40 }, (_, index) => `s${index}`);
    const asks = await Promise.all([askServer(), askServer(), askServer()]);
    await Promise.all(
      asks.map(async (each, writer) =>
        writeSessions(
          each,
          s,
          (writer === 1 ? ids.toReversed() : ids).map(id => state(id, 1_800_000_000_000 + writer)),
        ),
      ),
    );
    const found = await readSessions(ask, s, ids);
    expect(found).toHaveLength(40);
    for (const { last } of found) expect(last.atMs).toBe(1_800_000_000_002);
  });

  it('a session whose row is damaged counts as unknown', async () => {
    const { s, ask } = await withTables();
    await ask(`INSERT INTO ${s}.sessions VALUES ('s1', 1, '{')`);
    expect(await readSessions(ask, s, ['s1'])).toEqual([]);
  });
});
