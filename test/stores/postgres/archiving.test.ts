import { expect, it } from 'vitest';
import { askServer, describeOnPostgres, newSchema, openPostgres } from '../../support/postgres.ts';
import {
  anIntent,
  attempted,
  changesOf,
  commitAll,
  decided,
  evidence,
  history,
  HOUR,
  must,
  NOON,
} from '../histories.ts';

const WITH_THE_ARCHIVE = { fromMs: -Infinity, beforeMs: NOON + HOUR, limit: 9 };

describeOnPostgres('the side of an archive', () => {
  it('a removed intent keeps its head, which no list contains and no change can follow, until it is forgotten', async () => {
    const [schema, ask] = [newSchema(), await askServer()];
    const store = await openPostgres(schema);
    const archiving = must(store.archiving);
    await commitAll(store, [anIntent('a')]);
    await archiving.claim('archive');
    const heads = async (): Promise<unknown> => ask(`SELECT id, revisions, feature, archived FROM "${schema}".heads`);
    expect(await heads()).toEqual([['a', '3', 'support', 'f']]);
    expect(await archiving.remove('run', [{ id: 'a', revisions: 3 }])).toBe(true);
    expect(await heads()).toEqual([['a', '-3', '', 't']]);
    expect(await archiving.closed(WITH_THE_ARCHIVE)).toEqual([]);
    await archiving.forget({ repliesBeforeMs: 0, idsBeforeMs: NOON + HOUR });
    expect(await heads()).toEqual([]);
    await store.close();
  });

  it('records of one intent are ordered by revision, with the number of the transaction as position', async () => {
    const store = await openPostgres(newSchema());
    const list = [
      decided(NOON),
      attempted(NOON + 1),
      attempted(NOON + 2),
      evidence(NOON + 3, { source: 'explicit', success: true }),
    ];
    await store.commitAll(changesOf(history('a', 'support', list)));
    const [one] = await must(store.archiving).closed(WITH_THE_ARCHIVE);
    expect(one?.records.map(({ json }) => (JSON.parse(json) as { revision: number }).revision)).toEqual([0, 1, 2, 3]);
    expect(one?.records.every(({ position }) => Number.isSafeInteger(position) && position > 0)).toBe(true);
    await store.close();
  });
});
