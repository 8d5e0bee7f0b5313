import { expect, test } from 'vitest';
import { describeOnOwnPostgres } from '../support/postgres.ts';
import { faultsOf, fleet } from './fleet.ts';

describeOnOwnPostgres('a fleet on PostgreSQL', () => {
  test('processes that are killed while the database restarts lose no reply and no outcome, and count none twice', async () => {
    const result = await fleet({ processes: 3, intents: 60, restarts: 1 });
    expect(faultsOf(result)).toEqual([]);
    expect(result).toMatchObject({ kills: 3, restarts: 1 });
    expect(result.returned).toBeGreaterThanOrEqual(60);
  });
});
